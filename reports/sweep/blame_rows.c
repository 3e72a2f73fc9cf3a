#include "reports/sweep/blame_rows.h"
#include "reports/sweep/knot.h"

static enum account_cause cause_of(const struct actor *a)
{
	switch (a->state) {
	case ACTOR_GOING:
		return a->span.state == TILE_io	     ? ROOT_io
		       : a->span.state == TILE_timer ? ROOT_timer
						     : ROOT_run;
	case ACTOR_WOKEN:
		return ROOT_wake_up;
	case ACTOR_MADE:
		return ROOT_ready;
	default:
		return ROOT_unknown;
	}
}

static void root_at(const struct pass *p, struct root *r, const struct source *s)
{
	const struct actor *a = &p->actor[s->thread];

	r->cause = cause_of(a);
	r->thread = s->thread;
	r->object = s->is_lock ? s->group : NOTHING;
	r->stack = a->state == ACTOR_GOING ? a->span.stack : 0;
	if (r->cause == ROOT_run && s->object != NOTHING)
		r->stack = s->stack;
}

struct root root_of(const struct pass *p, const struct source *s)
{
	struct root r = {ROOT_unknown, NOBODY, NOTHING, NOTHING, 0, true};
	bool polled = false;

	for (int depth = 0; depth < CHAIN_DEPTH; depth++) {
		r.direct = depth == 0;
		r.lock = s->is_lock ? s->group : r.lock;
		if (s->thread == NOBODY) {
			r.cause = s->is_free && !polled ? ROOT_wake_up : ROOT_unknown;
			r.object = s->is_lock ? s->group : NOTHING;
			return r;
		}
		if (!p->actor[s->thread].at) {
			root_at(p, &r, s);
			return r;
		}
		polled = p->actor[s->thread].kind == PART_spin;
		s = p->actor[s->thread].at;
	}
	return r;
}

/*
 * The key of a row is all there is to it but its ns, so that adding touches one place of memory.
 * For fewer than 2^28 objects.
 */
enum { OBJECT_SHIFT = 36, CULPRIT_SHIFT = 4, CAUSE_SHIFT = 1 };

static void key_of(const struct account_blame *b, uint64_t key[2])
{
	key[0] = ((uint64_t)b->culprit << 32 | b->stack) + 1;
	key[1] = (uint64_t)b->object << OBJECT_SHIFT |
		 (uint64_t)b->culprit_object << CULPRIT_SHIFT | (uint64_t)b->cause << CAUSE_SHIFT |
		 b->direct;
}

static struct account_blame row_of(const uint64_t key[2], int64_t ns)
{
	return (struct account_blame){.object = (uint32_t)(key[1] >> OBJECT_SHIFT),
				      .cause = key[1] >> CAUSE_SHIFT & 7,
				      .culprit = (uint32_t)((key[0] - 1) >> 32),
				      .culprit_object = (uint32_t)(key[1] >> CULPRIT_SHIFT),
				      .stack = (uint32_t)(key[0] - 1),
				      .direct = key[1] & 1,
				      .ns = ns};
}

static inline void add(struct pass *p, const struct account_blame *b, enum account_cause cause,
		       int64_t ns)
{
	struct account_blame row = *b;
	uint64_t key[2];
	bool fresh;

	if (ns == 0)
		return;
	row.cause = cause;
	key_of(&row, key);
	*(int64_t *)hash_put(&p->rows, key[0], key[1], &fresh) += ns;
}

static int64_t share_of(int64_t ns, int32_t share)
{
	return (int64_t)((__int128)ns * share / SPAN_WHOLE);
}

/* Parts of a run in which the root was on no core. */
static int64_t add_off_core(struct pass *p, const struct account_blame *b, const struct span *span,
			    int64_t all)
{
	int64_t ready = share_of(all, span->ready), hidden = share_of(all, span->hidden);

	add(p, b, ROOT_ready, ready);
	add(p, b, ROOT_hidden, hidden);
	return all - ready - hidden;
}

void rows_add_source(struct pass *p, const struct source *s, const struct root *r, int64_t ns)
{
	struct account_blame b = {s->group, r->cause, r->thread, r->object, r->stack, r->direct, 0};
	int64_t all = ns * (s->weight + s->pollers);
	const struct span *span = r->cause == ROOT_run ? &p->actor[r->thread].span : NULL;

	if (!r->direct && s->object != NOTHING && s->thread != NOBODY)
		knot_edge_object(p, s->group, s->thread, all);
	if (span && (span->ready | span->hidden))
		all = add_off_core(p, &b, span, all);
	/* Pollers did not see it free: somebody took it in between. */
	if (s->pollers && s->thread == NOBODY && s->is_free) {
		all = ns * s->weight;
		add(p, &b, ROOT_unknown, ns * s->pollers);
	}
	add(p, &b, r->cause, all);
}

void rows_add_alone(struct pass *p, uint32_t group, enum account_cause cause, int64_t ns)
{
	struct account_blame b = {group, cause, NOBODY, NOTHING, 0, true, 0};

	add(p, &b, cause, ns);
}

static int larger_first(const void *a, const void *b)
{
	const struct account_blame *x = a, *y = b;
	uint64_t left[2], right[2];

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	key_of(x, left);
	key_of(y, right);
	if (left[0] != right[0])
		return left[0] < right[0] ? -1 : 1;
	return left[1] < right[1] ? -1 : left[1] > right[1];
}

/* Rows are in order. Small ones are told without their stacks. */
static void fold_small(struct account *out, size_t objects)
{
	struct hash small;
	uint32_t *whole = memory_new(objects + 1, sizeof(*whole));
	uint64_t key[2];
	size_t kept = 0, place = 0;
	bool fresh;
	int64_t *ns;

	hash_init(&small, sizeof(*ns));
	for (size_t i = 0; i < out->blames; i++) {
		struct account_blame b = out->blame[i];
		if (b.stack && whole[b.object]++ < ACCOUNT_BLAMES_WHOLE) {
			out->blame[kept++] = b;
			continue;
		}
		b.stack = 0;
		key_of(&b, key);
		*(int64_t *)hash_put(&small, key[0], key[1], &fresh) += b.ns;
	}
	while ((ns = hash_next(&small, &place, key)))
		out->blame[kept++] = row_of(key, *ns);
	out->blames = kept;
	hash_free(&small);
	free(whole);
}

void rows_close(struct pass *p)
{
	struct account *out = p->out;
	uint64_t key[2];
	size_t place = 0;
	int64_t *ns;

	out->blame = memory_new(p->rows.count + 1, sizeof(*out->blame));
	while ((ns = hash_next(&p->rows, &place, key)))
		out->blame[out->blames++] = row_of(key, *ns);
	qsort(out->blame, out->blames, sizeof(*out->blame), larger_first);
	fold_small(out, p->history->objects);
	qsort(out->blame, out->blames, sizeof(*out->blame), larger_first);
	hash_free(&p->rows);
}
