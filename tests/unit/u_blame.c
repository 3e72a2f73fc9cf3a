#include "profiler/blame.h"
#include "tests/unit/unit.h"
#include <stdbool.h>
#include <string.h>

enum { PIECES = 20000, RELEASES = 60, WAITS = 40 };

/* Pieces of equal name are added up, as the ingest does. */
struct sums {
	struct blame_piece piece[PIECES];
	size_t count;
};

static void add(void *data, const struct blame_piece *p)
{
	struct sums *s = data;
	for (size_t i = 0; i < s->count; i++) {
		struct blame_piece *q = &s->piece[i];
		if (q->object == p->object && q->stack == p->stack && q->cause == p->cause &&
		    q->holder == p->holder && q->holder_stack == p->holder_stack) {
			q->ns += p->ns;
			q->waits += p->waits;
			return;
		}
	}
	if (s->count < PIECES)
		s->piece[s->count++] = *p;
}

static const struct blame_piece *find(const struct sums *s, const struct blame_piece *p)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct blame_piece *q = &s->piece[i];
		if (q->object == p->object && q->stack == p->stack && q->cause == p->cause &&
		    q->holder == p->holder && q->holder_stack == p->holder_stack)
			return q;
	}
	return NULL;
}

static void piece(struct sums *s, const struct blame_wait *w, enum blame_cause cause,
		  int64_t holder, uint32_t holder_stack, int64_t from, int64_t to)
{
	struct blame_piece p = {
	    w->object, w->stack, cause, holder, holder_stack, w->weight, (to - from) * w->weight};
	if (to > from)
		add(s, &p);
}

/* The rule of blame.h word by word, one wait after the other. */
static void divide_plainly(struct sums *s, const struct blame_release *r, size_t releases,
			   int64_t forgotten, struct blame_wait w)
{
	bool some = false;
	int64_t prev;
	if (w.begin < forgotten) {
		int64_t to = w.end < forgotten ? w.end : forgotten;
		piece(s, &w, CAUSE_UNKNOWN, 0, 0, w.begin, to);
		w.begin = to;
		some = true;
	}
	prev = w.begin;
	for (size_t i = 0; i < releases; i++) {
		int64_t taken = prev;
		if (r[i].released <= w.begin || r[i].released > w.end)
			continue;
		if (r[i].acquired > prev)
			taken = r[i].acquired < r[i].released ? r[i].acquired : r[i].released;
		piece(s, &w, CAUSE_HAND_OVER, 0, 0, prev, taken);
		piece(s, &w, CAUSE_HOLDER, r[i].thread, r[i].stack, taken, r[i].released);
		prev = r[i].released;
		some = true;
	}
	if (some)
		piece(s, &w, CAUSE_HAND_OVER, 0, 0, prev, w.end);
	else if (w.holder)
		piece(s, &w, CAUSE_HOLDER, w.holder, 0, w.begin, w.end);
	else
		piece(s, &w, CAUSE_UNKNOWN, 0, 0, w.begin, w.end);
}

static uint32_t dice(uint32_t sides)
{
	static uint64_t state = 88172645463325252ull;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % sides;
}

static size_t random_releases(struct blame_release *r)
{
	size_t count = dice(RELEASES);
	int64_t time = dice(100);
	for (size_t i = 0; i < count; i++) {
		time += dice(30);
		r[i] = (struct blame_release){.acquired = dice(3) ? time - dice(40) : 0,
					      .released = time,
					      .thread = 1 + dice(4),
					      .stack = dice(3)};
	}
	return count;
}

static size_t random_waits(struct blame_wait *w)
{
	size_t count = 1 + dice(WAITS - 1);
	for (size_t i = 0; i < count; i++) {
		int64_t begin = dice(1200);
		w[i] = (struct blame_wait){.begin = begin,
					   .end = begin + dice(dice(4) ? 100 : 1500),
					   .holder = dice(3),
					   .object = 1 + dice(2),
					   .stack = dice(3),
					   .weight = dice(5) ? 1 : 1 + dice(9)};
	}
	return count;
}

static int64_t sum_of(const struct sums *s, uint32_t object, uint32_t stack)
{
	int64_t ns = 0;
	for (size_t i = 0; i < s->count; i++)
		if (s->piece[i].object == object && s->piece[i].stack == stack)
			ns += s->piece[i].ns;
	return ns;
}

