/* touches_memory KILOBYTES[,KILOBYTES…] MS [THREADS [hidden]]: each thread walks over its own
 * memory of that size, of 4 kB pages, again and again; then over one of the next size, for as long.
 * hidden: /proc is closed to others. */
#include "known.h"
#include <sys/mman.h>
#include <sys/prctl.h>

static const char *sizes;
static long ms;

static void walk_over(size_t bytes, struct timespec end)
{
	volatile char *memory =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timespec now;
	if (memory == MAP_FAILED)
		exit(3);
	madvise((void *)memory, bytes, MADV_NOHUGEPAGE);
	do {
		for (size_t i = 0; i < bytes; i += 4096)
			memory[i]++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec ||
		 (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
	munmap((void *)memory, bytes);
}

static void *walk(void *unused)
{
	const char *at = sizes;
	while (at) {
		walk_over((size_t)atol(at) * 1024, known_until(CLOCK_MONOTONIC, ms));
		at = strchr(at, ',');
		at = at ? at + 1 : NULL;
	}
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
	sizes = argv[1];
	ms = atol(argv[2]);
	for (int i = 1; i < threads; i++)
		IS(pthread_create(&thread[i], NULL, walk, NULL), 0);
	walk(NULL);
	for (int i = 1; i < threads; i++)
		IS(pthread_join(thread[i], NULL), 0);
	return 0;
}
