/*
 * The threads that run now, and for what those of them wait that have waited for long: read from
 * their blocks in the arena and the record they filled in before they blocked.
 *
 * Invariants
 *  - Threads of a process follow each other, processes are in the order of their numbers.
 *  - waiting is false for a wait that ends by itself after a while.
 */
#ifndef PARPROF_BLOCKED_H
#define PARPROF_BLOCKED_H

#include "profiler/hook.h"
#include "profiler/watch.h"

struct blocked_thread {
	const struct thread_block *block;
	uint32_t number;  /* of the segment of its block */
	uint32_t process; /* index of blocked.process */
	uint32_t tid;
	bool waiting;
	bool ended;		 /* it said so, but the kernel still knows it */
	const struct hook *hook; /* of the wait */
	uint64_t site;		 /* likewise */
	struct log_wait wait;	 /* the record to come; end is not known */
};

struct blocked_process {
	uint32_t number, pid;
	bool foreign;	       /* of another pid namespace: nothing can be asked about it */
	uint32_t first, count; /* of its threads */
};

struct blocked {
	struct blocked_thread *thread;
	struct blocked_process *process;
	uint32_t threads, processes, thread_room, process_room;
	uint32_t *log; /* by number of a thread block: its newest log segment; NO_THREAD: none */
};

/* Something that changes whenever a thread comes, goes, or begins or ends a wait that began by
 * `before` (ticks); 0: nobody waits that long. Reads one word per thread. */
uint64_t blocked_signature(const struct watch *, uint64_t before);

/* Waits that began later than `before` do not count. */
void blocked_read(struct blocked *, const struct watch *, uint64_t before);
void blocked_free(struct blocked *);

/* The living thread of that id; a process's own come first. UINT32_MAX: none. */
uint32_t blocked_find(const struct blocked *, uint32_t process, uint32_t tid);

#endif
