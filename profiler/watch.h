/*
 * Watching the targets: reads what their threads log, notices who is gone, takes segments back.
 *
 * Invariants
 *  - Records of a thread are handed on in the order it wrote them (segment.sequence).
 *  - A segment is recycled only when nobody can write to it: a log that is sealed and read, a table
 *    its owner freed, or anything of an owner that is gone from the kernel.
 *  - A thread's table is handed on once, after its last record; a process after its threads.
 *  - Targets may scribble over all of it. What is read from a segment's head is checked and kept
 *    here; a nonsense value costs the records of that segment, and is counted.
 */
#ifndef PARPROF_WATCH_H
#define PARPROF_WATCH_H

#include "profiler/arena.h"
#include "profiler/ingest.h"
#include "profiler/watch_process.h"

/* Who gets what was read. */
struct watch_sink {
	void *data;
	/* As ingest_records(): returns where it stopped. */
	uint32_t (*records)(void *data, const struct segment *, uint32_t from, uint32_t to);
	/* segments: the numbers of all that belong to the thread. */
	void (*thread)(void *data, const struct thread_block *, const uint32_t *segments,
		       uint32_t count);
	void (*process_gone)(void *data, uint32_t number, enum process_ended, int status,
			     uint64_t ticks);
};

struct watch_segment {
	bool taken;
	bool gone;	   /* of a thread block: the kernel knows the thread no more */
	bool done;	   /* its log is sealed and read */
	uint8_t kind;	   /* as found; SEGMENT_NONE: not yet */
	uint32_t process;  /* arena process number */
	uint32_t thread;   /* number of the owner's thread block, NO_THREAD */
	uint32_t read;	   /* offset of the next record, 0: no log here */
	uint32_t end;	   /* offset past the room for records */
	uint32_t sequence; /* of this log; of a thread block see `next` */
	uint32_t next;	   /* of a thread block: sequence of the log to be read next */
};
#define NO_THREAD UINT32_MAX

/* What no target of ours does, unless its memory was overwritten. */
enum watch_oddity { ODD_KIND, ODD_THREAD, ODD_LOG, ODD_RECORD, ODD_LIMIT };

struct watch {
	struct arena *arena;
	struct watch_sink sink;
	struct watch_segment *segment; /* by number */
	uint32_t *taken;	       /* numbers in the order they were taken */
	uint32_t taken_count;
	struct watch_processes processes;
	bool farewells;		 /* somebody is known to be gone */
	uint64_t look_at_all_ns; /* when all threads and processes are looked up again */
	uint64_t bytes;		 /* of records handed on */
	uint64_t odd[ODD_LIMIT];
};

void watch_open(struct watch *, struct arena *, const struct watch_sink *);
void watch_free(struct watch *);

/* One round; returns how much it found, in bytes of records; a segment that was taken since the
 * last round counts as a quarter full at least. Refills the arena. */
uint64_t watch_tick(struct watch *, uint64_t ticks_now);
/* A child of ours ended with this status of wait(2). */
void watch_child_ended(struct watch *, uint32_t pid, int status);
/* Processes that may still run. */
uint32_t watch_running(const struct watch *);
/* The recording is over: reads all that is left, of those still running too. */
void watch_finish(struct watch *, uint64_t ticks_now);
/* Calls each(data, block) for every thread that may still run. */
void watch_live(const struct watch *, void (*each)(void *, const struct thread_block *),
		void *data);
/* Calls each(data, kind, how often) for what was odd. */
void watch_oddities(const struct watch *, void (*each)(void *, const char *, uint64_t), void *data);

#endif
