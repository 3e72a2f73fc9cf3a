#include "profiler/message.h"
#include "profiler/rawlog_format.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAYLOAD_MAX (ARENA_SIZE_MAX + (1u << 20))

struct rawlog_reader {
	FILE *file;
	char *arena; /* sparse; what thread tables need lies at its place */
	struct arena_header *header;
	uint32_t *filled; /* segments that are not zero */
	uint32_t filled_count;
	uint64_t segment[SEGMENT_SIZE / 8]; /* of the last RECORDS */
	char *payload;
	size_t capacity;
	bool ended;
};

static struct rawlog_reader *refuse(FILE *file, const char *path, const char *why)
{
	error("%s: %s", path, why);
	fclose(file);
	return NULL;
}

static const char *mismatch(const struct rawlog_header *h)
{
	if (h->magic != RAWLOG_MAGIC)
		return "is not a raw log of parprof";
	if (h->version != RAWLOG_VERSION || h->log_version != LOG_VERSION)
		return "was written by another version of parprof, whose log has another format";
	if (h->clock != CLOCK_TICKS_TSC && h->clock != CLOCK_TICKS_MONOTONIC_NS)
		return "is damaged: it names an unknown clock";
	return NULL;
}

struct rawlog_reader *rawlog_open_read(const char *path)
{
	struct rawlog_header h = {0};
	FILE *file = fopen(path, "re");
	if (!file) {
		error("cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	if (fread(&h, 1, sizeof(h), file) != sizeof(h))
		return refuse(file, path, "is too short for a raw log of parprof");
	const char *why = mismatch(&h);
	if (why)
		return refuse(file, path, why);
	char *arena = mmap(NULL, ARENA_SIZE_MAX, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		return refuse(file, path, "no address space to unpack it (ulimit -v?)");
	struct rawlog_reader *r = memory_new(1, sizeof(*r));
	r->file = file;
	r->arena = arena;
	r->filled = memory_new(SEGMENT_COUNT_MAX, sizeof(*r->filled));
	r->header = (struct arena_header *)arena;
	r->header->magic = LOG_MAGIC;
	r->header->version = h.log_version;
	r->header->clock = h.clock;
	r->header->hold_interval = h.hold_interval;
	r->header->stack_depth = h.stack_depth;
	r->header->recorder_pid = h.recorder_pid;
	return r;
}

const struct arena_header *rawlog_arena_header(const struct rawlog_reader *r)
{
	return r->header;
}

bool rawlog_was_cut(const struct rawlog_reader *r)
{
	return !r->ended;
}

void rawlog_close_read(struct rawlog_reader *r)
{
	if (!r)
		return;
	fclose(r->file);
	munmap(r->arena, ARENA_SIZE_MAX);
	free(r->filled);
	free(r->payload);
	free(r);
}

static bool get_ticks(const void *payload, size_t size, struct rawlog_item *item)
{
	if (size != sizeof(item->ticks))
		return false;
	memcpy(&item->ticks, payload, sizeof(item->ticks));
	return true;
}

static bool get_anchor(const void *payload, size_t size, struct rawlog_item *item)
{
	const struct rawlog_anchor *a = payload;
	if (size != sizeof(*a))
		return false;
	item->ticks = a->ticks;
	item->monotonic_ns = a->monotonic_ns;
	return true;
}

static bool get_gone(const void *payload, size_t size, struct rawlog_item *item)
{
	const struct rawlog_gone *g = payload;
	if (size != sizeof(*g) || g->ended > PROCESS_KILLED)
		return false;
	item->ticks = g->ticks;
	item->process = g->process;
	item->ended = g->ended;
	item->status = g->status;
	return true;
}

static bool get_records(struct rawlog_reader *r, const void *payload, size_t size,
			struct rawlog_item *item)
{
	const struct rawlog_records *records = payload;
	if (size < sizeof(*records) || records->from < sizeof(struct segment) ||
	    records->from > records->to || records->to > SEGMENT_SIZE || records->from % 8 ||
	    size - sizeof(*records) != records->to - records->from)
		return false;
	memset(r->segment, 0, sizeof(r->segment));
	memcpy(r->segment, &records->head, sizeof(records->head));
	memcpy((char *)r->segment + records->from, records + 1, records->to - records->from);
	item->segment = (const struct segment *)r->segment;
	item->from = records->from;
	item->to = records->to;
	return true;
}

static void empty_arena(struct rawlog_reader *r)
{
	while (r->filled_count)
		memset(r->arena + segment_offset(r->filled[--r->filled_count]), 0, SEGMENT_SIZE);
}

/* One image; returns the bytes it takes, 0 when it is damaged. */
static size_t fill(struct rawlog_reader *r, const char *at, size_t left)
{
	struct rawlog_image image;
	if (left < sizeof(image) || r->filled_count == SEGMENT_COUNT_MAX)
		return 0;
	memcpy(&image, at, sizeof(image));
	if (image.segment >= SEGMENT_COUNT_MAX || image.size > SEGMENT_SIZE || image.size % 8 ||
	    image.size > left - sizeof(image))
		return 0;
	memcpy(r->arena + segment_offset(image.segment), at + sizeof(image), image.size);
	r->filled[r->filled_count++] = image.segment;
	return sizeof(image) + image.size;
}

static bool get_table(struct rawlog_reader *r, const char *payload, size_t size,
		      struct rawlog_item *item)
{
	struct rawlog_table table;
	if (size < sizeof(table))
		return false;
	memcpy(&table, payload, sizeof(table));
	empty_arena(r);
	for (size_t at = sizeof(table); table.count--;) {
		size_t n = fill(r, payload + at, size - at);
		if (!n)
			return false;
		at += n;
	}
	uint64_t offset = (uint64_t)table.thread << 3;
	if (offset < ARENA_HEADER_SIZE || offset > ARENA_SIZE_MAX - SEGMENT_SIZE)
		return false;
	item->thread = arena_at(r->arena, table.thread);
	item->arena = r->arena;
	item->arena_size = ARENA_SIZE_MAX;
	return true;
}

static bool unpack(struct rawlog_reader *r, size_t size, struct rawlog_item *item)
{
	switch (item->kind) {
	case RAWLOG_ANCHOR:
		return get_anchor(r->payload, size, item);
	case RAWLOG_RECORDS:
		return get_records(r, r->payload, size, item);
	case RAWLOG_THREAD_TABLE:
		return get_table(r, r->payload, size, item);
	case RAWLOG_PROCESS_GONE:
		return get_gone(r->payload, size, item);
	case RAWLOG_TICK:
		return get_ticks(r->payload, size, item);
	case RAWLOG_END:
		r->ended = get_ticks(r->payload, size, item);
		return r->ended;
	}
	return false;
}

/* The payload grows as it is read: a damaged size must not make us ask for all the memory. */
static bool read_payload(struct rawlog_reader *r, size_t size)
{
	for (size_t have = 0; have < size;) {
		size_t more = size - have < (1u << 20) ? size - have : (1u << 20);
		if (have + more > r->capacity) {
			r->capacity = have + more;
			r->payload = memory_grow(r->payload, r->capacity, 1);
		}
		if (fread(r->payload + have, 1, more, r->file) != more)
			return false;
		have += more;
	}
	return true;
}

bool rawlog_next(struct rawlog_reader *r, struct rawlog_item *item)
{
	struct rawlog_item_head head;
	*item = (struct rawlog_item){0};
	if (r->ended || fread(&head, 1, sizeof(head), r->file) != sizeof(head))
		return false;
	if (head.size % 8 || head.size > PAYLOAD_MAX || !read_payload(r, head.size))
		return false;
	item->kind = head.kind;
	return unpack(r, head.size, item);
}
