#include "profiler/arena.h"
#include "profiler/clock.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define AHEAD_LARGE 512 /* 8 MiB, made in about a millisecond */
#define AHEAD_LARGE_MAX 4096
#define AHEAD_SMALL 32
#define AHEAD_SMALL_MAX 240
#define RESERVE_FIRST 6144u /* the large ring has 92 MiB below it, the reserve 160 MiB above */
#define POPULATE_AT_ONCE 64 /* segments, one system call: about 0.2 ms */

static void ring_init(struct arena_ring *r, struct free_ring *shared, uint32_t first, uint32_t end,
		      uint32_t ahead, uint32_t ahead_max)
{
	*r = (struct arena_ring){
	    .shared = shared,
	    .ahead = ahead,
	    .ahead_max = ahead_max,
	    .fresh = first,
	    .end = end,
	    .free = memory_new(SEGMENT_COUNT_MAX, sizeof(uint32_t)),
	    .shown = memory_new(FREE_RING_SIZE, sizeof(uint32_t)),
	};
}

/* Pages for [offset, offset + size); without them a target's store could end in SIGBUS. */
static int populate(const struct arena *a, uint64_t offset, uint64_t size)
{
	while (fallocate(a->fd, 0, (off_t)offset, (off_t)size) != 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

static int map(struct arena *a)
{
	a->fd = memfd_create("parprof", MFD_CLOEXEC);
	if (a->fd < 0)
		return error("no memory file for the log: %s", strerror(errno));
	a->size = ARENA_SIZE_MAX;
	if (ftruncate(a->fd, (off_t)a->size) != 0)
		return error("no memory file of %u MiB for the log: %s%s",
			     (unsigned)(a->size >> 20), strerror(errno),
			     errno == EFBIG ? " (ulimit -f is too small)" : "");
	void *at =
	    mmap(NULL, a->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, a->fd, 0);
	if (at == MAP_FAILED)
		return error("cannot map %u MiB for the log: %s (ulimit -v?)",
			     (unsigned)(a->size >> 20), strerror(errno));
	a->header = at;
	if (populate(a, 0, ARENA_HEADER_SIZE) != 0)
		return error("no memory for the log: %s", strerror(errno));
	return 0;
}

/* Whether the kernel promises memory before it has it: else a store to a new page may fail. */
static bool is_overcommitting(void)
{
	char mode = '2';
	int fd = open("/proc/sys/vm/overcommit_memory", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, &mode, 1) != 1)
			mode = '2';
		close(fd);
	}
	return mode != '2';
}

static void reserve_init(struct arena *a)
{
	a->reserve_first = a->reserve_seen = RESERVE_FIRST;
	a->reserve_made = memory_new(SEGMENT_COUNT_MAX - RESERVE_FIRST, sizeof(bool));
	a->reserve_end = is_overcommitting() ? SEGMENT_COUNT_MAX : RESERVE_FIRST;
	a->header->reserve_next = RESERVE_FIRST;
	a->header->reserve_end = a->reserve_end;
}

struct arena *arena_create(const struct arena_settings *settings)
{
	struct arena *a = memory_new(1, sizeof(*a));
	if (map(a) != 0) {
		arena_destroy(a);
		return NULL;
	}
	struct arena_header *h = a->header;
	h->version = LOG_VERSION;
	h->clock = settings->clock;
	h->hold_interval = settings->hold_interval;
	h->ticks_per_us = clock_ticks_per_us(settings->clock);
	h->stack_depth = settings->stack_depth;
	h->recorder_pid = (uint32_t)getpid();
	a->limit = settings->limit ? settings->limit : ARENA_LIMIT_DEFAULT;
	ring_init(&a->small, &h->ring_small, 0, SEGMENT_COUNT_SMALL, AHEAD_SMALL, AHEAD_SMALL_MAX);
	ring_init(&a->large, &h->ring, SEGMENT_COUNT_SMALL,
		  settings->limit ? SEGMENT_COUNT_MAX : RESERVE_FIRST, AHEAD_LARGE,
		  AHEAD_LARGE_MAX);
	if (!settings->limit)
		reserve_init(a);
	arena_refill(a);
	__atomic_store_n(&h->magic, LOG_MAGIC, __ATOMIC_RELEASE);
	return a;
}

void arena_destroy(struct arena *a)
{
	if (!a)
		return;
	if (a->header)
		munmap(a->header, a->size);
	if (a->fd >= 0)
		close(a->fd);
	free(a->large.free);
	free(a->large.shown);
	free(a->small.free);
	free(a->small.shown);
	free(a->reserve_made);
	free(a);
}

const char *arena_path(const struct arena *a, char path[static 64])
{
	snprintf(path, 64, "/proc/%d/fd/%d", (int)getpid(), a->fd);
	return path;
}