static bool sums_are_exact(const struct sums *s, const struct blame_wait *w, size_t count)
{
	for (uint32_t object = 1; object <= 2; object++)
		for (uint32_t stack = 0; stack < 3; stack++) {
			int64_t ns = 0;
			for (size_t i = 0; i < count; i++)
				if (w[i].object == object && w[i].stack == stack)
					ns += (w[i].end - w[i].begin) * w[i].weight;
			if (ns != sum_of(s, object, stack))
				return false;
		}
	return true;
}

static bool same(const struct sums *a, const struct sums *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct blame_piece *q = find(b, &a->piece[i]);
		if (!q || q->ns != a->piece[i].ns || q->waits != a->piece[i].waits)
			return false;
	}
	return true;
}

TEST(blame, adds_up_and_follows_the_rule_for_random_histories)
{
	static struct sums fast, plain;
	struct blame_release r[RELEASES];
	struct blame_wait w[WAITS], kept[WAITS];
	for (unsigned round = 0; round < 5000; round++) {
		size_t releases = random_releases(r), waits = random_waits(w);
		int64_t forgotten = dice(3) ? INT64_MIN : (int64_t)dice(300);
		size_t first = 0;
		while (first < releases && r[first].released <= forgotten)
			first++;
		memcpy(kept, w, sizeof(w));
		fast.count = plain.count = 0;
		for (size_t i = 0; i < waits; i++)
			divide_plainly(&plain, r + first, releases - first, forgotten, w[i]);
		blame_divide_waits(r + first, releases - first, forgotten, w, waits, add, &fast);
		CU_ASSERT_TRUE_FATAL(sums_are_exact(&fast, kept, waits));
		CU_ASSERT_TRUE_FATAL(same(&fast, &plain));
	}
}

/* The same through the histories: out of order, tick by tick, two names of one lock. */
TEST(blame, adds_up_tick_by_tick)
{
	static struct sums fast;
	struct blame_release r[RELEASES];
	struct blame_wait w[WAITS];
	const uint64_t name[2] = {0x1000, 1}, other[2] = {0x2000, 2}, shared[2] = {7, 1ull << 63};
	for (unsigned round = 0; round < 2000; round++) {
		size_t releases = random_releases(r), waits = random_waits(w);
		struct blame *b = blame_open(add, &fast);
		fast.count = 0;
		blame_join(b, name, shared);
		if (round % 2)
			blame_join(b, other, shared);
		for (int64_t tick = 0; tick <= 3000; tick += 100) {
			for (size_t i = releases; i-- > 0;)
				if (r[i].released >= tick && r[i].released < tick + 100)
					blame_release(b, i % 2 ? name : other, &r[i]);
			if (!(round % 2) && !tick)
				blame_join(b, other, shared);
			for (size_t i = 0; i < waits; i++)
				if (w[i].end >= tick && w[i].end < tick + 100)
					blame_wait(b, i % 3 ? name : other, &w[i]);
			blame_divide(b, tick);
		}
		blame_divide(b, INT64_MAX);
		CU_ASSERT_EQUAL(blame_late(b), 0);
		CU_ASSERT_TRUE_FATAL(sums_are_exact(&fast, w, waits));
		blame_close(b);
	}
}

/* Five threads queue for a lock that each holds for 100 ns, at a stack of its own: everybody is
 * to blame for those behind him, and nobody else. */
