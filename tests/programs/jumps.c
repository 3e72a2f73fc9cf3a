/*
 * jumps SECONDS: functions that leave their stack by a jump (sibling calls, as -O2 makes them of
 * `return f()`), or look as if they did.
 *   outer -> middle ~> burn          middle is not on the stack while burn runs
 *   holder -> taker ~> locks         likewise, where locks() waits for a lock in the first call
 * that is no jump parted                           its unlikely part lies elsewhere in the file:
 * one function all the same trapped -> nothing, then a signal right behind the call, whose handler
 * burns
 */
#include "known.h"
#include <signal.h>
#include <ucontext.h>

static volatile unsigned long sum;
static volatile int unlikely = 1, turns = 1;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static double seconds;

NOINLINE int burn(int times)
{
	struct timespec t;
	double until = 0, now;
	do {
		for (int i = 0; i < 20000 * times; i++)
			sum += (unsigned long)i;
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
		now = (double)t.tv_sec + (double)t.tv_nsec / 1e9;
		until = until > 0 ? until : now + seconds / 4;
	} while (now < until);
	return times;
}

NOINLINE int middle(int times)
{
	sum++;
	return burn(times);
}

NOINLINE int outer(int times)
{
	int got = middle(times);
	sum++;
	return got + 1;
}

NOINLINE int locks(pthread_mutex_t *m)
{
	pthread_mutex_lock(m);
	pthread_mutex_unlock(m);
	sum++;
	return 1;
}

NOINLINE int taker(pthread_mutex_t *m)
{
	sum++;
	return locks(m);
}

NOINLINE int holder(pthread_mutex_t *m)
{
	int got = taker(m);
	sum++;
	return got + 1;
}

NOINLINE __attribute__((cold)) void rare(void)
{
	sum++;
}

NOINLINE int parted(int times)
{
	int got = times;
	if (__builtin_expect(unlikely, 0)) {
		rare();
		got += burn(times);
		rare();
	}
	return got + 1;
}

NOINLINE void nothing(void)
{
	__asm__ volatile("");
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)info;
	burn(1);
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

NOINLINE void trapped(void)
{
	__asm__ volatile("call nothing_here\n\tud2" ::
			     : "memory", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
			       "r11", "cc");
}
__asm__(".pushsection .text\n.type nothing_here,@function\nnothing_here:\n.cfi_startproc\n\tret\n"
	".cfi_endproc\n.size nothing_here,.-nothing_here\n.popsection");

static void *waits(void *unused)
{
	IS(holder(&mu), 2);
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	seconds = argc > 1 ? atof(argv[1]) : 1;
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	sigaction(SIGILL, &action, NULL);
	IS(pthread_mutex_lock(&mu), 0);
	IS(pthread_create(&thread, NULL, waits, NULL), 0);
	known_sleep(50);
	IS(pthread_mutex_unlock(&mu), 0);
	IS(pthread_join(thread, NULL), 0);
	for (int i = 0; i < turns; i++) {
		IS(outer(2), 3);
		IS(parted(2), 5);
		nothing();
		trapped();
	}
	return 0;
}
