#include "reports/sweep/balance.h"

/* A generation of a barrier: those that one thread, the last one, let go. */
struct generation {
	uint32_t object;
	int64_t woken; /* when: the name of the generation */
	uint32_t late; /* the last one; NOBODY: there is no generation */
	uint32_t stack;
	bool is_full;	/* the last one is counted */
	bool is_serial; /* the others had no work: nothing was divided */
	uint32_t count;
	int64_t sum, most; /* of shares */
	int64_t idle_at;   /* all but the last had no work, when this is not behind woken */
	int64_t last_begin, lone_ns; /* the last but one came, and shares.lone_ns then */
};

static struct account_balance *result_of(struct pass *p, uint32_t group)
{
	struct account *out = p->out;
	bool fresh;
	uint32_t *index = hash_put(&p->balances->results, (uint64_t)group + 1, 0, &fresh);

	if (!fresh)
		return &out->balance[*index];
	*index = (uint32_t)out->balances;
	out->balance = memory_grow(out->balance, out->balances + 1, sizeof(*out->balance));
	p->balances->worst =
	    memory_grow(p->balances->worst, out->balances + 1, sizeof(*p->balances->worst));
	p->balances->worst[out->balances] = (struct worst){-1, NOBODY};
	out->balance[out->balances] = (struct account_balance){.object = group, .late = NOBODY};
	return &out->balance[out->balances++];
}

/* Count threads met; late came last, sum and most are those of their shares. */
static void meeting(struct pass *p, uint32_t group, uint32_t count, int64_t sum, int64_t most,
		    uint32_t late, uint32_t stack)
{
	struct account_balance *b = result_of(p, group);
	struct worst *worst = &p->balances->worst[b - p->out->balance];
	int64_t mean = sum / count;
	bool fresh;
	uint32_t times = ++*(uint32_t *)hash_put(&p->balances->late, (uint64_t)group + 1,
						 (uint64_t)late + 1, &fresh);

	b->generations++;
	b->threads = count > b->threads ? count : b->threads;
	b->mean_ns += mean;
	b->max_ns += most;
	if (most - mean > worst->excess) {
		*worst = (struct worst){most - mean, late};
		b->stack = stack;
	}
	if (times > b->late_count || (times == b->late_count && late == worst->late)) {
		b->late = late;
		b->late_count = times;
	}
}

static void close_generation(struct pass *p, struct generation *g)
{
	if (g->late != NOBODY && g->is_full && !g->is_serial)
		meeting(p, pass_group(p, g->object), g->count, g->sum, g->most, g->late, g->stack);
	g->late = NOBODY;
}

static struct generation *generation_of(struct pass *p, uint32_t object)
{
	struct balances *b = p->balances;
	struct node *n = &p->node[object];

	if (n->generation != NOTHING)
		return &b->generation[n->generation];
	n->generation = (uint32_t)b->generations;
	if (b->generations == b->room) {
		b->room = b->room ? 2 * b->room : 16;
		b->generation = memory_grow(b->generation, b->room, sizeof(*b->generation));
	}
	b->generation[b->generations] = (struct generation){.object = object, .late = NOBODY};
	return &b->generation[b->generations++];
}

static void add_share(struct generation *g, int64_t share)
{
	g->count++;
	g->sum += share;
	g->most = share > g->most ? share : g->most;
}

/* At the moment the last one comes. When the others had nothing to do it worked alone. */
static void last_comes(struct pass *p, struct generation *g)
{
	struct actor *late = &p->actor[g->late];
	int64_t ns = p->shares.lone_ns - g->lone_ns;

	g->is_full = true;
	g->stack = pass_longest(p, late);
	g->is_serial = ns > 0 && g->idle_at <= g->woken;
	if (g->is_serial)
		lone_serial(p, g->late, g->stack, g->last_begin, ns);
	add_share(g, g->woken - late->synced);
	late->synced = g->woken;
}

void balance_arrive(struct pass *p, struct actor *a)
{
	const struct span *s = &a->span;
	struct generation *g = generation_of(p, s->object);
	int64_t share = s->begin - a->synced;

	if (s->waker == NOBODY)
		return;
	if (g->late == NOBODY || g->woken != s->woken) {
		close_generation(p, g);
		*g = (struct generation){.object = g->object, .woken = s->woken, .late = s->waker};
	}
	add_share(g, share);
	if (g->idle_at < s->begin + NO_WORK * share)
		g->idle_at = s->begin + NO_WORK * share;
	g->last_begin = s->begin;
	g->lone_ns = p->shares.lone_ns;
}

