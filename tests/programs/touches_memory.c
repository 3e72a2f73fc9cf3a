/* touches_memory KILOBYTES MS [THREADS [hidden]]: each thread walks over its own memory of that
 * size, of 4 kB pages, again and again. hidden: /proc is closed to others. */
#include "known.h"
#include <sys/mman.h>
#include <sys/prctl.h>

static size_t bytes;
static long ms;

static void *walk(void *unused)
{
	volatile char *memory =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timespec end = known_until(CLOCK_MONOTONIC, ms), now;
	if (memory == MAP_FAILED)
		exit(3);
	madvise((void *)memory, bytes, MADV_NOHUGEPAGE);
	do {
		for (size_t i = 0; i < bytes; i += 4096)
			memory[i]++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec ||
		 (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
	return unused;
}

int main(int argc, char **argv)
{
	int threads = argc > 3 ? atoi(argv[3]) : 1;
	pthread_t thread[64];
	if (argc < 3 || threads > 64)
		return 2;
	if (argc > 4)
		IS(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), 0);
	bytes = (size_t)atol(argv[1]) * 1024;
	ms = atol(argv[2]);
	for (int i = 1; i < threads; i++)
		IS(pthread_create(&thread[i], NULL, walk, NULL), 0);
	walk(NULL);
	for (int i = 1; i < threads; i++)
		IS(pthread_join(thread[i], NULL), 0);
	return 0;
}
