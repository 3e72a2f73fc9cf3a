/*
 * Watchpoints on one thread: words of 8 bytes in its memory, each of which stops it once, in the
 * kernel, for some microseconds, when it is used. Perf events on the processor's debug registers,
 * opened from outside.
 */
#ifndef PARPROF_KERNEL_WATCHPOINT_H
#define PARPROF_KERNEL_WATCHPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define WATCHPOINTS_MAX 4

struct watchpoints {
	int fd[WATCHPOINTS_MAX];
	int count; /* that are open: fewer when somebody else has some */
};

/* 0, or the errno with which not even one could be opened. */
int watchpoints_open(struct watchpoints *, pid_t tid);
void watchpoints_close(struct watchpoints *);
/* The first `count` of the words, as far as there are watchpoints. false: the thread is gone. */
bool watchpoints_arm(struct watchpoints *, const uint64_t *word, int count, bool writes_only);
/* Bit i: word i was used since. */
uint32_t watchpoints_fired(const struct watchpoints *);

/* What one costs the thread it stops, measured here; 0: none can be used, *why tells the reason. */
uint64_t watchpoint_cost_ns(const char **why);

#endif
