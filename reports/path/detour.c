#include "reports/path/detour.h"
#include "profiler/text.h"
#include <stdlib.h>

/* The longest path to a thread, as it was at a time. */
struct reach {
	int64_t time, length;
	int64_t shared; /* covered of the thread at that time */
};

/* Where an earlier path is now. */
struct follow {
	const struct path *path;
	size_t next; /* legs before this one are still to come */
	struct leg leg;
	uint32_t thread;
	bool over;
};

struct detour {
	const struct precedence *precedence;
	struct follow follow[PATHS];
	size_t count;
	int64_t now;
	struct reach *reach; /* by thread */
	int64_t *covered;    /* by thread: time that earlier paths were in it, up to now */
	int64_t *covered_to; /* and when the last of that was */
	int64_t worth;
};

static void next_leg(const struct detour *d, struct follow *f)
{
	f->over = !f->next;
	if (f->over)
		return;
	f->leg = path_leg(f->path, d->precedence, --f->next);
	f->thread = f->leg.stop->thread;
}

/* The next time at which an earlier path comes to a thread or leaves one. */
static int64_t next_change(struct detour *d, int64_t until)
{
	for (size_t i = 0; i < d->count; i++) {
		struct follow *f = &d->follow[i];
		int64_t change;
		while (!f->over && f->leg.to <= d->now)
			next_leg(d, f);
		change = d->now < f->leg.from ? f->leg.from : f->leg.to;
		if (!f->over && change < until)
			until = change;
	}
	return until;
}

static bool is_on(const struct detour *d, const struct follow *f)
{
	return !f->over && f->leg.from <= d->now;
}

/* Two paths may be in one thread: that counts once. */
static void cover_until(struct detour *d, int64_t time)
{
	while (d->now < time) {
		int64_t next = next_change(d, time);
		for (size_t i = 0; i < d->count; i++) {
			uint32_t thread = d->follow[i].thread;
			bool known = !is_on(d, &d->follow[i]);
			for (size_t k = 0; k < i && !known; k++)
				known = is_on(d, &d->follow[k]) && d->follow[k].thread == thread;
			if (known)
				continue;
			d->covered[thread] += next - d->now;
			d->covered_to[thread] = next;
		}
		d->now = next;
	}
}

/* Length of the longest path to a thread at a time not before that of its reach. */
static int64_t length_at(const struct detour *d, uint32_t thread, int64_t time, int64_t covered)
{
	const struct reach *r = &d->reach[thread];
	int64_t shared = covered - r->shared;

	return r->length + DETOUR_WORTH * (time - r->time - shared) + d->worth * shared;
}

/* To the begin of a wait. An earlier path may have been in its thread for a time since, from the
 * begin on: see path_trace(). */
static int64_t length_before(const struct detour *d, const struct stop *s)
{
	int64_t begin = stop_begin(d->precedence, s), since = d->covered_to[s->thread] - begin;

	return length_at(d, s->thread, begin, d->covered[s->thread] - (since > 0 ? since : 0));
}

/* Returns whether the thread itself is the longer way. */
static bool pass_stop(struct detour *d, const struct stop *s)
{
	struct reach *r = &d->reach[s->thread];
	int64_t length, own = INT64_MIN;

	if (s->waker == NOBODY)
		return false;
	cover_until(d, s->time);
	length = length_at(d, s->waker, s->time, d->covered[s->waker]);
	if (!stop_is_begin(d->precedence, s))
		own = length_before(d, s);
	*r = (struct reach){s->time, own > length ? own : length, d->covered[s->thread]};
	return own > length;
}

static uint32_t longest(struct detour *d, int64_t *most)
{
	const struct history *h = d->precedence->history;
	uint32_t found = NOBODY;

	*most = 0;
	cover_until(d, d->precedence->last.time);
	for (uint32_t i = 0; i < h->threads; i++) {
		int64_t length = length_at(d, i, h->thread[i].end, d->covered[i]);
		if (length > *most) {
			*most = length;
			found = i;
		}
	}
	return found;
}

uint32_t detour_find(struct precedence *p, const struct path *earlier, size_t count, unsigned own,
		     int64_t worth, int64_t *length)
{
	size_t threads = p->history->threads;
	struct detour d = {.precedence = p, .count = count, .worth = worth};
	uint32_t found;

	d.reach = memory_new(threads + 1, sizeof(*d.reach));
	d.covered = memory_new(threads + 1, sizeof(*d.covered));
	d.covered_to = memory_new(threads + 1, sizeof(*d.covered_to));
	for (size_t i = 0; i < count; i++) {
		d.follow[i] = (struct follow){.path = &earlier[i], .next = earlier[i].count};
		next_leg(&d, &d.follow[i]);
	}
	for (size_t i = 0; i < p->count; i++) {
		struct stop *s = &p->stop[i];
		bool is_own = pass_stop(&d, s);
		s->own = (s->own & ~own) | (is_own ? own : 0);
	}
	found = longest(&d, length);
	free(d.reach);
	free(d.covered);
	free(d.covered_to);
	return found;
}

/* Of its time on its own, at least this part: else it is an earlier one that goes another way for a
 * moment. */
#define OWN_PART 10

bool detour_next(struct precedence *p, struct path *path, size_t count)
{
	unsigned own = 1u << (count - 1);
	int64_t length, alone;

	for (int64_t worth = 1; worth >= 0; worth--) {
		uint32_t thread = detour_find(p, path, count, own, worth, &length);
		if (thread == NOBODY)
			break;
		path_trace(&path[count], p, thread, own);
		alone = (length - worth * path[count].ns) / (DETOUR_WORTH - worth);
		if (alone > 0 && (!worth || alone * OWN_PART >= path[count].ns))
			return true;
		path_free(&path[count]);
	}
	return false;
}

static void longer_first(struct path *a, struct path *b)
{
	struct path kept = *a;

	if (a->ns >= b->ns)
		return;
	*a = *b;
	*b = kept;
}

size_t paths_find(struct precedence *p, struct path path[PATHS])
{
	size_t count = 1;

	path_trace(&path[0], p, p->last.thread, 0);
	while (count < PATHS && detour_next(p, path, count))
		count++;
	if (count == PATHS)
		longer_first(&path[1], &path[2]);
	return count;
}
