#include "reports/sweep/source.h"
#include "reports/sweep/blame_rows.h"

static uint32_t source_index(const struct pass *p, const struct source *s)
{
	return (uint32_t)(s - p->source);
}

/* Accounts what its waiters suffered since the last flush. The chain was the same all the time. */
static void flush(struct pass *p, struct source *s)
{
	double share = p->shares.sum[s->tier];
	struct root root;

	if (s->since == p->now)
		return;
	root = root_of(p, s);
	rows_add_source(p, s, &root, p->now - s->since);
	if (s->waiters && share > s->share_since)
		pass_lose(p, root.lock == NOTHING ? s->kind : PART_lock,
			  root.lock == NOTHING ? s->group : root.lock,
			  (share - s->share_since) * s->waiters);
	s->since = p->now;
	s->share_since = share;
}

/* Marks end circles: of threads that wait for each other. */
static void flush_tree(struct pass *p, struct source *s)
{
	if (s->mark == p->mark)
		return;
	s->mark = p->mark;
	flush(p, s);
	for (struct actor *a = s->loaded; a; a = a->next_loaded)
		for (struct source *behind = a->held; behind; behind = behind->next)
			flush_tree(p, behind);
}

void source_flush_held(struct pass *p, struct actor *a)
{
	p->mark++;
	for (struct source *s = a->held; s; s = s->next)
		flush_tree(p, s);
}

static void load(struct actor *a)
{
	struct source *s = a->at;

	a->next_loaded = s->loaded;
	a->loaded_link = &s->loaded;
	if (s->loaded)
		s->loaded->loaded_link = &a->next_loaded;
	s->loaded = a;
}

static void unload(struct actor *a)
{
	*a->loaded_link = a->next_loaded;
	if (a->next_loaded)
		a->next_loaded->loaded_link = a->loaded_link;
}

static void attach(struct pass *p, struct source *s, uint32_t thread)
{
	struct actor *a;

	s->thread = thread;
	if (thread == NOBODY)
		return;
	a = &p->actor[thread];
	if (!a->held && a->at)
		load(a);
	s->next = a->held;
	s->link = &a->held;
	if (a->held)
		a->held->link = &s->next;
	a->held = s;
}

static void detach(struct pass *p, struct source *s)
{
	struct actor *a;

	if (s->thread == NOBODY)
		return;
	a = &p->actor[s->thread];
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	if (!a->held && a->at)
		unload(a);
	s->thread = NOBODY;
}

static struct source *new_source(struct pass *p, uint32_t group, enum account_part_kind kind,
				 enum tier tier)
{
	struct source *s = &p->source[p->free_source[--p->free_sources]];

	*s = (struct source){.object = NOTHING,
			     .group = group,
			     .thread = NOBODY,
			     .kind = (uint8_t)kind,
			     .tier = (uint8_t)tier,
			     .is_lock = kind == PART_lock,
			     .since = p->now,
			     .share_since = p->shares.sum[tier]};
	return s;
}

static void free_source(struct pass *p, struct source *s)
{
	detach(p, s);
	if (s->object != NOTHING) {
		p->node[s->object].source = NOTHING;
		tournament_set(&p->next, p->history->threads + source_index(p, s),
			       TOURNAMENT_NEVER);
	}
	p->free_source[p->free_sources++] = source_index(p, s);
}

void source_hang(struct pass *p, struct actor *a, struct source *s, bool polls)
{
	flush(p, s);
	s->hangers++;
	s->waiters += !polls;
	*(polls ? &s->pollers : &s->weight) += a->weight;
	a->at = s;
	if (a->held)
		load(a);
}

void source_leave(struct pass *p, struct actor *a, bool polls)
{
	struct source *s = a->at;

	flush(p, s);
	if (a->held)
		unload(a);
	a->at = NULL;
	s->waiters -= !polls;
	*(polls ? &s->pollers : &s->weight) -= a->weight;
	if (!--s->hangers)
		free_source(p, s);
}

struct source *source_of_thread(struct pass *p, uint32_t thread, uint32_t group,
				enum account_part_kind kind, enum tier tier)
{
	struct source *s = p->actor[thread].held;

	while (s &&
	       (s->object != NOTHING || s->group != group || s->tier != tier || s->kind != kind))
		s = s->next;
	if (s)
		return s;
	s = new_source(p, group, kind, tier);
	attach(p, s, thread);
	return s;
}

const struct history_hold *source_next_hold(struct pass *p, uint32_t object)
{
	const struct history *h = p->history;
	struct range r = h->object[object].holds;
	struct node *n = &p->node[object];

	if (n->hold == NOTHING)
		n->hold = r.first;
	while (n->hold < r.first + r.count && h->hold[n->hold].released <= p->now)
		n->hold++;
	__builtin_prefetch(h->hold + n->hold + 4);
	return n->hold < r.first + r.count ? &h->hold[n->hold] : NULL;
}

/* Who has the object now, and until when that is so. */
static void take_turn(struct pass *p, struct source *s)
{
	const struct history_hold *h = source_next_hold(p, s->object);
	int64_t until = TOURNAMENT_NEVER;

	s->is_free = h && h->acquired > p->now;
	s->stack = h ? h->stack : 0;
	if (h)
		until = s->is_free ? h->acquired : h->released;
	attach(p, s, h && !s->is_free ? h->thread : NOBODY);
	tournament_set(&p->next, p->history->threads + source_index(p, s), until);
}

struct source *source_of_object(struct pass *p, uint32_t object, enum account_part_kind kind,
				enum tier tier)
{
	struct node *n = &p->node[object];
	struct source *s;

	if (n->source != NOTHING)
		return &p->source[n->source];
	s = new_source(p, pass_group(p, object), kind, tier);
	s->object = object;
	n->source = source_index(p, s);
	take_turn(p, s);
	return s;
}

void source_turn(struct pass *p, size_t source)
{
	struct source *s = &p->source[source];

	p->mark++;
	flush_tree(p, s);
	detach(p, s);
	take_turn(p, s);
}
