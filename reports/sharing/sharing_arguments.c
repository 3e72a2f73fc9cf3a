#include "reports/sharing/sharing.h"
#include <stdbool.h>

static bool same_group(const struct argument_use *a, const struct argument_use *b)
{
	return a->process == b->process && a->parent == b->parent && a->routine == b->routine;
}

static bool together(const struct argument_use *a, const struct argument_use *b)
{
	return a->begin_ns < b->end_ns && b->begin_ns < a->end_ns;
}

/* The same distance between all, or 0. */
static int64_t stride_of(const struct argument_use *use, size_t count)
{
	int64_t stride = use[1].address - use[0].address;
	for (size_t i = 2; i < count; i++)
		if (use[i].address - use[i - 1].address != stride)
			return 0;
	return stride;
}

static bool in_one_line(const struct argument_use *a, const struct argument_use *b, int64_t bytes)
{
	return (a->address & ~(bytes - 1)) == (b->address & ~(bytes - 1));
}

/* Parts of an array, as large as they are apart: does one end in the line that the next begins in?
 */
static bool touch(const struct argument_use *next, int64_t stride, int64_t bytes)
{
	return stride > 0 && (next->address & (bytes - 1)) != 0;
}

/* Neighbours in memory that lived at the same time; of a run of them, whether any share a line. */
static void look_at(const struct argument_use *all, size_t first, size_t count, int64_t bytes,
		    suspect_row *row, void *data)
{
	const struct argument_use *use = all + first;
	if (count < 2)
		return;
	struct suspect s = {
	    .kind = SHARING_ARGUMENTS,
	    .process = use->process,
	    .line = use->address & ~(bytes - 1),
	    .first = first,
	    .count = count,
	    .threads = (int64_t)count,
	    .stride = stride_of(use, count),
	    .plain = 1,
	};
	bool any = false;
	for (size_t i = 0; i < count; i++)
		s.plain &= use[i].plain != 0;
	for (size_t i = 1; i < count; i++) {
		bool one = in_one_line(&use[i - 1], &use[i], bytes);
		if (!together(&use[i - 1], &use[i]) || (!one && !touch(&use[i], s.stride, bytes)))
			continue;
		any = true;
		s.apart |= one;
	}
	if (any)
		row(data, &s);
}

static bool goes_on(const struct argument_use *a, const struct argument_use *b)
{
	int64_t apart = b->address - a->address;
	return same_group(a, b) && apart >= (int64_t)SHARING_NUMBER &&
	       apart <= (int64_t)SHARING_NEIGHBOUR;
}

void sharing_arguments(const struct argument_use *use, size_t count, int64_t line_bytes,
		       suspect_row *row, void *data)
{
	size_t first = 0;
	for (size_t i = 1; i <= count; i++) {
		if (i < count && goes_on(&use[i - 1], &use[i]))
			continue;
		if (use[first].address >= (int64_t)SHARING_POINTER)
			look_at(use, first, i - first, line_bytes, row, data);
		first = i;
	}
}
