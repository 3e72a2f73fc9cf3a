/*
 * A raw log: what the recorder handed to the ingest, in that order, in a file. Replaying it gives
 * the same database (`record --raw`, `ingest`).
 *
 *   file = struct rawlog_header, then items: u32 kind, u32 size of the payload (a multiple of 8)
 *
 * The reader believes nothing: sizes and offsets are checked, a cut or damaged tail ends the log.
 * What it hands out stays valid until the next call.
 */
#ifndef PARPROF_RAWLOG_H
#define PARPROF_RAWLOG_H

#include "collectors/log.h"
#include "profiler/ingest.h"
#include <stdbool.h>

struct rawlog_header {
	uint64_t magic; /* RAWLOG_MAGIC */
	uint32_t version;
	uint32_t log_version;
	uint32_t clock;
	uint32_t hold_interval;
	uint32_t stack_depth;
	uint32_t recorder_pid;
};
#define RAWLOG_MAGIC 0x3157415246525050ull /* "PPRFRAW1" */
#define RAWLOG_VERSION 1

enum rawlog_kind {
	RAWLOG_ANCHOR = 1,   /* ticks, monotonic_ns */
	RAWLOG_RECORDS,	     /* segment, from, to */
	RAWLOG_THREAD_TABLE, /* thread, arena, arena_size */
	RAWLOG_PROCESS_GONE, /* process, ended, status, ticks */
	RAWLOG_TICK,	     /* ticks */
	RAWLOG_END,	     /* ticks: for ingest_close */
};

struct rawlog_item {
	enum rawlog_kind kind;
	uint64_t ticks;
	uint64_t monotonic_ns;
	const struct segment *segment; /* head, and the bytes [from, to) at their place */
	uint32_t from, to;
	const struct thread_block *thread;
	const void *arena; /* where the refs of the thread's tables count from */
	uint64_t arena_size;
	uint32_t process;
	enum process_ended ended;
	int status;
};

struct rawlog; /* being written */
struct rawlog *rawlog_create(const char *path, bool force, const struct arena_header *);
void rawlog_write_anchor(struct rawlog *, uint64_t ticks, uint64_t monotonic_ns);
void rawlog_write_records(struct rawlog *, const struct segment *, uint32_t from, uint32_t to);
/* segments: numbers of all that belong to the thread. */
void rawlog_write_thread_table(struct rawlog *, const struct thread_block *, const void *arena,
			       const uint32_t *segments, uint32_t count);
void rawlog_write_process_gone(struct rawlog *, uint32_t process, enum process_ended, int status,
			       uint64_t ticks);
void rawlog_write_tick(struct rawlog *, uint64_t ticks);
int rawlog_close(struct rawlog *, uint64_t ticks); /* -1 when something could not be written */

struct rawlog_reader;
struct rawlog_reader *rawlog_open_read(const char *path); /* NULL after error() */
/* The header as the ingest wants it: an arena header with only the facts of the log filled in. */
const struct arena_header *rawlog_arena_header(const struct rawlog_reader *);
bool rawlog_next(struct rawlog_reader *, struct rawlog_item *); /* false: the end, or a cut */
bool rawlog_was_cut(const struct rawlog_reader *);		/* no RAWLOG_END was seen */
void rawlog_close_read(struct rawlog_reader *);

#endif
