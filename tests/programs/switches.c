/* Threads that spin, sleep, and block where no hook sees it. switches SPIN_MS BLOCKS */
#include "known.h"
#include <sys/syscall.h>
#include <time.h>

static long spin_ms, blocks;

/* By CPU time, so that preemption does not shorten it. */
__attribute__((noinline)) void spin_here(long ms)
{
	struct timespec t;
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < ms);
}

/* Not through libc. */
__attribute__((noinline)) void sleep_unseen(long ns)
{
	struct timespec t = {0, ns};
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(SYS_nanosleep), "D"(&t), "S"(NULL)
			 : "rcx", "r11", "memory");
}

static void *spinner(void *number)
{
	spin_here(spin_ms);
	return number;
}

static void *blocker(void *number)
{
	for (long i = 0; i < blocks; i++)
		sleep_unseen(2000000);
	return number;
}

static void *sleeper(void *number)
{
	struct timespec t = {0, 2000000};
	for (long i = 0; i < blocks; i++)
		nanosleep(&t, NULL);
	return number;
}

int main(int argc, char **argv)
{
	static void *(*const routine[])(void *) = {spinner, spinner, spinner, blocker, sleeper};
	static const char *const name[] = {"spinner 0", "spinner 1", "spinner 2", "blocker",
					   "sleeper"};
	pthread_t thread[5];
	spin_ms = argc > 1 ? atol(argv[1]) : 200;
	blocks = argc > 2 ? atol(argv[2]) : 50;
	for (long i = 0; i < 5; i++) {
		pthread_create(&thread[i], NULL, routine[i], (void *)i);
		pthread_setname_np(thread[i], name[i]);
	}
	for (int i = 0; i < 5; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
