/*
 * The processes that log into the arena, one entry for each image: exec makes a new one with the
 * same pid.
 *
 * A process is foreign when the pid it wrote is not one of our pid namespace: nothing can be asked
 * about it, so it counts as running until the recording ends.
 */
#ifndef PARPROF_WATCH_PROCESS_H
#define PARPROF_WATCH_PROCESS_H

#include "profiler/arena.h"
#include "profiler/ingest.h"

struct watch_process {
	uint32_t number; /* in the arena */
	uint32_t pid;
	uint32_t segment; /* of its process block */
	uint64_t began;	  /* /proc's start time, 0 unknown */
	uint64_t started; /* ticks */
	int status;	  /* of wait(2), -1 unknown */
	bool foreign;
	bool over;    /* from then on nothing is written any more */
	bool leaving; /* over since an earlier round: all it took has been noticed */
	enum process_ended ended;
};

struct watch_processes {
	struct watch_process *rows;
	uint32_t count, capacity;
	uint64_t recorder_began; /* no target is older */
	uint32_t child_pid;	 /* our own child, once it ended */
	int child_status;	 /* of wait(2) */
	uint32_t foreign_seen;
};

void watch_processes_open(struct watch_processes *);
/* A new image; an older one with this pid is over. */
void watch_process_add(struct watch_processes *, const struct process_block *, uint32_t segment);
struct watch_process *watch_process_find(const struct watch_processes *, uint32_t number);
/* Asks the kernel about those that said they end, or about all; true when any is leaving. */
bool watch_processes_look(struct watch_processes *, const struct arena *, bool all);
/* Drops the entries that are leaving. */
void watch_processes_sweep(struct watch_processes *);

#endif
