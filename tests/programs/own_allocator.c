/* Its own malloc on a static arena, guarded by a pthread mutex: hooks run inside malloc, before
 * main and before constructors. */
#include "known.h"
#include <stdint.h>

pthread_mutex_t heap_mu = PTHREAD_MUTEX_INITIALIZER;
static char arena[16 << 20] __attribute__((aligned(16)));
static size_t used;
long allocations;

void *malloc(size_t size)
{
	pthread_mutex_lock(&heap_mu);
	allocations++;
	size_t *at = (size_t *)(arena + used);
	used += (size + 31) & ~(size_t)15;
	if (used > sizeof(arena))
		abort();
	*at = size;
	pthread_mutex_unlock(&heap_mu);
	return at + 2;
}

void free(void *memory)
{
	pthread_mutex_lock(&heap_mu);
	(void)memory;
	pthread_mutex_unlock(&heap_mu);
}

void *calloc(size_t count, size_t size)
{
	return malloc(count * size); /* never reused: zero */
}

void *realloc(void *old, size_t size)
{
	void *fresh = malloc(size);
	if (old)
		memcpy(fresh, old, size < ((size_t *)old)[-2] ? size : ((size_t *)old)[-2]);
	return fresh;
}

static void *work(void *number)
{
	for (int i = 0; i < 1000; i++) {
		char *volatile memory = malloc(64);
		memset(memory, 1, 64);
		free(memory);
	}
	return number;
}

int main(void)
{
	known_threads(3, work);
	puts(allocations >= 3000 ? "enough" : "too few");
	return 0;
}
