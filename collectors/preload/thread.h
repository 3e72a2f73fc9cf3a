/*
 * What we keep of each thread: struct thread, in the arena, found through one initial-exec TLS
 * pointer. The recorder reads its first member only.
 *
 * Invariants
 *  - `guard` is GUARD_SET while our own code works on the thread's table or log: hooks called then
 * (from a signal handler, from the C library on our behalf) forward only and are counted.
 *  - The guard is never set across a call that may block: handlers that run meanwhile are watched.
 *  - A struct thread stays valid until the kernel thread is gone; nothing here frees it.
 */
#ifndef PARPROF_THREAD_H
#define PARPROF_THREAD_H

#include "collectors/log.h"
#include "collectors/preload/process.h"
#include "collectors/preload/real.h"

enum {
	GUARD_OPEN = 1,
	GUARD_SET = 2
}; /* open: equal to process.alive, one compare on the hot path */

struct held { /* a timed acquisition that was not released yet */
	uint64_t object;
	uint64_t acquired; /* ticks */
	struct slot *slot; /* NULL: not counted */
	uint16_t weight;   /* acquisitions that its record stands for, 0: it gets none */
	uint8_t contended; /* after a wait, or as dear as one */
	uint8_t flags;	   /* HOLD_* */
};
#define HELD_MAX 24

/* Which of its acquisitions a thread times: see hold.h. */
struct sampling {
	uint32_t interval;
	int32_t left;	     /* acquisitions until the next sample; see arm() */
	int32_t drawn;	     /* what it was after the last draw */
	int32_t credit;	     /* records */
	int32_t nested_left; /* of the outermost timed hold */
	bool forced;	     /* the next acquisition is looked at, sample or not */
	uint64_t handed_on;  /* object just released to a waiter, 0: none */
	uint64_t credited;   /* ticks up to which credit was given */
	uint64_t looked;     /* ticks: see hold_look() */
	uint64_t passed;     /* acquisitions since then, but for those since the last draw */
};

/* What the kernel said last: see usage.h. Times in ticks, CPU times in ns. */
struct usage {
	uint64_t asked, cpu;
	uint32_t voluntary, involuntary;
	uint64_t explained;		 /* waits since then */
	uint64_t next;			 /* when a mark is due */
	uint64_t before;		 /* CPU time used before we saw the thread */
	uint64_t faults, faults_written; /* minor ones; as the last record tells */
};

/* Where this thread is in taking or dropping a GIL: see gil.h. Times in ticks, 0: not so. */
struct gil_state {
	struct gil *inside; /* whose mutex this thread has locked */
	uint64_t entered;   /* wanted the GIL since then, when that is earlier than `took` */
	uint64_t took, dropped;
	uint32_t waiters;
	uint16_t weight; /* of the record of this hold, if nobody waits for it; 0: none */
	bool waiting;
	struct gil *held;
	uint64_t taken;	   /* since when */
	uint32_t timeouts; /* of this wait: so often it asked the holder to drop */
	/* The last drop was one that others had asked for, and what the kernel said after it. */
	uint64_t forced, forced_switches, forced_cpu;
	/* Where the counts of `counted` are, while the table is that one. */
	struct gil *counted;
	struct directory *directory;
	struct counter *counter;
	struct stats *stats;
};

struct thread {
	struct thread_block block; /* first: the recorder's view */
	uint32_t guard;
	int32_t hold_countdown; /* acquisitions until one is looked at */
	uint32_t held_count;
	uint32_t random;
	uint32_t vforked; /* 1: a child of vfork still runs on our memory */
	uint32_t table_shift, table_mask, table_used;
	uint32_t sequence;
	struct directory *directory; /* NULL: block.first_* are the table */
	struct segment *log;	     /* segment written to now */
	char *log_cursor, *log_end;
	char *stats_next, *stats_end; /* room for struct stats */
	uint32_t stats_spare;	      /* refs of retired ones, chained through .wait */
	uint64_t log_started;	      /* ticks at the segment's first record */
	uint32_t wait_interval;	      /* write 1 short wait in this many: see emit.c */
	uint32_t wait_countdown;
	uintptr_t stack_low, stack_top; /* readable without care */
	size_t stack_size;		/* that its creator asked for, 0: nothing */
	uint32_t sample_place;		/* of its timer: see sample.c; 0: none */
	void (*once_routine)(void);	/* of the pthread_once running in this thread */
	uint64_t once_finished;		/* ticks, of the last one that ran here */
	uint64_t posted;		/* semaphores this thread posted, one bit by hash */
	struct {
		uint64_t object, site, first, last, count;
		uint32_t generation;
	} poll; /* the run of failed trylocks going on; count 0: none */
	struct sampling sampling;
	struct held held[HELD_MAX];
	struct usage usage;
	struct gil_state gil;
	struct open_marks *marks;  /* see mark.c; NULL: none were met */
	const void *python_thread; /* state of the interpreter's thread that took a GIL last here */
	struct {
		uint64_t text,
		    place; /* the str that was written last, and what names it; 0: none */
		uint32_t stacks;
	} python_name;
	/* set by the creator, for the thread's first record */
	void *(*routine)(void *);
	void *argument;
	uint64_t created; /* ticks */
	uint64_t create_stack;
	uint32_t creator;
};

extern __thread struct thread *thread_self;

/* NULL: forward only (not recording, a thread without segment, inside ourselves, vfork child). */
struct thread *thread_slow(void);

static inline struct thread *thread_here(void)
{
	struct thread *t = thread_self;
	if (likely(t && t->guard == process.alive)) /* 0 in a forked child */
		return t;
	return thread_slow();
}

/* thread_here() with the guard set; pair with thread_leave(). For hooks that are not hot. */
struct thread *thread_enter(void);
static inline void thread_leave(struct thread *t)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	t->guard = GUARD_OPEN;
}
static inline void thread_guard(struct thread *t)
{
	t->guard = GUARD_SET;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* A thread block for the calling thread (claimed == NULL) or one made by its creator. */
struct thread *thread_attach(struct thread *claimed);
/* Writes THREAD_END with how = END_*. Safe to call twice: the second is ignored. */
void thread_end(struct thread *t, uint32_t how);
/* Drops what was inherited from the parent in a forked child's only thread. */
void thread_forget(void);

#endif
