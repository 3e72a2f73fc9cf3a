/*
 * What can be asked about a target while it runs, without touching it: its memory, what its threads
 * do in the kernel, its children. All of it may be refused: then the answer is "not known".
 */
#ifndef PARPROF_TARGET_STATE_H
#define PARPROF_TARGET_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

bool target_read(uint32_t pid, uint64_t address, void *to, size_t size);

enum task_doing {
	TASK_UNKNOWN, /* /proc does not tell */
	TASK_GONE,
	TASK_ZOMBIE, /* ended; the first thread of a process stays until the last one went */
	TASK_RUNS,
	TASK_CALLS, /* sleeps in a system call */
	TASK_SLEEPS /* does, but which call is not told */
};
struct task_call {
	long number;
	uint64_t argument[6];
};
enum task_doing task_state(uint32_t pid, uint32_t tid, struct task_call *);
bool task_exists(uint32_t tid); /* in any process of our namespace */
bool task_is_of(uint32_t pid, uint32_t tid);
/* Its name, when it is not the one that all threads of its process began with. */
#define TASK_NAME 32
bool task_given_name(uint32_t pid, uint32_t tid, char name[TASK_NAME]);

/* It catches a signal that comes from outside; true when that is not known. */
bool target_has_handlers(uint32_t pid);

/* Pids of the children of one thread of it; returns how many, at most `most`, or -1: unknown, or
 * more. */
int task_children(uint32_t pid, uint32_t tid, uint32_t *child, int most);

#endif
