#include "reports/finding/finding.h"
#include "reports/model.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Without a replay: what if a quarter, half, all of the lost time were got back. */
static void by_loss(struct finding *f, double got)
{
	double all = got > 0 ? f->lanes / got : f->lanes;
	f->low = 1 + all / 4;
	f->gain = 1 + all / 2;
	f->high = 1 + all;
}

static void by_replay(struct finding *f, const struct table *t, size_t row)
{
	f->low = table_real(t, row, "gain_low");
	f->gain = table_real(t, row, "gain");
	f->high = table_real(t, row, "gain_high");
	f->error = fabs(table_real(t, row, "error"));
}

/* The replay divides what a function does alone wherever it does, the steps of a slow stage too:
 * the phases that are serial can gain no more than themselves. */
static void no_more_than_the_phases(struct finding *f, const struct model *m)
{
	double wall = (double)m->verdict.figures.wall_ns;
	double serial = (double)table_sum(&m->table[MODEL_serial], "time_ns");
	double most = serial < 0.99 * wall ? wall / (wall - serial) : 100;
	f->low = fmin(f->low, most);
	f->gain = fmin(f->gain, most);
	f->high = fmin(f->high, most);
}

/* How the edit of the replay begins that takes away what the finding is about; NULL: there is none.
 * Any edit of a lock does: where its holder sleeps, to take the lock away gains nothing, but to
 * hold it shorter does. The rows come with the best first. */
static const char *cure(const struct finding *f)
{
	static const char *const edits[LOSS_KIND_COUNT] = {
	    [LOSS_lock] = "--",		[LOSS_spin] = "--",
	    [LOSS_serial] = "--serial", [LOSS_stage] = "--threads",
	    [LOSS_no_core] = "--cores", [LOSS_few_threads] = "--threads",
	};
	return edits[f->kind];
}

static bool is_about(const struct finding *f, const struct table *t, size_t row)
{
	const char *edit = table_text(t, row, "edit"), *wanted = cure(f);
	if (!wanted || strncmp(edit, wanted, strlen(wanted)) != 0)
		return false;
	if (f->kind == LOSS_stage || f->kind == LOSS_serial)
		return table_text(t, row, "name") && f->name &&
		       !strcmp(table_text(t, row, "name"), f->name);
	const char *name = table_text(t, row, "name");
	if (f->merged)
		return name && !strcmp(name, f->name);
	return f->leader
		   ? table_int(t, row, "leader") == f->leader && !(name && strstr(name, "[*]"))
		   : !name;
}

/* The slowest share brought to the mean, at best; half the way, at least. */
static void by_shares(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_imbalance];
	double wall = (double)m->verdict.figures.wall_ns;
	double saved = (double)(table_int(t, f->row, "max_ns") - table_int(t, f->row, "mean_ns")) *
		       (double)table_int(t, f->row, "generations");
	if (saved > 0.9 * wall)
		saved = 0.9 * wall;
	f->low = wall / (wall - saved / 2);
	f->gain = f->high = wall / (wall - saved);
}

/* With a core for each that could run, against all cores of this machine: were they all ours. */
static double wanted(const struct model *m)
{
	double cores = (double)model_fact(m, "cores") * (double)m->verdict.figures.wall_ns;
	return cores > 0 ? (model_figure(m, "run_ns") + model_figure(m, "ready_ns")) / cores : 1;
}

static void order(struct finding *f)
{
	f->gain = fmax(f->gain, 1);
	f->low = fmin(fmax(f->low, 1), f->gain);
	f->high = fmax(f->high, f->gain);
}

static double work_lanes(const struct table *stack)
{
	for (size_t i = 0; i < stack->rows; i++)
		if (!strcmp(table_text(stack, i, "kind"), loss_facts[LOSS_work].word))
			return table_real(stack, i, "lanes");
	return 0;
}

void findings_gain(struct findings *all, const struct model *m)
{
	const struct table *t = &m->table[MODEL_whatif];
	double got = work_lanes(&m->table[MODEL_stack]);
	for (size_t i = 0; i < all->count; i++) {
		struct finding *f = &all->list[i];
		size_t row = 0;
		while (row < t->rows && !is_about(f, t, row))
			row++;
		if (f->kind == LOSS_no_core && row == t->rows)
			f->low = f->gain = f->high = wanted(m);
		else if (row < t->rows)
			by_replay(f, t, row);
		else if (f->kind == LOSS_imbalance && f->row != SIZE_MAX)
			by_shares(f, m);
		else
			by_loss(f, got);
		if (f->kind == LOSS_serial)
			no_more_than_the_phases(f, m);
		order(f);
	}
}

static int by_low_end(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	if (a->low != b->low)
		return a->low > b->low ? -1 : 1;
	return a->lanes > b->lanes ? -1 : a->lanes < b->lanes;
}

static bool is_worth_it(const struct finding *f)
{
	return f->gain >= (f->error < 0 ? FINDING_GUESS_MIN : FINDING_GAIN_MIN) &&
	       f->low >= (f->gil ? FINDING_GIL_MIN : FINDING_LOW_MIN);
}

void findings_rank(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (!is_worth_it(&f->list[i])) {
			text_free(&f->list[i].words);
			f->list[i--] = f->list[--f->count];
		}
	if (f->count)
		qsort(f->list, f->count, sizeof(*f->list), by_low_end);
}

#define ERROR_HIGH 0.05 /* of the replay: more is medium, or low confidence */
#define ERROR_LOW 0.10
#define BAND_HIGH 1.25 /* high / low */

const char *finding_confidence(const struct finding *f)
{
	if (f->error < 0 || f->error > ERROR_LOW)
		return "low";
	return f->error <= ERROR_HIGH && f->high / f->low <= BAND_HIGH ? "high" : "medium";
}
