/* Why, in one sentence for each kind of finding, with the numbers of its table's row. */
#include "reports/finding/finding.h"
#include "reports/model.h"
#include "reports/unit.h"
#include <math.h>
#include <string.h>

#define HELD_SHARE 0.50	     /* of the run: what is done under the lock is serial */
#define HAND_OVER_SHARE 0.40 /* of the waits: it is handed on too often */
#define EVEN 0.9	     /* the average thread of a team did so much of what the busiest did */
#define OUTSIDE_MUCH 0.05    /* of what the busiest did inside of parallel regions */
#define OWN_MUCH 0.05	     /* of the CPU time, of a parallel runtime that blocks its threads */

/* One spelling for text and machines. */
static const struct style plain = {.utf8 = false, .brief = true};

static double part(int64_t some, int64_t all)
{
	return all > 0 ? (double)some / (double)all : 0;
}

static void say_holder(struct text *out, const struct table *t, size_t row)
{
	const char *holder = table_text(t, row, "top_holder");
	if (!holder)
		return;
	text_add(out, "; ");
	print_function(out, holder, &plain);
	text_add(out, " holds it ");
	print_share(out, table_real(t, row, "top_holder_share"));
	text_add(out, " of the waits");
}

static void say_lock(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_locks];
	double held = part(table_int(t, f->row, "hold_ns"), m->verdict.figures.wall_ns);
	double hand_over = table_real(t, f->row, "hand_over_share");
	print_function(&f->words, f->name, &plain);
	if (f->merged) {
		text_format(&f->words, " (%u locks), most of all ", f->merged);
		print_function(&f->words, table_text(t, f->row, "name"), &plain);
	}
	if (table_int(t, f->row, "instances") > 1)
		text_format(&f->words, " (%lld locks)",
			    (long long)table_int(t, f->row, "instances"));
	if (hand_over >= HAND_OVER_SHARE) {
		text_add(&f->words, " is handed on too often: ");
		print_share(&f->words, hand_over);
		text_add(&f->words, " of the waits pass after it is free");
	} else if (held >= HELD_SHARE && table_int(t, f->row, "instances") <= 1) {
		text_add(&f->words, " is held ");
		print_share(&f->words, held > 1 ? 1 : held);
		text_add(&f->words, " of the run");
	} else {
		text_add(&f->words, ": ");
		if (table_cell(t, f->row, "contended_share")->type == CELL_NONE) {
			print_count(&f->words, table_int(t, f->row, "contended"), &plain);
			text_add(&f->words, " waits for it, ");
		} else {
			print_share(&f->words, table_real(t, f->row, "contended_share"));
			text_add(&f->words, " of its acquisitions wait, ");
		}
		print_ns(&f->words, table_int(t, f->row, "wait_avg_ns"), &plain);
		text_add(&f->words, " on average");
	}
	say_holder(&f->words, t, f->row);
}

static void say_spin(struct finding *f, __attribute__((unused)) const struct model *m)
{
	print_function(&f->words, f->name, &plain);
	text_add(&f->words,
		 " is polled: trying again and again takes a core and gets nothing done");
}

static void say_most(struct text *out, const char *function)
{
	if (!function)
		return;
	text_add(out, ", most of all in ");
	print_function(out, function, &plain);
}

/* What threads of a parallel runtime did in regions, and what one of them did alone. */
static void say_team(struct text *out, const struct table *t, const char *region)
{
	text_add(out, "; in parallel regions");
	say_most(out, region);
	text_add(out, region ? ", " : " ");
	if (table_real(t, 0, "even") >= EVEN) {
		text_add(out, "each worked about as long");
	} else {
		text_add(out, "one worked for ");
		print_ns(out, table_real(t, 0, "most_ns"), &plain);
		text_add(out, ", another for ");
		print_ns(out, table_real(t, 0, "least_ns"), &plain);
	}
	if (table_real(t, 0, "outside_ns") < OUTSIDE_MUCH * table_real(t, 0, "most_ns"))
		return;
	text_add(out, ", and one alone for ");
	print_ns(out, table_real(t, 0, "outside_ns"), &plain);
	text_add(out, " outside of them");
}

static void say_serial(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_serial], *teams = &m->table[MODEL_teams];
	int64_t ns = table_sum(t, "time_ns");
	print_share(&f->words, part(ns, m->verdict.figures.wall_ns));
	text_add(&f->words, " of the run one thread alone has work, most of it ");
	text_add(&f->words, table_text(t, f->row, "name"));
	if (f->name) {
		text_add(&f->words, " until ");
		print_function(&f->words, f->name, &plain);
	}
	if (teams->rows)
		say_team(&f->words, teams, table_text(teams, 0, "function"));
}

static void say_imbalance(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_imbalance];
	text_format(&f->words, "%lld threads wait at ", (long long)table_int(t, f->row, "threads"));
	print_function(&f->words, f->name, &plain);
	text_add(&f->words, " for the slowest: ");
	print_ns(&f->words, table_int(t, f->row, "max_ns"), &plain);
	text_add(&f->words, " of work against ");
	print_ns(&f->words, table_int(t, f->row, "mean_ns"), &plain);
	text_add(&f->words, " on average");
	if (table_text(t, f->row, "late_name"))
		text_format(&f->words, "; %s comes last %lld of %lld times",
			    table_text(t, f->row, "late_name"),
			    (long long)table_int(t, f->row, "late_count"),
			    (long long)table_int(t, f->row, "generations"));
}

