/*
 * The ingest: turns log records and thread tables into rows of the store.
 *
 * Records of one thread come in order, those of different threads in any order between two ticks:
 * a record may refer to a stack, object or thread that another thread describes later, so each of
 * them gets its row at the first reference. Nothing in a record is trusted. The memory used is
 * bounded by the live objects, the distinct stacks and the threads, not by the records.
 */
#ifndef PARPROF_INGEST_H
#define PARPROF_INGEST_H

#include "collectors/log.h"
#include <stddef.h>

struct ingest;
struct store;

enum process_ended {
	PROCESS_RUNNING, /* the recording ended before it did */
	PROCESS_EXITED,
	PROCESS_EXECED,
	PROCESS_KILLED,
};

struct ingest *ingest_open(struct store *, const struct arena_header *);

/* Ticks and CLOCK_MONOTONIC of one moment. The first one is time 0 and must come before any
 * record; about one a second afterwards. */
void ingest_anchor(struct ingest *, uint64_t ticks, uint64_t monotonic_ns);

/* The committed records in bytes [from, to) of a segment that holds a log; from is a record's
 * start. Returns where it stopped: to, or earlier at the first record not committed yet. */
uint32_t ingest_records(struct ingest *, const struct segment *, uint32_t from, uint32_t to);

/* Final slots and stats of a thread, once, after its last record. arena: where refs count from;
 * arena_size bounds them. */
void ingest_thread_table(struct ingest *, const struct thread_block *, const void *arena,
			 uint64_t arena_size);

/* The tables of all threads that still run, as they are now: clear, then each. They take the place
 * of the final ones when the recorder does not live to see those. */
void ingest_live_clear(struct ingest *);
void ingest_live_table(struct ingest *, const struct thread_block *, const void *arena,
		       uint64_t arena_size);

/* The process is gone from the kernel. status as wait(2) gives it, -1 unknown. */
void ingest_process_gone(struct ingest *, uint32_t process_number, enum process_ended, int status,
			 uint64_t ticks);

/* Call it each 10..100 ms: all records before the previous tick have been handed in. Divides
 * waits among holders, commits. */
void ingest_tick(struct ingest *, uint64_t ticks_now);

/* Each wait, when it is read: of the thread with that kernel id, in ns. NULL: nobody wants them. */
typedef void ingest_wait_seen(void *data, uint32_t tid, int64_t begin, int64_t end);
void ingest_on_wait(struct ingest *, ingest_wait_seen *, void *data);

/* The process that had this pid at a time, ns: its number, 0: none known yet. image: whose code
 * and stacks it shares. */
uint32_t ingest_process_at(struct ingest *, uint32_t pid, int64_t ns, uint32_t *image);
int64_t ingest_thread(struct ingest *, uint32_t process, uint32_t tid); /* its id in the store */
int64_t ingest_process_began(struct ingest *, uint32_t number);		/* ns */
/* A process that does not write a log: gives it a number of its own. */
uint32_t ingest_process_unwatched(struct ingest *, uint32_t pid, int64_t begin_ns,
				  const char *path);
struct mapping {
	uint64_t bias, begin, end;
	const char *path;
};
void ingest_process_mapped(struct ingest *, uint32_t image, const struct mapping *);
/* A stack made of addresses as in STACK records, innermost first: its id. */
int64_t ingest_stack(struct ingest *, uint32_t image, const uint64_t *frame, size_t depth);

/* ns since the start of the recording; 0 stays 0. */
int64_t ingest_time(struct ingest *, uint64_t ticks);

struct ingest_count {
	uint64_t records, waits, threads, processes, locks, rows_lost;
};
void ingest_count(const struct ingest *, struct ingest_count *);

/* Writes what is still in memory. ticks_now ends what is still running. 0, or -1 when the store
 * failed meanwhile. */
int ingest_close(struct ingest *, uint64_t ticks_now);

#endif
