#include "reports/verdict.h"
#include "profiler/text.h"
#include "reports/cache/cache_words.h"
#include "reports/finding/finding.h"
#include "reports/folded.h"
#include "reports/model.h"
#include "reports/python/words.h"
#include "reports/python/workers.h"
#include "reports/verdict_words.h"
#include <stdlib.h>
#include <string.h>

#define SHORTEST_NS 50000000 /* a run of less says nothing about waiting */
#define CONTENDED_SHARE 0.05 /* of the time threads had work: less is not worth a sentence */
#define SCALES_SHARE 0.85    /* of what was possible: the rest is not worth a sentence */
#define IDLE_SHARE 0.50

double verdict_part(int64_t some, int64_t all)
{
	return all > 0 ? (double)some / (double)all : 0;
}

static int64_t most_threads_of_a_process(const struct table *processes)
{
	int64_t most = 0;
	for (size_t i = 0; i < processes->rows; i++)
		if (!folded_row(processes, i) && table_int(processes, i, "threads") > most)
			most = table_int(processes, i, "threads");
	return most;
}

static int64_t sum_of_kind(const struct table *waits, const char *kind)
{
	int64_t sum = 0;
	for (size_t i = 0; i < waits->rows; i++)
		if (!strcmp(table_text(waits, i, "kind"), kind))
			sum += table_int(waits, i, "wait_ns");
	return sum;
}

static int64_t without(const struct table *t, const char *key)
{
	int64_t count = 0;
	for (size_t i = 0; i < t->rows; i++)
		count += !folded_row(t, i) && table_cell(t, i, key)->type == CELL_NONE;
	return count;
}

static double lanes_of(const struct table *stack, enum loss_kind kind)
{
	double lanes = 0;
	for (size_t i = 0; i < stack->rows; i++)
		if (loss_kind(table_text(stack, i, "kind")) == kind)
			lanes += table_real(stack, i, "lanes");
	return lanes;
}

/* Of what the report is about: where other processes led to it, from its own begin to its end. */
static int64_t wall_ns(const struct model *m)
{
	int64_t lived = folded_count(&m->table[MODEL_processes], "around")
			    ? (int64_t)model_figure(m, "wall_ns")
			    : 0;
	return lived ? lived : model_fact(m, "wall_ns");
}

/* Only from rows that are printed too: no number of a verdict can differ from its table. */
static struct figures gather(const struct model *m)
{
	const struct table *threads = &m->table[MODEL_threads], *locks = &m->table[MODEL_locks];
	return (struct figures){
	    .threads = (int64_t)folded_rest(threads),
	    .processes = (int64_t)folded_rest(&m->table[MODEL_processes]),
	    .threads_at_most = most_threads_of_a_process(&m->table[MODEL_processes]),
	    .wall_ns = wall_ns(m),
	    .life_ns = folded_rest_sum(threads, "life_ns"),
	    .cpu_ns = folded_rest_sum(threads, "cpu_ns"),
	    .cpu_unknown = without(threads, "cpu_ns"),
	    .lock_ns = table_sum(locks, "wait_ns"),
	    .idle_ns = folded_rest_sum(threads, "idle_wait_ns"),
	    .phase_ns = folded_rest_sum(threads, "phase_wait_ns"),
	    .futex_ns = sum_of_kind(&m->table[MODEL_waits], "futex"),
	    .barrier_ns = sum_of_kind(&m->table[MODEL_waits], "barrier"),
	    .acquisitions = table_sum(locks, "acquisitions"),
	    .contended = table_sum(locks, "contended"),
	    .lanes = table_sum_real(&m->table[MODEL_stack], "lanes"),
	    .run_ns = (int64_t)model_figure(m, "run_ns"),
	    .io_ns = (int64_t)model_figure(m, "io_ns"),
	    .got = lanes_of(&m->table[MODEL_stack], LOSS_work),
	    .taken = lanes_of(&m->table[MODEL_stack], LOSS_no_core),
	};
}

int64_t verdict_active_ns(const struct figures *f)
{
	int64_t active = f->life_ns - f->idle_ns - f->phase_ns;
	return active > f->lock_ns ? active : f->lock_ns;
}

/* What a finding of each kind says of the whole program. */
static const char *const code_of_kind[LOSS_KIND_COUNT] = {
    [LOSS_lock] = "contended",
    [LOSS_spin] = "polling",
    [LOSS_runtime] = "runtime",
    [LOSS_serial] = "serial",
    [LOSS_imbalance] = "imbalance",
    [LOSS_starvation] = "idle",
    [LOSS_stage] = "stage",
    [LOSS_wake_up] = "wake-up",
    [LOSS_no_core] = "oversubscribed",
    [LOSS_few_threads] = "few-threads",
    [LOSS_io] = "io",
    [LOSS_timer] = "io",
    [LOSS_hidden] = "hidden",
};

bool verdict_is_short(const struct figures *f)
{
	return f->wall_ns < SHORTEST_NS;
}

static bool scales(const struct figures *f)
{
	return f->got >= SCALES_SHARE * (f->lanes - f->taken) && f->lanes >= 1.5;
}

/* The order is that of README.md: too little data before all, then what the first finding is about,
 * then the reasons why there is none. */
const char *verdict_code(const struct figures *f, const char *finding)
{
	if (!f->threads)
		return "unseen";
	if (verdict_is_short(f))
		return "short";
	if (finding)
		return code_of_kind[loss_kind(finding)];
	if (!(f->lanes > 0) && verdict_part(f->lock_ns, verdict_active_ns(f)) >= CONTENDED_SHARE &&
	    f->lock_ns)
		return "contended"; /* only the sums are left of this recording */
	if (f->threads_at_most <= 1 && !f->contended)
		return f->processes > 1 && scales(f) ? "scales" : "single";
	if (f->io_ns > f->run_ns)
		return "io";
	if (scales(f))
		return "scales";
	if (verdict_part(f->idle_ns, f->life_ns) >= IDLE_SHARE)
		return "idle";
	return f->contended ? "cheap" : "uncontended";
}

void verdict_gather(struct verdict *v, const struct model *m)
{
	v->figures = gather(m);
}

void verdict_make(struct verdict *v, const struct model *m)
{
	const struct table *findings = &m->table[MODEL_findings];
	struct text s = {0}, c = {0};
	v->code = cache_simulated(m)
		      ? "simulated"
		      : verdict_code(&v->figures,
				     findings->rows ? table_text(findings, 0, "kind") : NULL);
	if (python_verdict(m))
		v->code = python_verdict(m);
	else if (workers_decide(m, v->code))
		v->code = "imbalance";
	verdict_say(m, &s, &c);
	v->sentence = s.data;
	v->consequence = c.data;
}

void verdict_free(struct verdict *v)
{
	free(v->sentence);
	free(v->consequence);
}