/* It had no work, or next to none: that another worked alone meanwhile was a serial phase. */
void balance_left(struct pass *p, struct actor *a)
{
	const struct span *s = &a->span;
	struct generation *g = generation_of(p, s->object);
	double lone = p->shares.lone_sum - a->lone_since;

	if (g->late != NOBODY && g->woken == p->now && !g->is_full)
		last_comes(p, g);
	if (lone <= 0 || s->begin + NO_WORK * (s->begin - a->synced) > p->now)
		return;
	pass_lose(p, PART_imbalance, pass_group(p, s->object), -lone);
	pass_lose(p, PART_serial, NOTHING, lone);
}

static struct children *children_of(const struct pass *p, const struct actor *a)
{
	uint32_t parent = p->history->thread[a - p->actor].parent;

	return parent == NOBODY ? NULL : &p->balances->children[parent];
}

void balance_born(struct pass *p, struct actor *a)
{
	struct children *c = children_of(p, a);

	if (!c)
		return;
	if (c->alive == 0)
		*c = (struct children){.joins = c->joins, .group = c->joins ? c->group : NOTHING};
	else if (c->gone)
		c->dynamic = true;
	p->shares.gone -= c->joins ? c->gone : 0;
	c->gone = 0;
	c->alive++;
	c->made++;
}

void balance_gone(struct pass *p, struct actor *a)
{
	struct children *c = children_of(p, a);
	const struct history_thread *t = &p->history->thread[a - p->actor];
	int64_t share = t->end - t->begin;

	if (!c || !c->alive)
		return;
	c->gone++;
	c->sum += share;
	c->most = share > c->most ? share : c->most;
	c->late = (uint32_t)(a - p->actor);
	if (--c->alive) {
		p->shares.gone += c->joins;
		return;
	}
	p->shares.gone -= c->joins ? c->gone - 1 : 0;
	if (c->group != NOTHING && !c->dynamic && c->made > 1)
		meeting(p, c->group, c->made, c->sum, c->most, c->late,
			a->longest_stack ? a->longest_stack : t->stack);
	c->gone = 0;
}

void balance_joins(struct pass *p, struct actor *a)
{
	struct children *c = &p->balances->children[a - p->actor];

	c->joins = true;
	c->group = pass_group(p, a->span.object);
	p->shares.gone += c->gone;
	p->shares.gone_group = c->group;
}

void balance_joined(struct pass *p, struct actor *a)
{
	struct children *c = &p->balances->children[a - p->actor];

	c->joins = false;
	p->shares.gone -= c->gone;
}

void balance_waited(struct pass *p, const struct actor *a)
{
	uint32_t group = pass_group(p, a->span.object);
	bool fresh;

	*(int64_t *)hash_put(&p->balances->waits, (uint64_t)group + 1, 0, &fresh) +=
	    a->span.end - a->span.begin;
}

void balances_open(struct pass *p)
{
	struct balances *b = p->balances = memory_new(1, sizeof(*b));

	b->children = memory_new(p->history->threads, sizeof(*b->children));
	hash_init(&b->results, sizeof(uint32_t));
	hash_init(&b->late, sizeof(uint32_t));
	hash_init(&b->waits, sizeof(int64_t));
}

void balances_close(struct pass *p)
{
	struct balances *b = p->balances;

	for (size_t i = 0; i < b->generations; i++)
		close_generation(p, &b->generation[i]);
	for (size_t i = 0; i < p->out->balances; i++) {
		struct account_balance *r = &p->out->balance[i];
		int64_t *wait = hash_get(&b->waits, (uint64_t)r->object + 1, 0);
		r->wait_ns = wait ? *wait : 0;
		r->mean_ns /= r->generations;
		r->max_ns /= r->generations;
	}
	hash_free(&b->results);
	hash_free(&b->late);
	hash_free(&b->waits);
	free(b->children);
	free(b->generation);
	free(b->worst);
	free(b);
}
