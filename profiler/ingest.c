#include "profiler/ingest.h"

#include <stdlib.h>

#include "profiler/ingest_state.h"
#include "profiler/message.h"
#include "profiler/text.h"

/* A thread may be put to sleep between a release and the record of it, so waits are divided when
 * they are older than SETTLE_NS, and all DIVIDE_NS. */
#define SETTLE_NS 200000000
#define DIVIDE_NS 100000000
#define FUTURE_NS (10 * 1000000000ll) /* ahead of the newest tick: no such time */

static const char *const oddity_kinds[ODDITY_COUNT] = {
    [ODDITY_UNKNOWN_EVENT] = "records of an unknown kind were skipped",
    [ODDITY_BAD_RECORD] = "damaged records were skipped",
    [ODDITY_BEFORE_START] = "times before the start of the recording were set to its start",
    [ODDITY_FUTURE] = "times in the future were set to the time of their reading",
    [ODDITY_BACKWARDS] = "waits that end before they begin were counted as 0 ns",
    [ODDITY_BAD_TABLE] = "damaged parts of counting tables were skipped",
    [ODDITY_BAD_HOOK] = "counts of an unknown function",
    [ODDITY_LATE_RELEASE] = "releases came too late to be blamed for waits",
    [ODDITY_NO_WRITER] = "segments without a process or thread were skipped",
};

void ingest_odd(struct ingest *in, enum oddity kind, uint64_t count)
{
	bool fresh;

	*(uint64_t *)hash_put(&in->oddities, kind + 1, 0, &fresh) += count;
}

void oddities_flush(struct ingest *in)
{
	uint64_t key[2], *count;
	size_t place = 0;

	while ((count = hash_next(&in->oddities, &place, key)))
		store_oddity(in->store, oddity_kinds[key[0] - 1], (int64_t)*count, NULL);
	hash_clear(&in->oddities);
}

int64_t ingest_time(struct ingest *in, uint64_t ticks)
{
	int64_t ns, now;

	if (!ticks)
		return 0;
	if (ticks < in->clock.first_ticks) {
		ingest_odd(in, ODDITY_BEFORE_START, 1);
		return 0;
	}
	ns = clockmap_ns(&in->clock, ticks);
	if (ticks <= in->now)
		return ns;
	now = clockmap_ns(&in->clock, in->now);
	if ((uint64_t)ns - (uint64_t)now < FUTURE_NS) /* ns of damaged logs may be anything */
		return ns;
	ingest_odd(in, ODDITY_FUTURE, 1);
	return now;
}

struct ingest *ingest_open(struct store *store, const struct arena_header *header)
{
	struct ingest *in = memory_new(1, sizeof(*in));

	in->store = store;
	clockmap_init(&in->clock);
	hash_init(&in->processes, sizeof(struct process_entry));
	hash_init(&in->pids, sizeof(struct pid_entry));
	hash_init(&in->threads, sizeof(struct thread_entry));
	hash_init(&in->tids, sizeof(uint32_t));
	hash_init(&in->objects, sizeof(struct object_entry));
	hash_init(&in->stacks, sizeof(struct row_entry));
	hash_init(&in->codes, sizeof(struct row_entry));
	hash_init(&in->sites, 0);
	hash_init(&in->oddities, sizeof(uint64_t));
	hash_init(&in->wait_sums, sizeof(struct wait_sum));
	hash_init(&in->wait_buckets, sizeof(uint64_t));
	hash_init(&in->hold_buckets, sizeof(uint64_t));
	hash_init(&in->blame_sums, sizeof(struct blame_sum));
	in->blame = blame_open(sums_blame, in);
	store_run_set_text(store, "clock", header->clock == CLOCK_TICKS_TSC ? "tsc" : "monotonic");
	store_run_set_int(store, "hold_interval", header->hold_interval);
	store_begin(store);
	return in;
}

void ingest_anchor(struct ingest *in, uint64_t ticks, uint64_t monotonic_ns)
{
	clockmap_anchor(&in->clock, ticks, monotonic_ns);
	if (ticks > in->now)
		in->now = ticks;
	SQL_RUN(in, ANCHOR, (int64_t)ticks, (int64_t)monotonic_ns);
}

