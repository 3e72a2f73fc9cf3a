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

/* No two rows have the same one, with fewer than 2^28 objects. */
static void key_of(const struct account_blame *b, uint64_t key[2])
{
	key[0] = (uint64_t)b->culprit << 32 | b->stack;
	key[1] = (uint64_t)b->object << 36 | (uint64_t)b->culprit_object << 4 |
		 (uint64_t)b->cause << 1 | b->direct;
}

static bool is_same(const struct account_blame *a, const struct account_blame *b)
{
	return a->object == b->object && a->cause == b->cause && a->culprit == b->culprit &&
	       a->culprit_object == b->culprit_object && a->stack == b->stack &&
	       a->direct == b->direct;
}

static uint32_t row_of(struct pass *p, const struct account_blame *b)
{
	struct account *out = p->out;
	uint64_t key[2];
	bool fresh;
	uint32_t *index;

	key_of(b, key);
	index = hash_put(&p->rows, key[0] + 1, key[1], &fresh);
	if (!fresh)
		return *index;
	if (out->blames == p->row_room) {
		p->row_room = p->row_room ? 2 * p->row_room : 256;
		out->blame = memory_grow(out->blame, p->row_room, sizeof(*out->blame));
	}
	*index = (uint32_t)out->blames;
	out->blame[out->blames++] = *b;
	return *index;
}

static inline void add(struct pass *p, struct account_blame b, uint32_t *last, int64_t ns)
{
	if (ns == 0)
		return;
	if (*last == NOTHING || !is_same(&p->out->blame[*last], &b))
		*last = row_of(p, &b);
	p->out->blame[*last].ns += ns;
}

static int64_t share_of(int64_t ns, int32_t share)
{
	return (int64_t)((__int128)ns * share / SPAN_WHOLE);
}

/* Parts of a run in which the root was on no core. */
static int64_t add_off_core(struct pass *p, struct account_blame b, const struct span *span,
			    int64_t all)
{
	int64_t ready = share_of(all, span->ready), hidden = share_of(all, span->hidden);
	uint32_t row = NOTHING, other = NOTHING;

	b.cause = ROOT_ready;
	add(p, b, &row, ready);
	b.cause = ROOT_hidden;
	add(p, b, &other, hidden);
	return all - ready - hidden;
}

void rows_add_source(struct pass *p, struct source *s, const struct root *r, int64_t ns)
{
	struct account_blame b = {s->group, r->cause, r->thread, r->object, r->stack, r->direct, 0};
	int64_t all = ns * (s->weight + s->pollers);
	const struct span *span = r->cause == ROOT_run ? &p->actor[r->thread].span : NULL;
	uint32_t row = NOTHING;

	if (!r->direct && s->object != NOTHING && s->thread != NOBODY)
		knot_edge_object(p, s->group, s->thread, all);
	if (span && (span->ready | span->hidden))
		all = add_off_core(p, b, span, all);
	/* Pollers did not see it free: somebody took it in between. */
	if (s->pollers && s->thread == NOBODY && s->is_free) {
		all = ns * s->weight;
		b.cause = ROOT_unknown;
		add(p, b, &row, ns * s->pollers);
		b.cause = r->cause;
	}
	add(p, b, s->thread == NOBODY ? &s->free_row : &s->row, all);
}

void rows_add_alone(struct pass *p, uint32_t group, enum account_cause cause, int64_t ns)
{
	struct account_blame b = {group, cause, NOBODY, NOTHING, 0, true, 0};
	uint32_t last = NOTHING;

	add(p, b, &last, ns);
}
