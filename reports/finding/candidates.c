#include "profiler/message.h"
#include "reports/finding/finding.h"
#include "reports/model.h"
#include <stdlib.h>
#include <string.h>

#define WANTED_SHARE 1.2   /* of the cores, by threads that could run */
#define STAGE_SHARE 0.3	   /* of the waits for work: the doing of threads of one routine */
#define ROOTS_LOOKED_AT 32 /* of an object; they are sorted by time */
#define FEW_SHARE 0.2	   /* of what was possible: less is a program's start and end */
#define TEAMS_LEAST 0.02   /* of all threads' time: blocked in a parallel runtime */
#define LEAST_LANES 0.02   /* of what was possible: smaller losses are not looked into */

const struct loss_fact loss_facts[LOSS_KIND_COUNT] = {
#define X(name, word, words, letter, colour, loss) {word, words, colour, letter, loss},
    LOSS_KINDS(X)
#undef X
};

enum loss_kind loss_kind(const char *word)
{
	for (int i = 0; i < LOSS_KIND_COUNT; i++)
		if (!strcmp(loss_facts[i].word, word))
			return i;
	BUG("'%s' is no part of a speedup stack", word);
}

static size_t row_of(const struct table *t, const char *key, int64_t value)
{
	for (size_t i = 0; i < t->rows; i++)
		if (table_int(t, i, key) == value)
			return i;
	return SIZE_MAX;
}

/* What a wake-up, or a kind of wait, is the fault of. */
static enum loss_kind kind_of(const struct model *m, enum loss_kind kind, int64_t leader)
{
	if (kind == LOSS_no_core && !findings_oversubscribed(m))
		return LOSS_taken;
	if (kind != LOSS_wake_up || !leader)
		return kind;
	if (row_of(&m->table[MODEL_locks], "leader", leader) != SIZE_MAX)
		return LOSS_lock;
	return row_of(&m->table[MODEL_imbalance], "leader", leader) != SIZE_MAX ? LOSS_imbalance
										: LOSS_starvation;
}

/* More threads could run than there are cores: on average over the run, and most cores were used.
 * Else other programs had taken them. */
bool findings_oversubscribed(const struct model *m)
{
	double wall = (double)m->verdict.figures.wall_ns, cores = (double)model_fact(m, "cores");
	double wanted = model_figure(m, "run_ns") + model_figure(m, "ready_ns");
	return wall > 0 && wanted >= WANTED_SHARE * cores * wall;
}

static struct finding *finding_of(struct findings *f, enum loss_kind kind, int64_t leader)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].kind == kind && f->list[i].leader == leader)
			return &f->list[i];
	f->list = memory_grow(f->list, f->count + 1, sizeof(*f->list));
	f->list[f->count] =
	    (struct finding){.kind = kind, .leader = leader, .row = SIZE_MAX, .error = -1};
	return &f->list[f->count++];
}

static void look_up_row(struct finding *f, const struct table *t, size_t row, const char *name,
			const char *place)
{
	f->row = row;
	if (row == SIZE_MAX)
		return;
	f->name = table_text(t, row, name);
	f->place = table_text(t, row, place);
}

/* Where the holder can be mended is what a reader wants to open, else where the lock is. */
static void look_up_lock(struct finding *f, const struct table *locks)
{
	look_up_row(f, locks, row_of(locks, "leader", f->leader), "name", "where");
	if (f->row == SIZE_MAX)
		return;
	f->gil = !strcmp(table_text(locks, f->row, "kind"), "gil");
	if (table_text(locks, f->row, "top_holder_where"))
		f->place = table_text(locks, f->row, "top_holder_where");
}

/* Not blocked where nobody sees what for. */
static bool is_at_work(const char *cause)
{
	static const char *const causes[] = {"run", "ready", "timer", "io"};
	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (!strcmp(cause, causes[i]))
			return true;
	return false;
}

