/*
 * What the ingest_*.c files share. Every map is a cache of rows: what is not found in it is looked
 * for in the store, so that a map may be emptied at any time.
 */
#ifndef PARPROF_INGEST_STATE_H
#define PARPROF_INGEST_STATE_H

#include "profiler/blame.h"
#include "profiler/clockmap.h"
#include "profiler/hash.h"
#include "profiler/hook.h"
#include "profiler/ingest.h"
#include "profiler/ingest_sql.h"
#include "profiler/schema.h"
#include "profiler/store.h"
#include "profiler/store_rows.h"

struct process_entry {	/* key: arena process number, 0 */
	uint32_t image; /* the process whose stacks and code addresses it shares */
	uint32_t pid;
	uint64_t began, over; /* ticks, 0: not known */
	uint32_t before;      /* the image that became this one by exec, 0: none */
	bool started, forked;
};

struct pid_entry {	 /* key: pid, 0 */
	uint32_t number; /* of the newest process that has it, 0: none yet */
	int32_t status;	 /* as wait(2) gave it to the parent */
	uint64_t reaped; /* ticks of that, 0: not yet */
};

struct thread_entry { /* key: tid, process */
	int64_t id;
	bool started, ended, gone;
};

struct object_entry { /* key: address, process << 32 | generation */
	int64_t id;
	uint64_t blame[2]; /* its name there */
	enum hook_family family;
};

struct row_entry { /* stacks: hash, image; codes: address, image */
	int64_t id;
	bool complete;
};

struct wait_sum { /* key: object << 32 | thread, stack << 16 | hook */
	int64_t count, ns, max_ns, timed_out;
};
/* The newest wait is added to its sum when the next one comes: the sum's memory is fetched
 * meanwhile, which is a tenth of the whole ingest. */
struct wait_pending {
	uint64_t key[2];
	int64_t weight, ns; /* weight 0: none */
	bool timed_out;
};
struct blame_sum { /* key: object << 32 | stack, cause << 62 | holder << 31 | holder stack */
	int64_t waits, ns;
};

struct ingest {
	bool live; /* tables go to tally_live */
	struct store *store;
	struct query *sql[SQL_COUNT];
	struct store_rows *rows[EVENT_LIMIT]; /* of stored events, made at first use */
	struct clockmap clock;
	uint64_t now, previous_tick; /* ticks */
	uint64_t tick_number;
	struct hash processes, pids, threads, tids, objects, stacks, codes;
	struct hash sites;    /* code, stack: those that are written */
	struct hash oddities; /* key: enum oddity + 1, 0 */
	size_t threads_gone;
	struct {
		uint64_t address, place, tick;
	} * destroyed; /* objects to be forgotten two ticks later */
	size_t destroyed_first, destroyed_count, destroyed_room;
	struct wait_pending pending;
	struct hash wait_sums, wait_buckets, hold_buckets, blame_sums;
	double bucket_rate;		 /* ns per tick of hold buckets, 0: not set yet */
	uint64_t flushed_at, flush_cost; /* monotonic ns */
	struct blame *blame;
	int64_t divided; /* ns: waits that ended before it have been blamed on somebody */
	struct ingest_count count;
	ingest_wait_seen *wait_seen;
	void *wait_seen_data;
	uint32_t unwatched; /* processes without a log */
};

/* Whose records are read. */
struct writer {
	uint32_t process, image, tid;
	int64_t thread;
};

enum oddity {
	ODDITY_UNKNOWN_EVENT,
	ODDITY_BAD_RECORD,
	ODDITY_BEFORE_START,
	ODDITY_FUTURE,
	ODDITY_BACKWARDS,
	ODDITY_BAD_TABLE,
	ODDITY_BAD_HOOK,
	ODDITY_LATE_RELEASE,
	ODDITY_NO_WRITER,
	ODDITY_COUNT
};
/* Counts it; example is kept for the first one and may be NULL. */
void ingest_odd(struct ingest *, enum oddity, uint64_t count);
void oddities_flush(struct ingest *);

/* ingest_process.c */
struct process_entry *process_get(struct ingest *, uint32_t number); /* until the next call */
void process_started(struct ingest *, struct writer *, const struct log_process_start *);
void process_command(struct ingest *, const struct writer *, const struct log_command *);
void process_child_exit(struct ingest *, const struct log_child_exit *);
void process_end(struct ingest *, const struct writer *, const struct log_process_end *);
void process_module(struct ingest *, const struct writer *, const struct log_module *);

/* ingest_thread.c */
int64_t thread_get(struct ingest *, uint32_t process, uint32_t tid);
int64_t thread_known(struct ingest *, uint32_t process, uint32_t tid); /* STORE_NULL: not yet */
void thread_started(struct ingest *, struct writer *, const struct log_thread_start *);
void thread_named(struct ingest *, const struct writer *, const struct log_thread_name *);
void thread_ended(struct ingest *, const struct writer *, const struct log_thread_end *);
void thread_gone(struct ingest *, const struct thread_block *);
void threads_forget(struct ingest *); /* those that are gone, when they are many */

/* ingest_object.c */
struct object_entry *object_get(struct ingest *, uint32_t process, uint64_t address,
				uint32_t generation, unsigned hook); /* until the next call */
int64_t object_id(struct ingest *, uint32_t process, uint64_t address, uint32_t generation,
		  unsigned hook);
void object_site(struct ingest *, const struct writer *, const struct log_site *);
void object_init(struct ingest *, const struct writer *, const struct log_init *);
void object_destroy(struct ingest *, const struct writer *, const struct log_destroy *);
void object_shared(struct ingest *, const struct writer *, const struct log_shared *);
void objects_forget(struct ingest *);

/* ingest_stack.c */
int64_t stack_id(struct ingest *, uint32_t image, uint64_t hash); /* STORE_NULL: no stack */
int64_t code_id(struct ingest *, uint32_t image, uint64_t address);
void stack_frames(struct ingest *, const struct writer *, const struct log_stack_frames *);
int64_t stack_add(struct ingest *, uint32_t image, uint64_t hash, const uint64_t *frame,
		  size_t depth);

/* ingest_python.c */
void python_code(struct ingest *, const struct writer *, const struct log_python_code *);
void python_lines(struct ingest *, const struct log_python_lines *);

/* ingest_tally.c */
void tally_record(struct ingest *, const struct writer *, const struct log_tally *);
void tally_table(struct ingest *, const struct writer *, const struct thread_block *,
		 const void *arena, uint64_t arena_size);

/* ingest_mark.c */
void mark_named(struct ingest *, const struct writer *, const struct log_mark *);
void mark_table(struct ingest *, const struct writer *, const struct thread_block *,
		const void *arena, uint64_t arena_size);

/* ingest_sums.c */
void sums_wait(struct ingest *, const struct row_wait *);
void sums_hold_bucket(struct ingest *, int64_t object, unsigned bucket, uint64_t count);
void sums_blame(void *ingest, const struct blame_piece *);
void sums_flush(struct ingest *, bool now); /* when it is time or now */

/* ingest_event.c */
void event_record(struct ingest *, struct writer *, const struct record *);
void events_flush(struct ingest *);

#endif
