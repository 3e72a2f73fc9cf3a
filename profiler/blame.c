#include "profiler/blame.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/hash.h"
#include "profiler/order.h"
#include "profiler/text.h"

#define KEPT_PER_LOCK 65536u
#define KEPT_IN_ALL (1u << 20)
#define KEPT_NS (30 * 1000000000ll)

struct lock {
	struct blame_release *release; /* the first `sorted` ones are in order */
	uint32_t releases, sorted, release_room;
	uint32_t waits, wait_room;
	struct blame_wait *wait;
	int64_t forgotten; /* releases up to this time may be missing; INT64_MIN: none are */
	int64_t divided;   /* waits that ended before it are done */
	uint64_t name[2];  /* the first one */
	uint32_t names;	   /* that lead here; 0: freed when it has no more waits */
	bool active;	   /* in the list */
};

struct blame {
	blame_sink *sink;
	void *data;
	struct hash locks; /* name -> struct lock * */
	struct lock **active;
	size_t active_count, active_room;
	size_t kept;
	uint64_t late;
};

const char *const blame_causes[CAUSE_COUNT] = {"holder", "hand-over", "unknown"};

struct blame *blame_open(blame_sink *sink, void *data)
{
	struct blame *b = memory_new(1, sizeof(*b));

	b->sink = sink;
	b->data = data;
	hash_init(&b->locks, sizeof(struct lock *));
	return b;
}

static struct lock *lock_new(void)
{
	struct lock *l = memory_new(1, sizeof(*l));

	l->forgotten = l->divided = INT64_MIN;
	return l;
}

static void lock_free(struct blame *b, struct lock *l)
{
	b->kept -= l->releases;
	free(l->release);
	free(l->wait);
	free(l);
}

static struct lock *lock_get(struct blame *b, const uint64_t name[2])
{
	bool fresh;
	struct lock **place = hash_put(&b->locks, name[0], name[1], &fresh);

	if (fresh) {
		*place = lock_new();
		(*place)->name[0] = name[0];
		(*place)->name[1] = name[1];
		(*place)->names = 1;
	}
	return *place;
}

static void activate(struct blame *b, struct lock *l)
{
	if (l->active)
		return;
	if (b->active_count == b->active_room) {
		b->active_room = b->active_room ? 2 * b->active_room : 64;
		b->active = memory_grow(b->active, b->active_room, sizeof(*b->active));
	}
	b->active[b->active_count++] = l;
	l->active = true;
}

/* New releases are sorted runs of several threads, and mostly later than the old ones. */
static void sort(struct lock *l)
{
	uint32_t from = l->sorted, count;
	int64_t least = INT64_MAX;
	struct blame_release *copy;
	struct order *order;

	for (uint32_t i = from; i < l->releases; i++)
		if (l->release[i].released < least)
			least = l->release[i].released;
	while (from && l->release[from - 1].released > least)
		from--;
	count = l->releases - from;
	l->sorted = l->releases;
	if (!count)
		return;
	order = memory_new(2 * count, sizeof(*order));
	copy = memory_grow(NULL, count, sizeof(*copy));
	memcpy(copy, l->release + from, count * sizeof(*copy));
	for (uint32_t i = 0; i < count; i++)
		order[i] = (struct order){copy[i].released, i};
	order_sort(order, count, order + count);
	for (uint32_t i = 0; i < count; i++)
		l->release[from + i] = copy[order[i].index];
	free(copy);
	free(order);
}

/* Forgets the oldest ones. */
static void drop(struct blame *b, struct lock *l, uint32_t count)
{
	if (!count)
		return;
	sort(l);
	l->forgotten = l->release[count - 1].released;
	memmove(l->release, l->release + count, (l->releases - count) * sizeof(*l->release));
	l->releases -= count;
	l->sorted = l->releases;
	b->kept -= count;
	if (!l->releases) {
		free(l->release);
		l->release = NULL;
		l->release_room = 0;
	}
}

static void halve_all(struct blame *b)
{
	for (size_t i = 0; i < b->active_count; i++)
		drop(b, b->active[i], (b->active[i]->releases + 1) / 2);
}

void blame_release(struct blame *b, const uint64_t name[2], const struct blame_release *r)
{
	struct lock *l = lock_get(b, name);

	if (r->released < l->divided)
		b->late++;
	if (l->releases == KEPT_PER_LOCK)
		drop(b, l, KEPT_PER_LOCK / 2);
	if (b->kept >= KEPT_IN_ALL)
		halve_all(b);
	if (l->releases == l->release_room) {
		l->release_room = l->release_room ? 2 * l->release_room : 4;
		l->release = memory_grow(l->release, l->release_room, sizeof(*l->release));
	}
	if (l->sorted == l->releases &&
	    (!l->releases || l->release[l->releases - 1].released <= r->released))
		l->sorted++;
	l->release[l->releases++] = *r;
	b->kept++;
	activate(b, l);
}

