#include "reports/graph/large.h"
#include "profiler/text.h"
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define PAGE ((size_t)2 << 20)
#define LARGE (2 * PAGE)

void *large_new(size_t count, size_t size)
{
	size_t bytes;
	void *memory;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes < LARGE || bytes > SIZE_MAX - PAGE)
		return memory_grow(NULL, count, size);
	bytes = (bytes + PAGE - 1) & ~(PAGE - 1);
	memory = aligned_alloc(PAGE, bytes);
	if (!memory)
		return memory_grow(NULL, count, size); /* says that there is none */
	madvise(memory, bytes, MADV_HUGEPAGE);
	return memory;
}

void large_give_back(void *from, const void *to)
{
	uintptr_t begin = ((uintptr_t)from + PAGE - 1) & ~(PAGE - 1);
	uintptr_t end = (uintptr_t)to & ~(PAGE - 1);

	if (end > begin)
		madvise((void *)begin, end - begin, MADV_DONTNEED);
}