/* Fresh segments onto the free stack, lowest number on top. */
static bool make_fresh(struct arena *a, struct arena_ring *r)
{
	uint32_t count = r->end - r->fresh;
	if (count > POPULATE_AT_ONCE)
		count = POPULATE_AT_ONCE;
	if (count > r->ahead)
		count = r->ahead;
	if (count > a->limit - a->populated)
		count = a->limit - a->populated;
	if (!count || populate(a, segment_offset(r->fresh), (uint64_t)count * SEGMENT_SIZE) != 0) {
		a->refusals++;
		return false;
	}
	for (uint32_t i = count; i-- > 0;)
		r->free[r->free_count++] = r->fresh + i;
	r->fresh += count;
	a->populated += count;
	return true;
}

static void ring_refill(struct arena *a, struct arena_ring *r)
{
	uint64_t left = r->offered - r->seen;
	if (r->seen && left < r->ahead / 2)
		r->ahead *= left ? 2 : 4;
	if (r->ahead > r->ahead_max)
		r->ahead = r->ahead_max;
	while (r->offered - r->seen < r->ahead && (r->free_count || make_fresh(a, r))) {
		uint32_t number = r->free[--r->free_count];
		uint32_t at = r->offered++ % FREE_RING_SIZE;
		r->shown[at] = number;
		__atomic_store_n(&r->shared->segment[at], number, __ATOMIC_RELAXED);
		/* the zeroes of arena_recycle() must be there before the number is */
		__atomic_store_n(&r->shared->tail, r->offered, __ATOMIC_RELEASE);
	}
}

void arena_refill(struct arena *a)
{
	ring_refill(a, &a->large);
	ring_refill(a, &a->small);
}

static uint64_t ring_head(struct arena *a, struct arena_ring *r)
{
	uint64_t head = __atomic_load_n(&r->shared->head, __ATOMIC_ACQUIRE);
	if (head > r->offered || head < r->seen) {
		a->scribbles++;
		head = head > r->offered ? r->offered : r->seen;
		__atomic_store_n(&r->shared->head, head, __ATOMIC_RELEASE);
	}
	return head;
}

static uint32_t ring_notice(struct arena_ring *r, uint64_t head, arena_taken *taken, void *data)
{
	uint32_t count = (uint32_t)(head - r->seen);
	for (; r->seen < head; r->seen++)
		taken(data, r->shown[r->seen % FREE_RING_SIZE]);
	return count;
}

/* Numbers below it were taken from the reserve. */
static uint32_t reserve_head(const struct arena *a)
{
	uint32_t next = __atomic_load_n(&a->header->reserve_next, __ATOMIC_ACQUIRE);
	uint32_t end = a->reserve_made ? a->reserve_end : a->reserve_seen;
	return next < end ? next : end;
}

static uint32_t reserve_notice(struct arena *a, uint32_t head, arena_taken *taken, void *data)
{
	uint32_t from = a->reserve_seen;
	while (a->reserve_seen < head)
		taken(data, a->reserve_seen++);
	return a->reserve_seen - from;
}

uint32_t arena_notice(struct arena *a, arena_taken *taken, void *data)
{
	/* In the opposite order of taking: who takes from the small ring has found the others
	 * empty, and nobody but us fills them, so that nothing is noticed without its thread block.
	 */
	uint64_t small = ring_head(a, &a->small);
	uint32_t reserve = reserve_head(a);
	uint32_t count = ring_notice(&a->large, ring_head(a, &a->large), taken, data);
	count += reserve_notice(a, reserve, taken, data);
	return count + ring_notice(&a->small, small, taken, data);
}

/* A segment of the reserve had pages only where it was used; on a ring it needs all of them. */
static bool reserve_make(struct arena *a, uint32_t number)
{
	bool *made = &a->reserve_made[number - a->reserve_first];
	if (!*made && populate(a, segment_offset(number), SEGMENT_SIZE) == 0) {
		*made = true;
		a->populated++;
	}
	return *made;
}

void arena_recycle(struct arena *a, uint32_t number)
{
	struct arena_ring *r = number < SEGMENT_COUNT_SMALL ? &a->small : &a->large;
	if (a->reserve_made && number >= a->reserve_first && !reserve_make(a, number))
		return;
	memset(arena_segment(a, number), 0, SEGMENT_SIZE);
	r->free[r->free_count++] = number;
}

void arena_stop(struct arena *a)
{
	__atomic_store_n(&a->header->stop, 1, __ATOMIC_RELEASE);
}

void arena_sample(struct arena *a, uint32_t hertz, bool python_only)
{
	a->header->sample_python = python_only;
	a->header->sample_hertz = hertz;
}