void blame_wait(struct blame *b, const uint64_t name[2], const struct blame_wait *w)
{
	struct lock *l = lock_get(b, name);

	if (l->waits == l->wait_room) {
		l->wait_room = l->wait_room ? 2 * l->wait_room : 4;
		l->wait = memory_grow(l->wait, l->wait_room, sizeof(*l->wait));
	}
	l->wait[l->waits++] = *w;
	activate(b, l);
}

/* Not late: nobody could know that they are of one lock. */
static void move_all(struct blame *b, const uint64_t to[2], struct lock *from)
{
	uint64_t late = b->late;

	for (uint32_t i = 0; i < from->releases; i++)
		blame_release(b, to, &from->release[i]);
	for (uint32_t i = 0; i < from->waits; i++)
		blame_wait(b, to, &from->wait[i]);
	b->late = late;
	b->kept -= from->releases;
	from->releases = from->sorted = from->waits = 0;
}

void blame_join(struct blame *b, const uint64_t name[2], const uint64_t shared[2])
{
	struct lock *to = lock_get(b, shared), **place;
	bool fresh;

	place = hash_put(&b->locks, name[0], name[1], &fresh);
	if (!fresh && *place == to)
		return;
	if (!fresh) {
		struct lock *from = *place;
		*place = to;
		move_all(b, shared, from);
		from->names--;
		activate(b, from); /* the next division frees it */
	}
	*place = to;
	to->names++;
}

void blame_forget(struct blame *b, const uint64_t name[2])
{
	struct lock **place = hash_get(&b->locks, name[0], name[1]);

	if (!place || ((*place)->name[0] == name[0] && (*place)->name[1] == name[1]))
		return;
	(*place)->names--;
	activate(b, *place);
	hash_remove(&b->locks, name[0], name[1]);
}

/* The waits that are over, moved to the front. */
static uint32_t waits_before(struct lock *l, int64_t horizon)
{
	uint32_t done = 0;

	for (uint32_t i = 0; i < l->waits; i++) {
		struct blame_wait w = l->wait[i];
		if (w.end >= horizon && horizon != INT64_MAX)
			continue;
		l->wait[i] = l->wait[done];
		l->wait[done++] = w;
	}
	return done;
}

static void divide(struct blame *b, struct lock *l, int64_t horizon)
{
	uint32_t done = waits_before(l, horizon);

	if (!done)
		return;
	sort(l);
	blame_divide_waits(l->release, l->releases, l->forgotten, l->wait, done, b->sink, b->data);
	memmove(l->wait, l->wait + done, (l->waits - done) * sizeof(*l->wait));
	l->waits -= done;
	l->divided = horizon;
	if (!l->waits) {
		free(l->wait);
		l->wait = NULL;
		l->wait_room = 0;
	}
}

/* Whole quarters at a time, so that moving the rest costs little. */
static void expire(struct blame *b, struct lock *l, int64_t limit)
{
	uint32_t count = 0, quarter = l->releases / 4 + 1;

	if (!l->releases)
		return;
	sort(l);
	while (count + quarter <= l->releases && l->release[count + quarter - 1].released < limit)
		count += quarter;
	drop(b, l, count);
}

/* Nothing is known of it but its one name. */
static void forget_if_blank(struct blame *b, struct lock *l)
{
	if (l->waits || l->releases || l->names != 1 || l->forgotten != INT64_MIN)
		return;
	hash_remove(&b->locks, l->name[0], l->name[1]);
	l->names = 0;
}

void blame_divide(struct blame *b, int64_t horizon)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->active_count; i++) {
		struct lock *l = b->active[i];
		divide(b, l, horizon);
		if (horizon != INT64_MAX)
			expire(b, l, horizon - KEPT_NS);
		forget_if_blank(b, l);
		if (!l->names && !l->waits) {
			lock_free(b, l);
			continue;
		}
		l->active = l->waits || l->releases;
		if (l->active)
			b->active[kept++] = l;
	}
	b->active_count = kept;
}

uint64_t blame_late(const struct blame *b)
{
	return b->late;
}

void blame_close(struct blame *b)
{
	uint64_t key[2];
	size_t place = 0;
	struct lock **l;

	for (size_t i = 0; i < b->active_count; i++)
		if (!b->active[i]->names)
			lock_free(b, b->active[i]);
	while ((l = hash_next(&b->locks, &place, key)))
		if (--(*l)->names == 0)
			lock_free(b, *l);
	hash_free(&b->locks);
	free(b->active);
	free(b);
}
