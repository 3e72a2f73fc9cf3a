#include "reports/advise/stream.h"
#include "profiler/text.h"
#include "reports/advise/region.h"
#include <math.h>
#include <stdlib.h>

#define APART_MOST_NS 50000000 /* of two samples: later ones may be of any pass */
#define AGREE 1.2	       /* rates within this factor */
#define AGREE_SHARE 0.25       /* of all pairs: a stream; of scattered ones a tenth does */
#define PAIRS_MIN 6
#define NEAR_BYTES 262144.0 /* of one stream */
#define NEAR_SHARE 0.35
#define STREAMS_MAX 16 /* of a region */
#define BEGINS_MIN 3   /* of a stream: then it is known how often it begins anew */
#define BEGINS_LIKE 2  /* times are taken for the same within this factor */

struct around {
	const struct regions *regions;
	const struct region_times *times; /* by region */
};

struct stream {
	const struct touch_sample *first; /* of its instruction */
	size_t count;
	double rate; /* bytes per ns, with its sign */
	bool writes;
};

static int compare(const void *a, const void *b)
{
	const struct touch_sample *x = a, *y = b;
#define BY(field)                                                                                  \
	if (x->field != y->field)                                                                  \
	return x->field < y->field ? -1 : 1
	BY(region);
	BY(pc);
	BY(thread);
	BY(time);
#undef BY
	return 0;
}

static int compare_rates(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* The rate that most of them agree on; 0: too few do. Sorted, all of one sign. */
static double agreed(const double *rate, size_t count, size_t of)
{
	size_t best = 0, begin = 0;
	for (size_t i = 0, k = 0; i < count; i++) {
		while (rate[k] * AGREE < rate[i])
			k++;
		if (i - k + 1 > best) {
			best = i - k + 1;
			begin = k;
		}
	}
	bool enough = best >= PAIRS_MIN && (double)best >= AGREE_SHARE * (double)of;
	return enough ? rate[begin + best / 2] : 0;
}

/*
 * Does it only seem so long, as samples meet other passes each time? Something around it begins
 * anew between two samples, and nothing does so once in `lasts`. Where times are not known, no.
 */
static bool seems(const struct around *a, uint32_t region, double lasts, double apart)
{
	bool within = false;
	for (uint32_t r = region; r; r = a->regions->region[r].parent) {
		double begins = a->times[r].entry_ns;
		if (a->regions->region[r].parent == 0)
			break; /* the run begins once */
		if (isinf(begins) || (begins < BEGINS_LIKE * lasts && begins * BEGINS_LIKE > lasts))
			return false;
		within |= begins < apart;
	}
	return within;
}

/* Of samples of one instruction, in order of time. */
static double rate_of(const struct around *a, const struct touch_sample *s, size_t count)
{
	double sum_ns = 0;
	double *up = memory_new(count, sizeof(*up)), *down = memory_new(count, sizeof(*down));
	size_t ups = 0, downs = 0, pairs = 0;
	for (size_t i = 1; i < count; i++) {
		int64_t ns = s[i].time - s[i - 1].time;
		double way = (double)(int64_t)(s[i].address - s[i - 1].address);
		if (s[i].thread != s[i - 1].thread || ns <= 0 || ns > APART_MOST_NS)
			continue;
		pairs++;
		sum_ns += (double)ns;
		if (way > 0)
			up[ups++] = way / (double)ns;
		else if (way < 0)
			down[downs++] = -way / (double)ns;
	}
	qsort(up, ups, sizeof(*up), compare_rates);
	qsort(down, downs, sizeof(*down), compare_rates);
	double forward = agreed(up, ups, pairs), back = agreed(down, downs, pairs);
	free(up);
	free(down);
	size_t begins = ups >= downs ? downs : ups;
	if (begins >= BEGINS_MIN &&
	    seems(a, s->region, sum_ns / (double)begins, sum_ns / (double)pairs))
		return 0;
	return ups >= downs && forward > 0 ? forward : -back;
}

/* Where the one is most of the time, the other is, too. */
static bool is_same(const struct stream *a, const struct stream *b)
{
	size_t near = 0, compared = 0;
	for (size_t i = 0, k = 0; i < b->count; i++) {
		const struct touch_sample *x = &b->first[i];
		while (k + 1 < a->count && a->first[k + 1].time <= x->time)
			k++;
		const struct touch_sample *y = &a->first[k];
		double ns = (double)(x->time - y->time);
		if (fabs(ns) > APART_MOST_NS)
			continue;
		double way = (double)(int64_t)(x->address - y->address);
		compared++;
		near += fabs(way - a->rate * ns) < NEAR_BYTES + 0.1 * fabs(a->rate * ns);
	}
	return compared && (double)near >= NEAR_SHARE * (double)compared;
}

static void add(struct stream *streams, int *count, const struct stream *one)
{
	for (int i = 0; i < *count; i++)
		if (is_same(&streams[i], one)) {
			streams[i].writes |= one->writes;
			return;
		}
	if (*count < STREAMS_MAX)
		streams[(*count)++] = *one;
}

/* Of the samples of one region, sorted. */
static double region_rate(const struct around *a, const struct touch_sample *s, size_t count)
{
	struct stream streams[STREAMS_MAX];
	int found = 0;
	double sum = 0;
	for (size_t i = 0, end; i < count; i = end) {
		struct stream one = {.first = &s[i]};
		for (end = i; end < count && s[end].pc == s[i].pc; end++)
			one.writes |= s[end].writes;
		one.count = end - i;
		one.rate = one.count > PAIRS_MIN ? rate_of(a, one.first, one.count) : 0;
		if (one.rate != 0)
			add(streams, &found, &one);
	}
	for (int i = 0; i < found; i++)
		sum += fabs(streams[i].rate) * (streams[i].writes ? 2 : 1);
	return sum * 1e9;
}

void streams_rate(struct touch_sample *s, size_t count, const struct regions *regions,
		  const struct region_times *times, double *rate)
{
	const struct around a = {regions, times};
	for (uint32_t i = 0; i < regions->count; i++)
		rate[i] = 0;
	qsort(s, count, sizeof(*s), compare);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && s[end].region == s[i].region; end++)
			;
		if (s[i].region < regions->count)
			rate[s[i].region] = region_rate(&a, &s[i], end - i);
	}
}
