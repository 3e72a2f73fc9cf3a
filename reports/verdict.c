#include "reports/verdict.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/verdict_words.h"
#include <stdlib.h>
#include <string.h>

#define SHORTEST_NS 20000000 /* a run of less says nothing about waiting */
#define CONTENDED_SHARE 0.05 /* of the time threads had work: less is not worth a sentence */
#define BARRIER_SHARE 0.10
#define IDLE_SHARE 0.50

double verdict_part(int64_t some, int64_t all)
{
	return all > 0 ? (double)some / (double)all : 0;
}

static int64_t most_threads_of_a_process(const struct table *processes)
{
	int64_t most = 0;
	for (size_t i = 0; i < processes->rows; i++)
		if (table_int(processes, i, "threads") > most)
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
		count += table_cell(t, i, key)->type == CELL_NONE;
	return count;
}

/* Only from rows that are printed too: no number of a verdict can differ from its table. */
static struct figures gather(const struct model *m)
{
	const struct table *threads = &m->table[MODEL_threads], *locks = &m->table[MODEL_locks];
	return (struct figures){
	    .threads = (int64_t)threads->rows,
	    .processes = (int64_t)m->table[MODEL_processes].rows,
	    .threads_at_most = most_threads_of_a_process(&m->table[MODEL_processes]),
	    .wall_ns = model_fact(m, "wall_ns"),
	    .life_ns = table_sum(threads, "life_ns"),
	    .cpu_ns = table_sum(threads, "cpu_ns"),
	    .cpu_unknown = without(threads, "cpu_ns"),
	    .lock_ns = table_sum(locks, "wait_ns"),
	    .idle_ns = table_sum(threads, "idle_wait_ns"),
	    .phase_ns = table_sum(threads, "phase_wait_ns"),
	    .barrier_ns = sum_of_kind(&m->table[MODEL_waits], "barrier"),
	    .acquisitions = table_sum(locks, "acquisitions"),
	    .contended = table_sum(locks, "contended"),
	};
}

int64_t verdict_active_ns(const struct figures *f)
{
	int64_t active = f->life_ns - f->idle_ns - f->phase_ns;
	return active > f->lock_ns ? active : f->lock_ns;
}

/* The order is that of README.md. Contention comes before all excuses, and too little data before
 * contention. */
const char *verdict_code(const struct figures *f)
{
	if (!f->threads)
		return "unseen";
	if (f->wall_ns < SHORTEST_NS)
		return "short";
	if (f->lock_ns > 0 && verdict_part(f->lock_ns, verdict_active_ns(f)) >= CONTENDED_SHARE)
		return "contended";
	if (f->threads_at_most <= 1 && !f->contended)
		return "single";
	if (verdict_part(f->barrier_ns, f->life_ns) >= BARRIER_SHARE)
		return "barrier";
	if (verdict_part(f->idle_ns, f->life_ns) >= IDLE_SHARE)
		return "idle";
	return f->contended ? "cheap" : "uncontended";
}

void verdict_make(struct verdict *v, const struct model *m)
{
	struct text s = {0}, c = {0};
	v->figures = gather(m);
	v->code = verdict_code(&v->figures);
	verdict_say(m, &s, &c);
	v->sentence = s.data;
	v->consequence = c.data;
}

void verdict_free(struct verdict *v)
{
	free(v->sentence);
	free(v->consequence);
}
