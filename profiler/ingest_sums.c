#include <time.h>

#include "profiler/histogram.h"
#include "profiler/ingest_state.h"

/*
 * Sums are added up in memory and added to the store's when it is time: at most each second, and
 * so seldom that it costs no more than 1 in FLUSH_SHARE, but before the tables grow large.
 */
#define FLUSH_SHARE 30
#define FLUSH_ENTRIES (1u << 18)
#define SECOND 1000000000ull

static void add_pending(struct ingest *in)
{
	const struct wait_pending *p = &in->pending;
	struct wait_sum *s;
	bool fresh;

	if (!p->weight)
		return;
	s = hash_put(&in->wait_sums, p->key[0], p->key[1], &fresh);
	s->count += p->weight;
	s->ns += p->ns * p->weight;
	if (p->ns > s->max_ns)
		s->max_ns = p->ns;
	if (p->timed_out)
		s->timed_out += p->weight;
	in->pending.weight = 0;
}

void sums_wait(struct ingest *in, const struct row_wait *w)
{
	int64_t stack = w->stack == STORE_NULL ? 0 : w->stack, ns = w->end - w->begin;
	bool fresh;

	add_pending(in);
	in->pending = (struct wait_pending){
	    .key = {(uint64_t)w->object << 32 | (uint64_t)w->thread,
		    (uint64_t)stack << 16 | (uint64_t)w->hook},
	    .weight = w->weight,
	    .ns = ns,
	    .timed_out = w->flags & WAIT_TIMED_OUT,
	};
	hash_prefetch(&in->wait_sums, in->pending.key[0], in->pending.key[1]);
	*(uint64_t *)hash_put(&in->wait_buckets, (uint64_t)w->object, histogram_bucket(ns),
			      &fresh) += (uint64_t)w->weight;
}

void sums_hold_bucket(struct ingest *in, int64_t object, unsigned bucket, uint64_t count)
{
	bool fresh;

	*(uint64_t *)hash_put(&in->hold_buckets, (uint64_t)object, bucket, &fresh) += count;
}

/* A holder that was not known yet when the wait began has a negative tid here. */
void sums_blame(void *data, const struct blame_piece *p)
{
	struct ingest *in = data;
	int64_t holder = p->holder;
	uint64_t cause = p->cause;
	struct blame_sum *s;
	bool fresh;

	if (holder < 0) {
		holder = thread_known(in, 0, (uint32_t)-holder);
		if (holder == STORE_NULL) {
			holder = 0;
			cause = CAUSE_UNKNOWN;
		}
	}
	s = hash_put(&in->blame_sums, (uint64_t)p->object << 32 | p->stack,
		     cause << 62 | (uint64_t)holder << 31 | p->holder_stack, &fresh);
	s->waits += (int64_t)p->waits;
	s->ns += p->ns;
}

static void flush_waits(struct ingest *in)
{
	const struct wait_sum *s;
	uint64_t key[2];
	size_t place = 0;

	add_pending(in);
	while ((s = hash_next(&in->wait_sums, &place, key)))
		SQL_RUN(in, WAIT_SUM, (int64_t)(key[0] >> 32), (uint32_t)key[0],
			(int64_t)(key[1] & 0xffff), (int64_t)(key[1] >> 16), s->count, s->ns,
			s->max_ns, s->timed_out);
	hash_clear(&in->wait_sums);
}

static void flush_wait_buckets(struct ingest *in)
{
	const uint64_t *count;
	uint64_t key[2];
	size_t place = 0;

	while ((count = hash_next(&in->wait_buckets, &place, key)))
		SQL_RUN(in, WAIT_BUCKET, (int64_t)key[0], histogram_low((unsigned)key[1]),
			histogram_low((unsigned)key[1] + 1), (int64_t)*count);
	hash_clear(&in->wait_buckets);
}

/* The target's buckets are in ticks. The rate of the first seconds is kept for all, as their
 * bounds are keys. */
static int64_t tick_bound(struct ingest *in, unsigned bucket)
{
	if (!in->bucket_rate)
		in->bucket_rate = clockmap_rate(&in->clock);
	return bucket ? (int64_t)((double)(8ull << bucket) * in->bucket_rate) : 0;
}

static void flush_hold_buckets(struct ingest *in)
{
	const uint64_t *count;
	uint64_t key[2];
	size_t place = 0;

	while ((count = hash_next(&in->hold_buckets, &place, key)))
		SQL_RUN(in, HOLD_BUCKET, (int64_t)key[0], tick_bound(in, (unsigned)key[1]),
			tick_bound(in, (unsigned)key[1] + 1), (int64_t)*count);
	hash_clear(&in->hold_buckets);
}

static void flush_blame(struct ingest *in)
{
	const uint64_t mask = (1ull << 31) - 1;
	const struct blame_sum *s;
	uint64_t key[2];
	size_t place = 0;

	while ((s = hash_next(&in->blame_sums, &place, key))) {
		struct query *q =
		    SQL(in, BLAME, (int64_t)(key[0] >> 32), (uint32_t)key[0],
			(int64_t)(key[1] >> 31 & mask), (int64_t)(key[1] & mask), s->waits, s->ns);
		query_bind_text(q, 7, blame_causes[key[1] >> 62]);
		query_run(q);
	}
	hash_clear(&in->blame_sums);
}

static uint64_t monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static bool is_time(const struct ingest *in, uint64_t time)
{
	uint64_t pause = in->flush_cost * FLUSH_SHARE;

	return time - in->flushed_at > (pause > SECOND ? pause : SECOND) ||
	       in->wait_sums.count > FLUSH_ENTRIES || in->blame_sums.count > FLUSH_ENTRIES ||
	       in->wait_buckets.count > FLUSH_ENTRIES || in->hold_buckets.count > FLUSH_ENTRIES;
}

void sums_flush(struct ingest *in, bool now)
{
	uint64_t begin = monotonic();

	if (!now && !is_time(in, begin))
		return;
	flush_waits(in);
	flush_wait_buckets(in);
	flush_hold_buckets(in);
	flush_blame(in);
	oddities_flush(in);
	in->flushed_at = monotonic();
	in->flush_cost = in->flushed_at - begin;
}
