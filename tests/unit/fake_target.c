#include "tests/unit/fake_target.h"
#include <string.h>
#include <unistd.h>

uint32_t fake_take(struct free_ring *ring)
{
	uint64_t head = __atomic_load_n(&ring->head, __ATOMIC_RELAXED);
	for (;;) {
		if (head >= __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE))
			return NO_SEGMENT;
		uint32_t number = ring->segment[head % FREE_RING_SIZE];
		if (__atomic_compare_exchange_n(&ring->head, &head, head + 1, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return number;
	}
}

static struct segment *claim(struct arena_header *arena, uint32_t process)
{
	uint32_t number = fake_take(&arena->ring);
	if (number == NO_SEGMENT)
		number = fake_take(&arena->ring_small);
	if (number == NO_SEGMENT)
		return NULL;
	struct segment *s = (struct segment *)((char *)arena + segment_offset(number));
	s->process = process;
	s->pid = (uint32_t)getpid();
	return s;
}

struct segment *fake_claim(struct arena_header *arena, uint32_t kind, uint32_t process)
{
	struct segment *s = claim(arena, process);
	if (s)
		__atomic_store_n(&s->kind, kind, __ATOMIC_RELEASE);
	return s;
}

struct process_block *fake_process(struct arena_header *arena, uint32_t number)
{
	struct process_block *p =
	    (struct process_block *)fake_claim(arena, SEGMENT_PROCESS, number);
	p->started = 1;
	p->parent_pid = (uint32_t)getppid();
	__atomic_store_n(&p->pid, (uint32_t)getpid(), __ATOMIC_RELEASE);
	return p;
}

void fake_thread_begin(struct fake_thread *t, struct arena_header *arena, uint32_t process)
{
	struct segment *s;
	while (!(s = claim(arena, process)))
		usleep(100);
	*t = (struct fake_thread){.arena = arena, .block = (struct thread_block *)s, .log = s};
	t->cursor = (sizeof(struct thread_block) + 7) & ~7u;
	s->begin = t->cursor;
	s->end = SEGMENT_SIZE;
	s->tid = (uint32_t)gettid();
	s->thread = arena_ref(arena, s);
	__atomic_store_n(&s->kind, SEGMENT_THREAD, __ATOMIC_RELEASE);
}

struct segment *fake_thread_claim(struct fake_thread *t, uint32_t kind)
{
	struct segment *s = claim(t->arena, t->block->head.process);
	if (!s)
		return NULL;
	s->tid = t->block->head.tid;
	s->thread = arena_ref(t->arena, t->block);
	if (kind == SEGMENT_LOG) {
		s->begin = sizeof(*s);
		s->end = SEGMENT_SIZE;
		s->sequence = ++t->sequence;
	}
	__atomic_store_n(&s->kind, kind, __ATOMIC_RELEASE);
	return s;
}

bool fake_write(struct fake_thread *t)
{
	struct log_poll poll = {.first = 1, .last = 2, .object = 0x1000};
	if (t->cursor + sizeof(poll) > SEGMENT_SIZE) {
		struct segment *next = fake_thread_claim(t, SEGMENT_LOG);
		if (!next)
			return false;
		__atomic_store_n(&t->log->sealed, t->cursor, __ATOMIC_RELEASE);
		t->log = next;
		t->cursor = next->begin;
	}
	struct record head = {sizeof(poll), EVENT_POLL, 0, 1};
	uint64_t word;
	char *at = (char *)t->log + t->cursor;
	poll.count = (uint32_t)t->written++;
	memcpy(at + sizeof(head), (char *)&poll + sizeof(head), sizeof(poll) - sizeof(head));
	memcpy(&word, &head, sizeof(word));
	__atomic_store_n((uint64_t *)at, word, __ATOMIC_RELEASE);
	t->cursor += sizeof(poll);
	return true;
}