/* Threads of one routine do the same work: a stage. Others are one each. */
static bool is_same_stage(const struct table *roots, size_t a, size_t b)
{
	const char *x = table_text(roots, a, "routine"), *y = table_text(roots, b, "routine");
	return x && y ? !strcmp(x, y)
		      : !x && !y && table_int(roots, a, "thread") == table_int(roots, b, "thread");
}

/* Of the waits for an object, what the stage of that row held up, at the root. */
static double stage_share(const struct table *roots, size_t row)
{
	double share = 0;
	for (size_t i = 0; i < roots->rows; i++)
		if (table_int(roots, i, "leader") == table_int(roots, row, "leader") &&
		    table_int(roots, i, "thread") && is_at_work(table_text(roots, i, "cause")) &&
		    is_same_stage(roots, i, row))
			share += table_real(roots, i, "share");
	return share;
}

/* Waiting for work is the fault of who should have made it sooner, if that is somebody at work. */
static void look_up_starvation(struct finding *f, const struct model *m)
{
	const struct table *roots = &m->table[MODEL_roots], *waits = &m->table[MODEL_waits];
	size_t best = SIZE_MAX, looked = 0;
	for (size_t i = 0; i < roots->rows && looked < ROOTS_LOOKED_AT; i++) {
		if (table_int(roots, i, "leader") != f->leader || !table_int(roots, i, "thread") ||
		    !is_at_work(table_text(roots, i, "cause")))
			continue;
		double share = stage_share(roots, i);
		looked++;
		if (share > f->share) {
			f->share = share;
			best = i;
		}
	}
	look_up_row(f, waits, row_of(waits, "leader", f->leader), "name", "where");
	if (f->share < STAGE_SHARE)
		return;
	f->kind = LOSS_stage;
	f->thread = table_int(roots, best, "thread");
	look_up_row(f, roots, best, table_text(roots, best, "routine") ? "routine" : "until",
		    "where");
}

/* What nobody could be seen late for goes by what was waited at. */
static void look_up_imbalance(struct finding *f, const struct model *m)
{
	const struct table *uneven = &m->table[MODEL_imbalance], *stack = &m->table[MODEL_stack];
	look_up_row(f, uneven, row_of(uneven, "leader", f->leader), "name", "late_where");
	size_t row = row_of(stack, "leader", f->leader);
	if (f->row != SIZE_MAX || row == SIZE_MAX)
		return;
	f->name = table_text(stack, row, "name");
	f->place = table_text(stack, row, "where");
}

/* Where the program called the runtime, or what that called, as far as it is known. */
static void look_up_runtime(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_runtimes], *teams = &m->table[MODEL_teams];
	size_t row = 0;
	while (row < t->rows && !table_text(t, row, "function"))
		row++;
	look_up_row(f, t, row < t->rows ? row : t->rows ? 0 : SIZE_MAX, "function", "where");
	f->blocked =
	    table_sum_real(teams, "blocked_ns") >= TEAMS_LEAST * (double)m->verdict.figures.life_ns;
	if (f->blocked && !f->name) {
		f->name = table_text(teams, 0, "function");
		f->place = table_text(teams, 0, "where");
	}
}

static void look_up(struct finding *f, const struct model *m)
{
	const struct table *serial = &m->table[MODEL_serial];
	switch (f->kind) {
	case LOSS_lock:
	case LOSS_spin:
		look_up_lock(f, &m->table[MODEL_locks]);
		break;
	case LOSS_serial:
		look_up_row(f, serial, serial->rows ? 0 : SIZE_MAX, "until", "where");
		if (f->row == SIZE_MAX)
			break;
		f->stack = table_int(serial, 0, "stack");
		f->thread = table_int(serial, 0, "thread");
		break;
	case LOSS_imbalance:
		look_up_imbalance(f, m);
		break;
	case LOSS_starvation:
		look_up_starvation(f, m);
		break;
	case LOSS_runtime:
		look_up_runtime(f, m);
		break;
	default:
		break;
	}
}

