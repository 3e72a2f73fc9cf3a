/* Threads that touch a known number of new pages each: touches_pages THREADS PAGES; thread n (1 …)
 * touches n * PAGES, half of them while it holds pages_mu. */
#include "known.h"
#include <sys/mman.h>

static pthread_mutex_t pages_mu = PTHREAD_MUTEX_INITIALIZER;
static long pages;

NOINLINE void touch_inside(char *from, long count, long size)
{
	for (long i = 0; i < count; i++)
		from[i * size] = 1;
}

NOINLINE void touch_outside(char *from, long count, long size)
{
	for (long i = 0; i < count; i++)
		from[i * size] = 2;
}

static void *work(void *number)
{
	long count = pages * (long)number, half = count / 2, size = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, (size_t)(count * size), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		exit(3);
	madvise(memory, (size_t)(count * size), MADV_NOHUGEPAGE);
	IS(pthread_mutex_lock(&pages_mu), 0);
	touch_inside(memory, half, size);
	IS(pthread_mutex_unlock(&pages_mu), 0);
	touch_outside(memory + half * size, count - half, size);
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 2;
	pthread_t *thread = calloc((size_t)threads, sizeof(*thread));
	pages = argc > 2 ? atol(argv[2]) : 1000;
	for (int i = 0; i < threads; i++)
		IS(pthread_create(&thread[i], NULL, work, (void *)(long)(i + 1)), 0);
	for (int i = 0; i < threads; i++)
		IS(pthread_join(thread[i], NULL), 0);
	return 0;
}
