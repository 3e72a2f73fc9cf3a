#include "profiler/ingest_state.h"

#define SITE_HOOK_SHIFT 48
#define CALLER_MASK ((1ull << SITE_HOOK_SHIFT) - 1)

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

	if (hook >= hook_count) {
		ingest_odd(in, ODDITY_BAD_HOOK, 1);
		hook = 0;
	}
	object = object_id(in, w->process, t->object, t->generation, hook);
	code = code_id(in, w->image, t->site & CALLER_MASK);
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
			       scale(in, s->hold),
			       scale(in, s->hold_max),
			       s->contended_holds,
			       scale(in, s->contended_hold),
			       (int64_t)s->hold_weight};
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

/* Refs come from the target's memory: NULL when there is no room for size bytes behind one. */
static const void *checked(const void *arena, uint64_t arena_size, uint32_t ref, uint64_t size)
{
	uint64_t at = (uint64_t)ref << 3;

	return ref && at + size <= arena_size ? arena_at(arena, ref) : NULL;
}

static void slots_add(struct ingest *in, const struct writer *w, const struct slot *slot,
		      const struct counter *counter, unsigned count, const void *arena,
		      uint64_t arena_size)
{
	for (unsigned i = 0; i < count; i++) {
		struct tally t = {slot[i].object, slot[i].site, counter[i].count,
				  slot[i].generation,
				  checked(arena, arena_size, slot[i].stats, sizeof(struct stats))};
		if (!t.site)
			continue;
		if (slot[i].stats && !t.stats)
			ingest_odd(in, ODDITY_BAD_TABLE, 1);
		tally_add(in, w, &t);
	}
}

void tally_table(struct ingest *in, const struct writer *w, const struct thread_block *t,
		 const void *arena, uint64_t arena_size)
{
	const struct directory *d = checked(arena, arena_size, t->directory, sizeof(*d));
	uint32_t chunks;

	if (!t->directory) {
		slots_add(in, w, t->first_slot, t->first_counter, FIRST_SLOTS, arena, arena_size);
		return;
	}
	chunks = d && d->chunks <= DIRECTORY_CHUNKS_MAX ? d->chunks : 0;
	if (!chunks)
		ingest_odd(in, ODDITY_BAD_TABLE, 1);
	for (uint32_t i = 0; i < chunks; i++) {
		const struct chunk *chunk = checked(arena, arena_size, d->chunk[i], sizeof(*chunk));
		if (chunk)
			slots_add(in, w, chunk->slot, chunk->counter, SLOTS_PER_CHUNK, arena,
				  arena_size);
		else
			ingest_odd(in, ODDITY_BAD_TABLE, 1);
	}
}
