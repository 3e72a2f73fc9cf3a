/* Writing a raw log; the reading is in rawlog_read.c. */
#include "profiler/rawlog_format.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rawlog {
	FILE *file;
	char *path;
	bool failed; /* said so already; nothing more is written */
};

static void put(struct rawlog *r, const void *bytes, size_t size)
{
	if (r->failed || fwrite(bytes, 1, size, r->file) == size)
		return;
	r->failed = true;
	error("cannot write %s: %s; the raw log ends here", r->path, strerror(errno));
}

static void put_head(struct rawlog *r, enum rawlog_kind kind, size_t size)
{
	struct rawlog_item_head head = {kind, (uint32_t)size};
	put(r, &head, sizeof(head));
}

struct rawlog *rawlog_create(const char *path, bool force, const struct arena_header *arena)
{
	FILE *file = fopen(path, force ? "we" : "wxe");
	if (!file) {
		if (errno == EEXIST)
			error("%s exists; -f replaces it", path);
		else
			error("cannot write %s: %s", path, strerror(errno));
		return NULL;
	}
	struct rawlog *r = memory_new(1, sizeof(*r));
	r->file = file;
	r->path = memory_copy(path);
	struct rawlog_header h = {
	    .magic = RAWLOG_MAGIC,
	    .version = RAWLOG_VERSION,
	    .log_version = arena->version,
	    .clock = arena->clock,
	    .hold_interval = arena->hold_interval,
	    .stack_depth = arena->stack_depth,
	    .recorder_pid = arena->recorder_pid,
	};
	put(r, &h, sizeof(h));
	return r;
}

void rawlog_write_anchor(struct rawlog *r, uint64_t ticks, uint64_t monotonic_ns)
{
	struct rawlog_anchor a = {ticks, monotonic_ns};
	put_head(r, RAWLOG_ANCHOR, sizeof(a));
	put(r, &a, sizeof(a));
}

void rawlog_write_records(struct rawlog *r, const struct segment *s, uint32_t from, uint32_t to)
{
	struct rawlog_records records = {*s, from, to};
	put_head(r, RAWLOG_RECORDS, sizeof(records) + (to - from));
	put(r, &records, sizeof(records));
	put(r, (const char *)s + from, to - from);
}

/* Bytes up to the last that is not zero, in words. */
static uint32_t used(const void *segment)
{
	const uint64_t *words = segment;
	uint32_t n = SEGMENT_SIZE / 8;
	while (n && !words[n - 1])
		n--;
	return n * 8;
}

void rawlog_write_thread_table(struct rawlog *r, const struct thread_block *thread,
			       const void *arena, const uint32_t *segments, uint32_t count)
{
	/* copied first: the owner may still run, and the sizes must fit what is written */
	char *images = memory_new(count, SEGMENT_SIZE);
	size_t size = sizeof(struct rawlog_table);
	for (uint32_t i = 0; i < count; i++) {
		char *image = images + (size_t)i * SEGMENT_SIZE;
		memcpy(image, (const char *)arena + segment_offset(segments[i]), SEGMENT_SIZE);
		size += sizeof(struct rawlog_image) + used(image);
	}
	struct rawlog_table table = {arena_ref(arena, thread), count};
	put_head(r, RAWLOG_THREAD_TABLE, size);
	put(r, &table, sizeof(table));
	for (uint32_t i = 0; i < count; i++) {
		const char *image = images + (size_t)i * SEGMENT_SIZE;
		struct rawlog_image head = {segments[i], used(image)};
		put(r, &head, sizeof(head));
		put(r, image, head.size);
	}
	free(images);
}

void rawlog_write_process_gone(struct rawlog *r, uint32_t process, enum process_ended ended,
			       int status, uint64_t ticks)
{
	struct rawlog_gone gone = {ticks, process, ended, status, 0};
	put_head(r, RAWLOG_PROCESS_GONE, sizeof(gone));
	put(r, &gone, sizeof(gone));
}

void rawlog_write_tick(struct rawlog *r, uint64_t ticks)
{
	put_head(r, RAWLOG_TICK, sizeof(ticks));
	put(r, &ticks, sizeof(ticks));
}

int rawlog_close(struct rawlog *r, uint64_t ticks)
{
	put_head(r, RAWLOG_END, sizeof(ticks));
	put(r, &ticks, sizeof(ticks));
	bool closed = fclose(r->file) == 0;
	int result = r->failed ? -1 : 0;
	if (!closed && !r->failed)
		result = error("cannot write %s: %s", r->path, strerror(errno));
	free(r->path);
	free(r);
	return result;
}
