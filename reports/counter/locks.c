/* Overflows of counters against holds of locks: each hold takes the samples of its thread that lie
 * in its time. Time: a search for each hold; memory: the samples. */
#include "profiler/hash.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/counter/counter.h"
#include <stdlib.h>

struct sample {
	int64_t thread, time, counter;
	double weight, inside; /* inside: the part that holds have taken, at most the weight */
};

struct locks {
	struct sample *sample; /* by thread and time */
	size_t count;
	struct hash sums; /* key: counter, object; double */
};

static void read_samples(struct locks *l, struct store *store)
{
	struct query *q = store_query(store, "SELECT thread, time_ns, counter, weight FROM "
					     "counter_overflow WHERE thread > 0 ORDER BY 1, 2");
	size_t room = 0;
	while (query_step(q)) {
		if (l->count == room)
			l->sample =
			    memory_grow(l->sample, room = room * 2 + 64, sizeof(*l->sample));
		l->sample[l->count++] = (struct sample){
		    query_int(q, 0), query_int(q, 1), query_int(q, 2), (double)query_int(q, 3), 0};
	}
	query_close(q);
}

static size_t first_at(const struct locks *l, int64_t thread, int64_t time)
{
	size_t low = 0, high = l->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct sample *s = &l->sample[middle];
		if (s->thread < thread || (s->thread == thread && s->time < time))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add(struct locks *l, int64_t counter, int64_t object, double weight)
{
	bool fresh;
	*(double *)hash_put(&l->sums, (uint64_t)counter, (uint64_t)object, &fresh) += weight;
}

/* value: thread, object, from, to, how many holds it stands for */
static void take_hold(void *data, const int64_t *value)
{
	struct locks *l = data;
	if (value[2] <= 0 || value[3] < value[2])
		return;
	for (size_t i = first_at(l, value[0], value[2]); i < l->count; i++) {
		struct sample *s = &l->sample[i];
		if (s->thread != value[0] || s->time > value[3])
			break;
		double weight = s->weight * (double)(value[4] > 1 ? value[4] : 1);
		add(l, s->counter, value[1], weight);
		if (weight > s->inside)
			s->inside = weight;
	}
}

/* What a sampled hold stands for is taken from outside: never below nothing. */
static void add_outside(struct locks *l)
{
	struct hash outside;
	uint64_t key[2];
	size_t place = 0;
	bool fresh;
	hash_init(&outside, sizeof(double));
	for (size_t i = 0; i < l->count; i++)
		*(double *)hash_put(&outside, (uint64_t)l->sample[i].counter, 0, &fresh) +=
		    l->sample[i].weight - l->sample[i].inside;
	for (double *sum; (sum = hash_next(&outside, &place, key));)
		add(l, (int64_t)key[0], 0, *sum > 0 ? *sum : 0);
	hash_free(&outside);
}

static int write_sums(struct locks *l, struct store *store)
{
	struct query *q = store_query(store, "INSERT INTO reading_counter_lock VALUES (?, ?, ?)");
	uint64_t key[2];
	size_t place = 0;
	for (double *sum; (sum = hash_next(&l->sums, &place, key));) {
		query_bind_int(q, 1, (int64_t)key[0]);
		if (key[1])
			query_bind_int(q, 2, (int64_t)key[1]);
		else
			query_bind_null(q, 2);
		query_bind_double(q, 3, *sum);
		query_run(q);
	}
	int result = q ? 0 : -1;
	query_close(q);
	return result;
}

int counter_locks_make(struct store *store)
{
	struct locks l = {0};
	hash_init(&l.sums, sizeof(double));
	read_samples(&l, store);
	int result = 0;
	if (l.count)
		result = store_scan(store, "thread, object, acquired_ns, released_ns, weight",
				    "graph_hold", take_hold, &l) ||
				 store_scan(store, "thread, object, acquired_ns, released_ns, 1",
					    "graph_release", take_hold, &l)
			     ? -1
			     : 0;
	add_outside(&l);
	result = result || write_sums(&l, store) ? -1 : 0;
	hash_free(&l.sums);
	free(l.sample);
	return result;
}