static void say_stage(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_roots];
	text_add(&f->words, "others wait for what ");
	print_function(&f->words, f->name ? f->name : table_text(t, f->row, "thread_name"), &plain);
	text_add(&f->words, " does: ");
	print_share(&f->words, f->share);
	text_add(&f->words, " of their waiting at ");
	print_function(&f->words, table_text(t, f->row, "name"), &plain);
	text_add(&f->words, " for work or room");
}

static void say_starvation(struct finding *f, __attribute__((unused)) const struct model *m)
{
	text_add(&f->words, "threads wait at ");
	print_function(&f->words, f->name, &plain);
	text_add(&f->words, " for work that comes from outside, or from nobody seen");
}

static void say_no_core(struct finding *f, const struct model *m)
{
	double ready = model_figure(m, "run_ns") + model_figure(m, "ready_ns");
	text_format(&f->words,
		    "%.1f threads on average want %lld cores: more cores would help, more threads "
		    "not",
		    ready / fmax((double)m->verdict.figures.wall_ns, 1),
		    (long long)model_fact(m, "cores"));
}

static void say_few_threads(struct finding *f, const struct model *m)
{
	text_format(&f->words,
		    "for part of the run there are fewer threads than the %.0f there could be",
		    m->verdict.figures.lanes);
}

static void say_blocked(struct text *out, const struct table *t)
{
	text_format(out, "the %lld threads of %s were blocked in it for ",
		    (long long)table_int(t, 0, "threads"), table_text(t, 0, "name"));
	print_ns(out, table_real(t, 0, "blocked_ns"), &plain);
	text_add(out, ", waiting for work or for the slowest");
}

static void say_runtime(struct finding *f, const struct model *m)
{
	const struct table *t = &m->table[MODEL_runtimes], *teams = &m->table[MODEL_teams];
	double own = table_sum_real(t, "share");
	if (t->rows && (!f->blocked || own >= OWN_MUCH)) {
		print_share(&f->words, own);
		text_format(&f->words,
			    " of the CPU time is %s's own, where threads wait for work or for the "
			    "slowest%s",
			    table_text(t, f->row, "name"), f->blocked ? "; " : "");
	}
	if (f->blocked)
		say_blocked(&f->words, teams);
	if (teams->rows)
		say_team(&f->words, teams, f->name);
	else
		say_most(&f->words, f->name);
}

static void say_loss(struct finding *f, const struct model *m)
{
	static const char *const words[LOSS_KIND_COUNT] = {
	    [LOSS_starvation] =
		"threads wait for work that comes from outside, or from nobody seen",
	    [LOSS_wake_up] =
		"threads are called but do not run yet: wake fewer of them, less often",
	    [LOSS_io] = "threads wait for input or output",
	    [LOSS_timer] = "threads sleep",
	    [LOSS_hidden] =
		"threads are blocked where no hook sees it: page faults, stdio, futexes",
	};
	const struct table *runtimes = &m->table[MODEL_runtimes];
	text_add(&f->words, words[f->kind] ? words[f->kind] : loss_facts[f->kind].words);
	if (f->kind == LOSS_hidden && runtimes->rows)
		text_format(&f->words, ", most likely those of %s",
			    table_text(runtimes, 0, "name"));
	if (f->kind == LOSS_imbalance && f->name) {
		text_add(&f->words, " at ");
		print_function(&f->words, f->name, &plain);
	}
}

void finding_say(struct finding *f, const struct model *m)
{
	static void (*const say[LOSS_KIND_COUNT])(struct finding *, const struct model *) = {
	    [LOSS_lock] = say_lock,
	    [LOSS_spin] = say_spin,
	    [LOSS_runtime] = say_runtime,
	    [LOSS_serial] = say_serial,
	    [LOSS_imbalance] = say_imbalance,
	    [LOSS_starvation] = say_starvation,
	    [LOSS_stage] = say_stage,
	    [LOSS_no_core] = say_no_core,
	    [LOSS_few_threads] = say_few_threads,
	};
	bool about_a_row = f->kind == LOSS_no_core || f->kind == LOSS_few_threads || f->blocked ||
			   f->row != SIZE_MAX;
	(say[f->kind] && about_a_row ? say[f->kind] : say_loss)(f, m);
}

/* As a regular expression that matches just this, and any index for [*]. */
static void add_pattern(struct text *out, const char *name)
{
	for (; *name; name++) {
		if (!strncmp(name, "[*]", 3)) {
			text_add(out, "\\[[0-9]+\\]");
			name += 2;
			continue;
		}
		if (strchr(".[]{}()*+?|^$\\", *name))
			text_add_char(out, '\\');
		text_add_char(out, *name);
	}
}

void finding_command(struct text *out, const struct finding *f)
{
	switch (f->kind) {
	case LOSS_lock:
	case LOSS_spin:
		text_add(out, "parprof report --lock='");
		add_pattern(out, f->name ? f->name : "");
		text_add(out, "'");
		break;
	case LOSS_serial:
		text_add(out, "parprof report --table=serial");
		break;
	case LOSS_imbalance:
		text_add(out, "parprof report --table=imbalance");
		break;
	case LOSS_stage:
	case LOSS_starvation:
		text_add(out, "parprof report --table=roots");
		break;
	case LOSS_runtime:
		text_format(out, "parprof report --table=%s", f->blocked ? "teams" : "runtimes");
		break;
	case LOSS_no_core:
	case LOSS_few_threads:
		text_add(out, "parprof predict");
		break;
	default:
		text_add(out, "parprof report --table=states");
		break;
	}
}