TEST(blame, queue_is_blamed_holder_by_holder)
{
	static struct sums s;
	struct blame *b = blame_open(add, &s);
	const uint64_t name[2] = {0x1000, 1};
	s.count = 0;
	for (uint32_t t = 0; t < 5; t++) {
		struct blame_release r = {.acquired = 100 * t,
					  .released = 100 * t + 100,
					  .thread = 1 + t,
					  .stack = 11 + t};
		struct blame_wait w = {
		    .begin = 0, .end = 100 * t, .holder = 1, .object = 1, .stack = 5, .weight = 1};
		blame_release(b, name, &r);
		if (t)
			blame_wait(b, name, &w);
	}
	blame_divide(b, INT64_MAX);
	CU_ASSERT_EQUAL(s.count, 4);
	for (uint32_t t = 0; t < 4; t++) {
		struct blame_piece p = {1, 5, CAUSE_HOLDER, 1 + t, 11 + t, 0, 0};
		const struct blame_piece *q = find(&s, &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(q);
		CU_ASSERT_EQUAL(q->ns, (4 - t) * 100);
		CU_ASSERT_EQUAL(q->waits, 4 - t);
	}
	blame_close(b);
}

/* One lock may be busy for long: old releases are forgotten, and the sum stays exact. */
TEST(blame, forgets_the_oldest_releases_of_a_busy_lock)
{
	static struct sums s;
	struct blame *b = blame_open(add, &s);
	const uint64_t name[2] = {0x1000, 1};
	struct blame_wait w = {.begin = 0, .end = 2000000, .object = 1, .stack = 2, .weight = 3};
	s.count = 0;
	for (int64_t i = 1; i <= 200000; i++) {
		struct blame_release r = {.released = i * 10, .thread = 4};
		blame_release(b, name, &r);
	}
	blame_wait(b, name, &w);
	blame_divide(b, INT64_MAX);
	CU_ASSERT_EQUAL(sum_of(&s, 1, 2), 3 * 2000000);
	CU_ASSERT_EQUAL(s.count, 2);
	blame_close(b);
}

TEST(blame, destroyed_lock_still_explains_its_waits)
{
	static struct sums s;
	struct blame *b = blame_open(add, &s);
	const uint64_t name[2] = {0x1000, 1};
	struct blame_release r = {.released = 50, .thread = 4};
	struct blame_wait w = {.begin = 10, .end = 60, .object = 1, .stack = 2, .weight = 1};
	s.count = 0;
	blame_release(b, name, &r);
	blame_wait(b, name, &w);
	blame_forget(b, name);
	w.object = 9;
	blame_wait(b, name, &w);
	blame_divide(b, INT64_MAX);
	CU_ASSERT_EQUAL(sum_of(&s, 1, 2), 50);
	CU_ASSERT_EQUAL(s.piece[0].cause, CAUSE_HOLDER);
	CU_ASSERT_EQUAL(sum_of(&s, 9, 2), 50);
	blame_close(b);
}

/* The log of who waited may be read up to the next lock at that address before that of who let it
 * go. */
TEST(blame, release_that_is_read_after_the_lock_was_made_anew_explains_its_wait)
{
	static struct sums s;
	struct blame *b = blame_open(add, &s);
	const uint64_t name[2] = {0x1000, 1};
	struct blame_wait w = {.begin = 10, .end = 60, .object = 1, .stack = 2, .weight = 1};
	struct blame_release r = {.released = 60, .thread = 4};
	struct blame_wait later = {.begin = 110, .end = 160, .object = 9, .stack = 2, .weight = 1};
	struct blame_release after = {.released = 160, .thread = 5};
	s.count = 0;
	blame_wait(b, name, &w);
	blame_forget(b, name);
	blame_wait(b, name, &later);
	blame_release(b, name, &r);
	blame_release(b, name, &after);
	blame_divide(b, INT64_MAX);
	CU_ASSERT_EQUAL(s.count, 2);
	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(s.piece[i].cause, CAUSE_HOLDER);
		CU_ASSERT_EQUAL(s.piece[i].holder, s.piece[i].object == 1 ? 4 : 5);
		CU_ASSERT_EQUAL(s.piece[i].ns, 50);
	}
	blame_close(b);
}

TEST(blame, lock_that_is_made_anew_is_no_longer_the_shared_one)
{
	static struct sums s;
	struct blame *b = blame_open(add, &s);
	const uint64_t name[2] = {0x1000, 1}, shared[2] = {7, 1ull << 63};
	struct blame_wait w = {.begin = 10, .end = 60, .object = 1, .stack = 2, .weight = 1};
	struct blame_release r = {.released = 60, .thread = 4};
	s.count = 0;
	blame_join(b, name, shared);
	blame_forget(b, name);
	blame_release(b, shared, &r);
	blame_wait(b, name, &w);
	blame_divide(b, INT64_MAX);
	CU_ASSERT_EQUAL(s.count, 1);
	CU_ASSERT_EQUAL(s.piece[0].cause, CAUSE_UNKNOWN);
	blame_close(b);
}
