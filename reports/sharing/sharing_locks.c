#include "reports/sharing/sharing.h"
#include "profiler/text.h"
#include <stdbool.h>
#include <stdlib.h>

/* The uses of one line. Short-lived locks can make it thousands: what is asked of all pairs has to
 * be at hand. */
struct line {
	const struct lock_use *use;
	size_t count;
	int64_t wall_ns;
	bool *counts; /* of each use: its thread is a user of the lock, which is hot */
};

static int64_t lock_sum(const struct line *l, int64_t lock)
{
	int64_t sum = 0;
	for (size_t i = 0; i < l->count; i++)
		if (l->use[i].lock == lock)
			sum += l->use[i].count;
	return sum;
}

static bool hot(const struct line *l, int64_t sum)
{
	double seconds = (double)l->wall_ns / 1e9;
	return sum >= SHARING_LEAST && (double)sum >= SHARING_RATE * seconds;
}

/* A thread that took it once, to set it up, is no user. */
static void count_users(struct line *l)
{
	for (size_t i = 0; i < l->count; i++) {
		int64_t sum = lock_sum(l, l->use[i].lock);
		l->counts[i] =
		    hot(l, sum) && (double)l->use[i].count >= SHARING_OTHERS * (double)sum;
	}
}

/* What the busiest thread did costs nothing; everything else may fetch the line, and lose it. */
static void sum_up(const struct line *l, struct suspect *s)
{
	int64_t most = 0;
	for (size_t i = 0; i < l->count; i++) {
		int64_t by_thread = 0;
		bool first = true;
		for (size_t k = 0; k < l->count; k++) {
			if (l->use[k].thread != l->use[i].thread || !l->counts[k])
				continue;
			by_thread += l->use[k].count;
			first = first && k >= i;
		}
		if (!l->counts[i] || !first)
			continue;
		s->threads++;
		s->acquisitions += by_thread;
		most = by_thread > most ? by_thread : most;
	}
	s->moves = 2 * (s->acquisitions - most);
}

/* Different threads use different hot locks; *apart: no thread uses two of them. */
static bool shared(const struct line *l, int *apart)
{
	bool found = false;
	*apart = 1;
	for (size_t i = 0; i < l->count; i++)
		for (size_t k = 0; k < i; k++) {
			if (l->use[i].lock == l->use[k].lock || !l->counts[i] || !l->counts[k])
				continue;
			if (l->use[i].thread == l->use[k].thread)
				*apart = 0;
			else
				found = true;
		}
	return found;
}

static void look_at(const struct lock_use *all, size_t first, size_t count, int64_t address,
		    int64_t wall_ns, suspect_row *row, void *data)
{
	struct line l = {all + first, count, wall_ns, memory_new(count, sizeof(bool))};
	struct suspect s = {
	    .kind = SHARING_DATA,
	    .process = all[first].process,
	    .line = address,
	    .first = first,
	    .count = count,
	};
	count_users(&l);
	if (shared(&l, &s.apart))
		s.kind = SHARING_LOCKS;
	sum_up(&l, &s);
	if (s.threads > 1)
		row(data, &s);
	free(l.counts);
}

void sharing_locks(const struct lock_use *use, size_t count, int64_t line_bytes, int64_t wall_ns,
		   suspect_row *row, void *data)
{
	size_t first = 0;
	for (size_t i = 1; i <= count; i++) {
		int64_t line = use[first].address & ~(line_bytes - 1);
		if (i < count && use[i].process == use[first].process &&
		    (use[i].address & ~(line_bytes - 1)) == line)
			continue;
		look_at(use, first, i - first, line, wall_ns, row, data);
		first = i;
	}
}
