#include "profiler/ingest_state.h"
#include "profiler/thread_table.h"

struct tally {
	uint64_t object, site, count;
	uint32_t generation;
	const struct stats *stats; /* NULL: nothing was timed */
};

static int64_t scale(const struct ingest *in, uint64_t ticks)
{
	return (int64_t)((double)ticks * clockmap_rate(&in->clock));
}

static void tally_add(struct ingest *in, const struct writer *w, const struct tally *t)
{
	static const struct stats none;
	const struct stats *s = t->stats ? t->stats : &none;
	unsigned hook = (unsigned)(t->site >> SITE_HOOK_SHIFT);
	int64_t object, code;
	bool moves;

	if (hook >= hook_count) {
		ingest_odd(in, ODDITY_BAD_HOOK, 1);
		hook = 0;
	}
	object = object_id(in, w->process, t->object, t->generation, hook);
	moves = hook_get(hook)->family == FAMILY_io; /* see struct stats */
	code = code_id(in, w->image, t->site & SITE_CALLER_MASK);
	const int64_t row[] = {object,
			       w->thread,
			       hook,
			       code,
			       (int64_t)t->count,
			       s->contended,
			       s->failed,
			       scale(in, s->wait),
			       scale(in, s->wait_max),
			       s->hold_samples,
			       moves ? 0 : scale(in, s->hold),
			       moves ? 0 : scale(in, s->hold_max),
			       s->contended_holds,
			       scale(in, s->contended_hold),
			       (int64_t)s->hold_weight,
			       moves ? (int64_t)s->bytes : 0,
			       moves ? (int64_t)s->headers : 0};
	query_run(sql_bind(in, in->live ? SQL_TALLY_LIVE : SQL_TALLY_ADD, row,
			   sizeof(row) / sizeof(row[0])));
	if (in->live)
		return;
	for (unsigned b = 0; s->hold_samples && b < HOLD_BUCKETS; b++)
		if (s->hold_bucket[b])
			sums_hold_bucket(in, object, b, s->hold_bucket[b]);
}

void tally_record(struct ingest *in, const struct writer *w, const struct log_tally *r)
{
	size_t bytes = r->head.size - sizeof(*r);
	struct tally t = {r->object, r->site, r->count, r->generation,
			  bytes >= sizeof(struct stats) ? (const struct stats *)r->stats : NULL};

	tally_add(in, w, &t);
}

struct table {
	struct ingest *in;
	const struct writer *writer;
	const void *arena;
	uint64_t arena_size;
};

static void slot_add(void *data, const struct slot *slot, uint64_t count)
{
	const struct table *table = data;
	struct tally t = {
	    slot->object, slot->site, count, slot->generation,
	    arena_checked(table->arena, table->arena_size, slot->stats, sizeof(struct stats))};

	if (slot->stats && !t.stats)
		ingest_odd(table->in, ODDITY_BAD_TABLE, 1);
	tally_add(table->in, table->writer, &t);
}

void tally_table(struct ingest *in, const struct writer *w, const struct thread_block *t,
		 const void *arena, uint64_t arena_size)
{
	struct table table = {in, w, arena, arena_size};
	unsigned bad = thread_table_each(t, arena, arena_size, slot_add, &table);

	if (bad)
		ingest_odd(in, ODDITY_BAD_TABLE, bad);
}