static bool writer_of(struct ingest *in, const struct segment *s, struct writer *w)
{
	if (!s->process || !s->tid) {
		ingest_odd(in, ODDITY_NO_WRITER, 1);
		return false;
	}
	w->process = s->process;
	w->tid = s->tid;
	w->image = process_get(in, s->process)->image;
	w->thread = thread_get(in, s->process, s->tid);
	return true;
}

uint32_t ingest_records(struct ingest *in, const struct segment *segment, uint32_t from,
			uint32_t to)
{
	struct writer w;

	if (to > SEGMENT_SIZE || from % 8 || from < sizeof(*segment) || !writer_of(in, segment, &w))
		return to;
	while (from + sizeof(struct record) <= to) {
		const struct record *r = (const void *)((const char *)segment + from);
		if (!__atomic_load_n((const uint64_t *)(const void *)r, __ATOMIC_ACQUIRE))
			return from;
		if (r->size < sizeof(*r) || r->size % 8 || r->size > to - from) {
			ingest_odd(in, ODDITY_BAD_RECORD, 1);
			return to; /* where the next one begins is not known */
		}
		event_record(in, &w, r);
		in->count.records++;
		from += r->size;
	}
	return from;
}

void ingest_thread_table(struct ingest *in, const struct thread_block *t, const void *arena,
			 uint64_t arena_size)
{
	struct writer w;

	if (!writer_of(in, &t->head, &w))
		return;
	tally_table(in, &w, t, arena, arena_size);
	mark_table(in, &w, t, arena, arena_size);
	thread_gone(in, t);
}

void ingest_live_clear(struct ingest *in)
{
	SQL_RUN(in, TALLY_LIVE_CLEAR, 0);
	SQL_RUN(in, MARK_LIVE_CLEAR, 0);
}

void ingest_live_table(struct ingest *in, const struct thread_block *t, const void *arena,
		       uint64_t arena_size)
{
	struct writer w;

	if (!writer_of(in, &t->head, &w))
		return;
	in->live = true;
	tally_table(in, &w, t, arena, arena_size);
	mark_table(in, &w, t, arena, arena_size);
	in->live = false;
}

/* All records before the previous tick have been read. */
static void blame_settled(struct ingest *in)
{
	int64_t horizon = clockmap_ns(&in->clock, in->previous_tick) - SETTLE_NS;

	if (horizon < in->divided + DIVIDE_NS)
		return;
	blame_divide(in->blame, horizon);
	in->divided = horizon;
}

void ingest_tick(struct ingest *in, uint64_t ticks_now)
{
	blame_settled(in);
	in->previous_tick = ticks_now;
	if (ticks_now > in->now)
		in->now = ticks_now;
	in->tick_number++;
	sums_flush(in, false);
	objects_forget(in);
	threads_forget(in);
	events_flush(in);
	store_commit(in->store);
	store_begin(in->store);
}

void ingest_count(const struct ingest *in, struct ingest_count *count)
{
	*count = in->count;
}

static void ingest_free(struct ingest *in)
{
	struct hash *all[] = {&in->processes, &in->pids,	 &in->threads,	    &in->tids,
			      &in->objects,   &in->stacks,	 &in->codes,	    &in->oddities,
			      &in->wait_sums, &in->wait_buckets, &in->hold_buckets, &in->blame_sums,
			      &in->sites};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		hash_free(all[i]);
	for (unsigned i = 0; i < EVENT_LIMIT; i++)
		store_rows_close(in->rows[i]);
	blame_close(in->blame);
	clockmap_free(&in->clock);
	free(in->destroyed);
	sql_close(in);
	free(in);
}

int ingest_close(struct ingest *in, uint64_t ticks_now)
{
	struct store *store = in->store;

	if (ticks_now > in->now)
		in->now = ticks_now;
	ingest_live_clear(in);
	blame_divide(in->blame, INT64_MAX);
	if (blame_late(in->blame))
		ingest_odd(in, ODDITY_LATE_RELEASE, blame_late(in->blame));
	sums_flush(in, true);
	events_flush(in);
	store_run_set_int(store, "records", (int64_t)in->count.records);
	store_run_set_double(store, "ticks_per_ns", 1 / clockmap_rate(&in->clock));
	if (in->count.rows_lost)
		warning("%s: %llu events could not be stored", store_path(store),
			(unsigned long long)in->count.rows_lost);
	store_commit(store);
	ingest_free(in);
	return store_failed(store) ? -1 : 0;
}
