/* The target's side of the arena, in a few lines: what the preload library does, for tests. */
#ifndef PARPROF_FAKE_TARGET_H
#define PARPROF_FAKE_TARGET_H

#include "profiler/arena.h"

struct fake_thread {
	struct arena_header *arena;
	struct thread_block *block;
	struct segment *log;
	uint32_t cursor, sequence;
	uint64_t written;
};

/* NO_SEGMENT when the ring is empty. */
#define NO_SEGMENT UINT32_MAX
uint32_t fake_take(struct free_ring *);
struct segment *fake_claim(struct arena_header *, uint32_t kind, uint32_t process);

/* A process block of the calling process. */
struct process_block *fake_process(struct arena_header *, uint32_t number);
/* A thread block of the calling thread; waits until there is a segment for it. */
void fake_thread_begin(struct fake_thread *, struct arena_header *, uint32_t process);
/* Another segment of that thread: SEGMENT_TABLE … */
struct segment *fake_thread_claim(struct fake_thread *, uint32_t kind);
/* Writes a POLL record whose count is the number of records before it; false: no room. */
bool fake_write(struct fake_thread *);

#endif
