/*
 * Tasks: what the scheduler did with each thread, from the happenings of collectors/kernel to rows
 * of the tables task, off_core and off_stretch (off_rows.h).
 *
 * A time off a core is written unless a wait of the same thread covers it: the wait tells more, and
 * is there already. The waits come from the ingest, some time later than the switches, and from the
 * thread only when it has run for a while behind the wait: times off are kept until then.
 *
 * Invariants
 *  - Of each task: on_ns + blocked_ns + preempted_ns = end_ns - begin_ns.
 *  - Where records of the kernel were lost, a thread that leaves its core while it is off came back
 * at the end of that gap.
 */
#ifndef PARPROF_TASKS_H
#define PARPROF_TASKS_H

#include "collectors/kernel/happening.h"
#include "profiler/hash.h"
#include "profiler/off_rows.h"

struct task_span {
	int64_t begin, end;
	bool preempted;
};
struct task_spans {
	struct task_span *span;
	size_t count, room;
};

struct task {
	int64_t id, maker; /* of the store; id 0: no such; maker STORE_NULL: not known */
	uint32_t pid, tid, cpu;
	int64_t begin, out; /* ns; out: since when it is off, -1: on a core */
	bool preempted;	    /* that time off */
	char name[16];
	int64_t blocked, blocked_ns, preemptions, preempted_ns, migrations;
	struct task_spans off, waits; /* not written, not used yet */
};

struct task_wait { /* of a thread that no happening told of yet */
	uint32_t tid;
	int64_t begin, end;
};

struct tasks {
	struct store *store;
	bool switches; /* are told: else only lives are known */
	struct query *insert, *update;
	struct off_rows rows;
	int64_t lost;	    /* when records were lost last, -1: never */
	struct hash by_tid; /* (tid, 0) -> index + 1 of task[] */
	struct task *task;  /* those that live; free places have id 0 */
	size_t count, room;
	int64_t last_id;
	struct task_wait *early;
	size_t earlies, early_room;
};

void tasks_open(struct tasks *, struct store *, bool switches);
/* ns: its time, since the start of the recording. */
void tasks_happen(struct tasks *, const struct happening *, int64_t ns);
/* A wait of the thread with this tid that was recorded. */
void tasks_waited(struct tasks *, uint32_t tid, int64_t begin, int64_t end);
/* Writes what ended before `until`: all waits that ended before it were told. */
void tasks_settle(struct tasks *, int64_t until);
/* The task that this tid is now, 0: none. */
int64_t tasks_of(const struct tasks *, uint32_t tid);
/* The recording ends at ns. */
void tasks_close(struct tasks *, int64_t ns);

#endif
