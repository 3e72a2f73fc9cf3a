#include "collectors/kernel/code_carry.h"
#include "collectors/kernel/code_values.h"
#include <stdlib.h>
#include <string.h>

#define CARRIED_MAX 64 /* places; their sets are words */

struct judge {
	struct values values;
	int count;		     /* of places that are carried */
	uint32_t begin[CARRIED_MAX]; /* their values */
	uint32_t end[CARRIED_MAX];
	int32_t *distance[CARRIED_MAX]; /* longest way from begin to each value; -1: none */
	uint64_t reaches[CARRIED_MAX];	/* which ends a begin leads to, in any number of passes */
	bool *on, *tainted;		/* values on a cycle; what is only copied from those */
	bool waits[CARRIED_MAX];	/* of a chase or a recurrence */
};

const char *code_carry_name(enum code_carry kind)
{
	static const char *const names[] = {"none",  "induction",  "reduction",
					    "chase", "recurrence", "unknown"};
	return names[kind];
}

static const struct value_input *inputs_of(const struct values *v, uint32_t value)
{
	return v->input + v->value[value].first;
}

/* Values are in the order of their making: one pass over them. */
static int32_t *distances_from(const struct values *v, uint32_t from)
{
	int32_t *d = malloc(v->count * sizeof(*d));
	for (uint32_t i = 0; d && i < v->count; i++) {
		const struct value_input *in = inputs_of(v, i);
		d[i] = i == from ? 0 : -1;
		for (uint32_t k = 0; k < v->value[i].inputs; k++) {
			int32_t before = d[in[k].value];
			if (before >= 0 && before + in[k].latency > d[i])
				d[i] = before + in[k].latency;
		}
	}
	return d;
}

/* Places that come back as something made of what they were, in one pass or in several. 1: too
 * many. */
static int find_carried(struct judge *j)
{
	const struct values *v = &j->values;
	for (int p = 0; p < v->places; p++) {
		uint32_t begin = v->at_begin[p];
		if (v->value[begin].kind != VALUE_CARRIED)
			continue;
		bool used = false;
		for (uint32_t k = 0; k < v->inputs && !used; k++)
			used = v->input[k].value == begin;
		if (!used)
			continue;
		if (j->count == CARRIED_MAX)
			return 1;
		j->begin[j->count] = begin;
		j->end[j->count] = v->at_end[p];
		j->distance[j->count] = distances_from(v, begin);
		if (!j->distance[j->count++])
			return -1;
	}
	return 0;
}

static void find_reach(struct judge *j)
{
	for (int i = 0; i < j->count; i++)
		for (int k = 0; k < j->count; k++)
			if (j->distance[i][j->end[k]] >= 0)
				j->reaches[i] |= UINT64_C(1) << k;
	for (int k = 0; k < j->count; k++)
		for (int i = 0; i < j->count; i++)
			if (j->reaches[i] >> k & 1)
				j->reaches[i] |= j->reaches[k];
}

/* The places that are made of i and that i is made of, i too; 0: i is not made of itself. */
static uint64_t circle_of(const struct judge *j, int i)
{
	uint64_t circle = 0;
	for (int k = 0; k < j->count; k++)
		if ((j->reaches[i] >> k & 1) && (j->reaches[k] >> i & 1))
			circle |= UINT64_C(1) << k;
	return circle;
}

static void mark_cycle(struct judge *j, uint64_t circle)
{
	const struct values *v = &j->values;
	memset(j->on, 0, v->count * sizeof(*j->on));
	for (int k = 0; k < j->count; k++)
		if (circle >> k & 1)
			j->on[j->end[k]] = true;
	for (uint32_t i = v->count; i-- > 0;) {
		const struct value_input *in = inputs_of(v, i);
		for (uint32_t k = 0; j->on[i] && k < v->value[i].inputs; k++)
			j->on[in[k].value] = true;
	}
	for (uint32_t i = 0; i < v->count; i++) {
		bool after = false;
		for (int k = 0; k < j->count; k++)
			after |= (circle >> k & 1) && j->distance[k][i] >= 0;
		j->on[i] &= after;
	}
}

/* What is true of all that lies on a cycle. */
struct cycle {
	unsigned classes; /* a bit of each but moves */
	bool merges;
	bool plain;	/* each operation adds something to the one value that is carried */
	bool steady;	/* what is added does not change */
	bool chases;	/* through an address */
	bool computed;	/* some of it is made of something else that changes */
	unsigned users; /* classes of what uses it otherwise, moves: of stores */
};

static void look_at_value(const struct judge *j, struct cycle *c, uint32_t i)
{
	const struct values *v = &j->values;
	const struct value *value = &v->value[i];
	const struct value_input *in = inputs_of(v, i);
	unsigned carried = 0;
	for (uint32_t k = 0; k < value->inputs; k++) {
		bool on = j->on[in[k].value];
		carried += on;
		c->chases |= on && in[k].address;
		c->plain &=
		    !on || (in[k].accumulates && !in[k].address) || value->class == EFFECT_MOVE;
		c->plain &= !on || !in[k].address;
		c->computed |= !on && v->value[in[k].value].varies;
		c->steady &= on || !v->value[in[k].value].varies;
	}
	if (value->kind == VALUE_MERGED) {
		c->merges = true;
		return;
	}
	if (value->class != EFFECT_MOVE)
		c->classes |= 1u << value->class;
	c->plain &= carried == 1;
}