/* Two conditions may starve for the same stage. */
static void merge(struct findings *f, const struct model *m)
{
	const struct table *roots = &m->table[MODEL_roots];
	for (size_t i = 0; i < f->count; i++)
		for (size_t j = i + 1; j < f->count; j++) {
			struct finding *a = &f->list[i], *b = &f->list[j];
			if (a->kind != LOSS_stage || b->kind != LOSS_stage ||
			    !is_same_stage(roots, a->row, b->row))
				continue;
			if (b->lanes > a->lanes) {
				a->leader = b->leader;
				a->row = b->row;
				a->share = b->share;
			}
			a->lanes += b->lanes;
			*b = f->list[--f->count];
			j--;
		}
}

/* "shelf[14].mu" of "shelf[*].mu". */
static bool is_element(const char *name, const char *array)
{
	size_t before = (size_t)(strstr(array, "[*]") - array) + 1;
	if (!name || strncmp(name, array, before))
		return false;
	size_t digits = strspn(name + before, "0123456789");
	return digits && !strcmp(name + before + digits, array + before + 1);
}

static void merge_array(struct findings *f, enum loss_kind kind, const char *array)
{
	struct finding *first = NULL;
	double worst = 0;
	for (size_t i = 0; i < f->count; i++) {
		struct finding *x = &f->list[i];
		if (x->kind != kind || x->merged || !is_element(x->name, array))
			continue;
		if (!first) {
			first = x;
			worst = x->lanes;
			first->merged = 1;
			continue;
		}
		if (x->lanes > worst) {
			worst = x->lanes;
			first->leader = x->leader;
			first->row = x->row;
			first->place = x->place;
		}
		first->lanes += x->lanes;
		first->merged++;
		f->list[i--] = f->list[--f->count];
	}
	if (first && first->merged > 1)
		first->name = array;
	else if (first)
		first->merged = 0;
}

/* Locks of one array that have a replay of all of them are one thing to mend. */
static void merge_arrays(struct findings *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_whatif];
	for (size_t i = 0; i < t->rows; i++) {
		const char *name = table_text(t, i, "name");
		if (!name || !strstr(name, "[*]"))
			continue;
		merge_array(f, LOSS_lock, name);
		merge_array(f, LOSS_spin, name);
	}
}

static double findings_lanes(const struct findings *f, enum loss_kind kind)
{
	double lanes = 0;
	for (size_t i = 0; i < f->count; i++)
		lanes += f->list[i].kind == kind ? f->list[i].lanes : 0;
	return lanes;
}

/* Who comes last may do so since other programs had its core. */
static bool is_others_doing(const struct finding *f, double taken)
{
	return f->kind == LOSS_imbalance && f->lanes < taken;
}

void findings_gather(struct findings *f, const struct model *m)
{
	const struct table *stack = &m->table[MODEL_stack];
	double all = table_sum_real(stack, "lanes"), least = LEAST_LANES * all,
	       few = FEW_SHARE * all;
	*f = (struct findings){0};
	for (size_t i = 0; i < stack->rows; i++) {
		int64_t leader = table_int(stack, i, "leader");
		enum loss_kind kind = loss_kind(table_text(stack, i, "kind"));
		if (loss_facts[kind].loss)
			finding_of(f, kind_of(m, kind, leader), leader)->lanes +=
			    table_real(stack, i, "lanes");
	}
	for (size_t i = 0; i < f->count; i++)
		look_up(&f->list[i], m);
	merge(f, m);
	merge_arrays(f, m);
	double taken = findings_lanes(f, LOSS_taken);
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].lanes < (f->list[i].kind == LOSS_few_threads ? few : least) ||
		    f->list[i].kind == LOSS_taken || is_others_doing(&f->list[i], taken))
			f->list[i--] = f->list[--f->count];
	if (findings_oversubscribed(m)) /* its cores are all at work: the stack shows no loss */
		finding_of(f, LOSS_no_core, 0);
}

void findings_free(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		text_free(&f->list[i].words);
	free(f->list);
	*f = (struct findings){0};
}
