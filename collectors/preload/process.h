/*
 * This process as a target: the mapped arena, and the detection of fork.
 *
 * `process` is a page the kernel wipes in a forked child, so that every kind of fork is noticed at
 * the first hook in the child (0.3 ns each time), glibc's own and raw clone included; the child
 * then starts from the copy kept beside it. What a child touches is kept small: each page is a
 * fault.
 */
#ifndef PARPROF_PROCESS_H
#define PARPROF_PROCESS_H

#include "collectors/log.h"
#include <stdbool.h>

struct process {
	volatile uint32_t alive;    /* 1; 0: nothing here is valid, see process_forked_child() */
	struct arena_header *arena; /* NULL: not recording */
	uint64_t mapped;	    /* bytes of it */
	struct process_block *block;
	uint32_t number;	  /* arena process number */
	uint32_t segment_limit;	  /* numbers below it are mapped */
	uint32_t segment_highest; /* ever claimed */
	uint32_t hold_interval;
	uint32_t ticks_per_us;
	uint64_t io_long; /* ticks: see io.h */
	uint32_t stack_depth;
	uint32_t pid;
	uint32_t sandboxed;	/* 1: a filter may end the process for a system call of ours */
	uint32_t sample_signal; /* threads are sampled by it, 0: not: see sample.h */
	uint64_t stack_size;	/* RLIMIT_STACK at start: what glibc gives a thread */
} __attribute__((aligned(4096)));
extern struct process process;

static inline bool process_is_same(void)
{
	return __builtin_expect(process.alive, 1);
}

/* In the constructor: maps the arena, claims the process block, writes PROCESS, COMMAND, MODULEs.
 */
void process_start(int argc, char **argv, char **envp);
/* In the parent, before a fork we see: what the child starts from. */
void process_before_fork(void);
/* In a forked child, from the fork wrapper or the first hook that notices; harmless when repeated.
 */
void process_forked_child(void);
/* Before a filter of system calls is set: from now on we make none that we can do without. */
void process_sandboxed(void);
/* Threads are sampled by this signal from now on, 0: no more. */
void process_sampled(uint32_t signal);
/* Before the process ends by _exit: THREAD_END of this thread, PROCESS_END. */
void process_end(int status);

#endif
