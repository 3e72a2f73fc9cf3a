#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "profiler/dump.h"
#include "profiler/hook.h"
#include "profiler/message.h"
#include "profiler/rawlog.h"
#include "profiler/schema.h"

static void print_text(const char *s, size_t size)
{
	for (size_t i = 0; i < size && s[i]; i++)
		putchar((unsigned char)s[i] < ' ' ? '|' : s[i]);
}

static void print_codes(const char *at, size_t size)
{
	uint64_t code;

	for (; size >= sizeof(code); size -= sizeof(code), at += sizeof(code)) {
		memcpy(&code, at, sizeof(code));
		printf("%#" PRIx64 " ", code);
	}
}

static void print_number(enum field_type type, const char *at)
{
	uint64_t u64 = 0;
	int32_t i32;

	memcpy(&i32, at, 4);
	memcpy(&u64, at, field_size(type));
	if (type == FIELD_I32)
		printf("%" PRId32, i32);
	else if (type == FIELD_OBJECT || type == FIELD_CODE || type == FIELD_STACK)
		printf("%#" PRIx64, u64);
	else
		printf("%" PRIu64, u64);
}

static void print_fields(const struct record *r, const struct event_fact *e)
{
	const char *at = (const char *)(r + 1), *end = (const char *)r + r->size;

	for (const struct field_fact *f = e->fields; f->name; f++) {
		size_t size = field_size(f->type);
		printf(" %s=", f->name);
		if (f->type == FIELD_TEXT)
			print_text(at, (size_t)(end - at));
		else if (f->type == FIELD_CODES)
			print_codes(at, (size_t)(end - at));
		else
			print_number(f->type, at);
		at += size;
	}
}

static void print_record(const struct segment *s, const struct record *r)
{
	const struct event_fact *e = event_fact(r->event);

	printf("process %" PRIu32 " tid %" PRIu32 " ", s->process, s->tid);
	if (!e || r->size < e->size) {
		printf("%s event %u of %u bytes\n", e ? "damaged" : "unknown", r->event, r->size);
		return;
	}
	printf("%s", e->name);
	if (r->hook)
		printf(" %s", hook_get(r->hook)->name);
	if (r->weight > 1)
		printf(" x%u", r->weight);
	print_fields(r, e);
	putchar('\n');
}

static void print_records(const struct rawlog_item *i)
{
	uint32_t at = i->from;

	while (at + sizeof(struct record) <= i->to) {
		const struct record *r = (const void *)((const char *)i->segment + at);
		if (r->size < sizeof(*r) || r->size > i->to - at) {
			printf("damaged: a record of %u bytes\n", r->size);
			return;
		}
		print_record(i->segment, r);
		at += r->size;
	}
}

static void print_slots(const struct slot *slot, const struct counter *counter, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (slot[i].site)
			printf("    slot object=%#" PRIx64 " generation=%" PRIu32
			       " %s caller=%#" PRIx64 " count=%" PRIu64 "\n",
			       slot[i].object, slot[i].generation,
			       hook_get((unsigned)(slot[i].site >> 48))->name,
			       slot[i].site & ((UINT64_C(1) << 48) - 1), counter[i].count);
}

/* Where a ref leads, NULL when there is no room for size bytes. */
static const void *table_part(const struct rawlog_item *i, uint32_t ref, uint64_t size)
{
	return ref && ((uint64_t)ref << 3) + size <= i->arena_size ? arena_at(i->arena, ref) : NULL;
}

static void print_mark(const struct mark_use *u)
{
	static const char *const kinds[MARK_KIND_COUNT] = {
#define KIND_NAME(name) [MARK_##name] = #name,
	    MARK_KINDS(KIND_NAME)
#undef KIND_NAME
	};
	if (u->kind && u->kind < MARK_KIND_COUNT)
		printf("    mark %s name=%#" PRIx64 " code=%#" PRIx64 " count=%" PRIu64
		       " ticks=%" PRIu64 " tasks=%" PRIu64 " task_ticks=%" PRIu64 "\n",
		       kinds[u->kind], u->name, u->code, u->count, u->ticks, u->tasks,
		       u->task_ticks);
}

static void print_marks(const struct rawlog_item *i)
{
	const struct marks *m = table_part(i, i->thread->marks, sizeof(*m));

	for (unsigned parts = 0; m && parts < SEGMENT_COUNT_MAX; parts++) {
		for (unsigned use = 0; use < MARKS_PER_SEGMENT; use++)
			print_mark(&m->use[use]);
		m = table_part(i, m->next, sizeof(*m));
	}
}

static void print_thread_table(const struct rawlog_item *i)
{
	const struct thread_block *t = i->thread;
	const struct directory *d = table_part(i, t->directory, sizeof(*d));

	printf("table of process %" PRIu32 " tid %" PRIu32 " records=%" PRIu64 " dropped=%" PRIu64
	       "\n",
	       t->head.process, t->head.tid, t->records, t->dropped);
	if (!t->directory)
		print_slots(t->first_slot, t->first_counter, FIRST_SLOTS);
	for (uint32_t c = 0; d && c < d->chunks && c < DIRECTORY_CHUNKS_MAX; c++) {
		const struct chunk *chunk = table_part(i, d->chunk[c], sizeof(*chunk));
		if (chunk)
			print_slots(chunk->slot, chunk->counter, SLOTS_PER_CHUNK);
	}
	print_marks(i);
}

static void print_item(const struct rawlog_item *i)
{
	switch (i->kind) {
	case RAWLOG_ANCHOR:
		printf("anchor ticks=%" PRIu64 " monotonic_ns=%" PRIu64 "\n", i->ticks,
		       i->monotonic_ns);
		break;
	case RAWLOG_RECORDS:
		print_records(i);
		break;
	case RAWLOG_THREAD_TABLE:
		print_thread_table(i);
		break;
	case RAWLOG_PROCESS_GONE:
		printf("gone process=%" PRIu32 " ended=%d status=%d\n", i->process, (int)i->ended,
		       i->status);
		break;
	case RAWLOG_TICK:
		printf("tick %" PRIu64 "\n", i->ticks);
		break;
	case RAWLOG_END:
		printf("end %" PRIu64 "\n", i->ticks);
		break;
	}
}

int dump_log(const char *path)
{
	struct rawlog_reader *log = rawlog_open_read(path);
	struct rawlog_item item;

	if (!log)
		return -1;
	while (rawlog_next(log, &item))
		print_item(&item);
	if (rawlog_was_cut(log))
		warning("%s: the log has no end", path);
	rawlog_close_read(log);
	return 0;
}