/* Copies and merges pass a value on; who uses those uses it. */
static void look_at_users(struct judge *j, struct cycle *c)
{
	const struct values *v = &j->values;
	for (uint32_t i = 0; i < v->count; i++) {
		const struct value *value = &v->value[i];
		const struct value_input *in = inputs_of(v, i);
		bool uses = false;
		for (uint32_t k = 0; k < value->inputs; k++)
			uses |= j->on[in[k].value] || j->tainted[in[k].value];
		bool passes =
		    value->kind == VALUE_MERGED || (value->class == EFFECT_MOVE && !value->stores);
		j->tainted[i] = uses && !j->on[i] && passes;
		if (uses && !j->on[i] && !passes)
			c->users |= 1u << value->class;
		if (j->on[i] && value->stores)
			c->users |= 1u << EFFECT_MOVE;
	}
}

static bool is_only(unsigned classes, unsigned of)
{
	return !(classes & ~of);
}

#define BIT(class) (1u << EFFECT_##class)

static bool is_reduction(const struct cycle *c)
{
	unsigned choice = BIT(SELECT) | BIT(COMPARE), one = c->classes;
	if (is_only(c->classes, choice))
		return is_only(c->users, choice | BIT(BRANCH));
	bool associative = !(one & (one - 1)) && one >= BIT(ADD) && one <= BIT(MAX);
	return c->plain && associative && !c->users;
}

static enum code_carry kind_of(const struct cycle *c)
{
	unsigned walks = BIT(ADD) | BIT(SHIFT) | BIT(SELECT) | BIT(COMPARE) | BIT(AND);
	if (!c->classes && !c->merges && !c->chases)
		return CARRY_INDUCTION;
	if (!c->classes && !c->chases && !c->users)
		return CARRY_NONE;
	if (c->classes == BIT(ADD) && c->plain && c->steady && !c->merges)
		return CARRY_INDUCTION;
	if (!c->chases && is_reduction(c))
		return CARRY_REDUCTION;
	if (c->chases && !c->computed && is_only(c->classes, walks))
		return CARRY_CHASE;
	return CARRY_RECURRENCE;
}

static enum code_carry judge_circle(struct judge *j, uint64_t circle)
{
	struct cycle c = {.plain = true, .steady = true};
	mark_cycle(j, circle);
	for (uint32_t i = 0; i < j->values.count; i++)
		if (j->on[i] && j->values.value[i].kind != VALUE_CARRIED)
			look_at_value(j, &c, i);
	look_at_users(j, &c);
	enum code_carry kind = kind_of(&c);
	for (int k = 0; k < j->count; k++)
		if ((circle >> k & 1) && kind >= CARRY_CHASE)
			j->waits[k] = true;
	return kind;
}

static double way(const struct judge *j, int from, int to)
{
	return j->waits[from] && j->waits[to] ? j->distance[from][j->end[to]] : -1;
}

/* Of the places that wait: the most cycles that a pass takes around any of their cycles. Karp, A
 * characterization of the minimum cycle mean in a digraph (1978), from all of them at once. */
static double longest_cycle(const struct judge *j)
{
	static const double none = -1e9;
	int n = j->count;
	double best = 0, most[CARRIED_MAX + 1][CARRIED_MAX];
	for (int k = 0; k <= n; k++)
		for (int to = 0; to < n; to++) {
			most[k][to] = k ? none : 0;
			for (int from = 0; k && from < n; from++)
				if (way(j, from, to) >= 0 && most[k - 1][from] > none &&
				    most[k - 1][from] + way(j, from, to) > most[k][to])
					most[k][to] = most[k - 1][from] + way(j, from, to);
		}
	for (int to = 0; to < n; to++) {
		double least = 1e9;
		for (int k = 0; k < n && most[n][to] > none; k++)
			if (most[k][to] > none && (most[n][to] - most[k][to]) / (n - k) < least)
				least = (most[n][to] - most[k][to]) / (n - k);
		if (least < 1e9 && least > best)
			best = least;
	}
	return best;
}

static struct carry judge_all(struct judge *j)
{
	struct carry result = {CARRY_NONE, 0};
	uint64_t seen = 0;
	find_reach(j);
	for (int i = 0; i < j->count; i++) {
		uint64_t circle = circle_of(j, i);
		if (!circle || (seen >> i & 1))
			continue;
		seen |= circle;
		enum code_carry kind = judge_circle(j, circle);
		result.kind = kind > result.kind ? kind : result.kind;
	}
	double wait = longest_cycle(j), pass = j->values.steps / 4.0;
	pass = j->values.throughput > pass ? j->values.throughput : pass;
	result.recurrence = wait >= pass ? wait > 0 : wait / pass;
	return result;
}

struct carry code_carry_of(const struct carry_loop *l)
{
	struct judge j = {.count = 0};
	struct carry result = {CARRY_UNKNOWN, -1};
	if (values_read(&j.values, l) == 0 && find_carried(&j) == 0) {
		j.on = malloc(j.values.count * sizeof(*j.on));
		j.tainted = malloc(j.values.count * sizeof(*j.tainted));
		if (j.on && j.tainted)
			result = judge_all(&j);
	}
	for (int k = 0; k < j.count; k++)
		free(j.distance[k]);
	free(j.on);
	free(j.tainted);
	values_free(&j.values);
	return result;
}
