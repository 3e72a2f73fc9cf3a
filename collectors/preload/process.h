/*
 * This process as a target: the mapped arena, and the detection of fork.
 *
 * process_alive lies in a page the kernel wipes in a forked child, so that every kind of fork is
 * noticed at the first hook in the child (0.3 ns each time), glibc's own and raw clone included.
 */
#ifndef PARPROF_PROCESS_H
#define PARPROF_PROCESS_H

#include "collectors/log.h"
#include <stdbool.h>

struct process {
	struct arena_header *arena; /* NULL: not recording */
	uint64_t mapped;	    /* bytes of it */
	struct process_block *block;
	uint32_t number;	    /* arena process number */
	uint32_t segment_limit;	  /* numbers below it are mapped */
	uint32_t segment_highest; /* ever claimed */
	uint32_t hold_interval;
	uint32_t stack_depth;
	uint32_t pid;
};
extern struct process process;
extern volatile char process_alive[4096];

static inline bool process_is_same(void)
{
	return __builtin_expect(process_alive[0] != 0, 1);
}

/* In the constructor: maps the arena, claims the process block, writes PROCESS, COMMAND, MODULEs. */
void process_start(int argc, char **argv, char **envp);
/* In a forked child, from the fork wrapper or the first hook that notices; harmless when repeated. */
void process_forked_child(void);
/* Before the process ends by _exit: THREAD_END of this thread, PROCESS_END. */
void process_end(int status);

#endif
