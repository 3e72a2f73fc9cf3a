#include "collectors/preload/segment.h"

static bool take(struct free_ring *ring, uint32_t *number)
{
	uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
	for (;;) {
		if (head >= __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE))
			return false;
		*number = __atomic_load_n(&ring->segment[head % FREE_RING_SIZE], __ATOMIC_RELAXED);
		if (__atomic_compare_exchange_n(&ring->head, &head, head + 1, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return true;
	}
}

/* Threads may start faster than the recorder wakes up; logs can be dropped, counts can not. */
static bool take_reserve(struct arena_header *arena, uint32_t *number)
{
	uint32_t end = __atomic_load_n(&arena->reserve_end, __ATOMIC_RELAXED);
	if (__atomic_load_n(&arena->reserve_next, __ATOMIC_RELAXED) >= end)
		return false;
	*number = __atomic_fetch_add(&arena->reserve_next, 1, __ATOMIC_ACQ_REL);
	return *number < end;
}

struct segment *segment_claim(enum segment_kind kind, struct thread *t)
{
	struct arena_header *arena = process.arena;
	uint32_t number;
	if (!arena || __atomic_load_n(&arena->stop, __ATOMIC_RELAXED))
		return NULL;
	bool large = process.segment_limit > SEGMENT_COUNT_SMALL;
	bool found = large && (take(&arena->ring, &number) ||
			       (kind != SEGMENT_LOG && take_reserve(arena, &number)));
	if (!found && !take(&arena->ring_small, &number))
		return NULL;
	if (number > process.segment_highest)
		process.segment_highest = number;
	struct segment *s = (struct segment *)((char *)arena + segment_offset(number));
	s->process = process.number;
	s->pid = process.pid;
	s->tid = t ? t->block.head.tid : 0;
	s->thread = t ? arena_ref(arena, t) : 0;
	if (kind == SEGMENT_LOG) {
		s->begin = sizeof(struct segment);
		s->end = SEGMENT_SIZE;
		s->sequence = ++t->sequence;
	}
	if (kind != SEGMENT_THREAD) /* a thread block is published once it is filled in */
		__atomic_store_n(&s->kind, kind, __ATOMIC_RELEASE);
	return s;
}
