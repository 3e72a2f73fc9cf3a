#include "reports/sweep/parts.h"

/* What is less is the rounding of sums. */
static const double least_ns = 1e-3;

static void add(struct account *out, enum account_part_kind kind, uint32_t object, double ns)
{
	out->part = memory_grow(out->part, out->parts + 1, sizeof(*out->part));
	out->part[out->parts++] = (struct account_part){kind, object, ns};
}

static int larger_first(const void *a, const void *b)
{
	const struct account_part *x = a, *y = b;

	if ((x->kind == PART_work) != (y->kind == PART_work))
		return x->kind == PART_work ? -1 : 1;
	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->object < y->object ? -1 : x->object > y->object;
}

static struct account_part *part_of(struct account *a, enum account_part_kind kind)
{
	for (size_t i = 0; i < a->parts; i++)
		if (a->part[i].kind == kind)
			return &a->part[i];
	return NULL;
}

void account_split_runtime(struct account *a, enum account_part_kind from, double share)
{
	struct account_part *part = part_of(a, from), *runtime = part_of(a, PART_runtime);
	double ns = part ? share * part->ns : 0;

	if (ns <= least_ns)
		return;
	part->ns -= ns;
	if (runtime)
		runtime->ns += ns;
	else
		add(a, PART_runtime, NOTHING, ns);
	part = part_of(a, from); /* adding moves them */
	if (part->ns <= least_ns && from != PART_work)
		*part = a->part[--a->parts];
	qsort(a->part, a->parts, sizeof(*a->part), larger_first);
}

void parts_make(struct pass *p, int64_t overhead_ns)
{
	struct account *out = p->out;
	double work = p->shares.work;
	double overhead = (double)overhead_ns < work ? (double)overhead_ns : work;

	add(out, PART_work, NOTHING, work - overhead);
	add(out, PART_overhead, NOTHING, overhead);
	pass_lose(p, PART_few_threads, NOTHING, p->shares.few_threads);
	for (size_t g = 0; g <= p->history->objects; g++)
		for (int kind = 0; kind < PART_COUNT; kind++)
			if (p->loss[g][kind] > least_ns)
				add(out, kind, g < p->history->objects ? (uint32_t)g : NOTHING,
				    p->loss[g][kind]);
	qsort(out->part, out->parts, sizeof(*out->part), larger_first);
}
