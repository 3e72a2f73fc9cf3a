#include "reports/python/words.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/python/workers.h"
#include "reports/unit.h"
#include <math.h>
#include <string.h>

static const struct style plain = {.utf8 = false, .brief = true};

static const struct table *python(const struct model *m)
{
	return m->table[MODEL_python].rows ? &m->table[MODEL_python] : NULL;
}

/* The lock inside of what carries tasks and messages: to wait for it is a part of handing them on.
 */
static bool carries_messages(const char *lock)
{
	static const char *const carriers[] = {"Queue (", "Pool (", "Executor (", "Pipe ("};
	for (size_t i = 0; lock && i < sizeof(carriers) / sizeof(*carriers); i++)
		if (strstr(lock, carriers[i]))
			return true;
	return false;
}

/* A lock of the program's own, which comes before what Python does. */
static bool first_is_own_lock(const struct model *m)
{
	const struct table *findings = &m->table[MODEL_findings], *locks = &m->table[MODEL_locks];
	if (!findings->rows || strcmp(table_text(findings, 0, "kind"), "lock") != 0)
		return false;
	for (size_t i = 0; i < locks->rows; i++)
		if (table_int(locks, i, "leader") == table_int(findings, 0, "leader"))
			return strcmp(table_text(locks, i, "kind"), "gil") != 0 &&
			       !carries_messages(table_text(locks, i, "name"));
	return false;
}

const char *python_verdict(const struct model *m)
{
	const struct table *t = python(m);
	if (!t || verdict_is_short(&m->verdict.figures) || first_is_own_lock(m))
		return NULL;
	return table_text(t, 0, "kind");
}

static void add_range(struct text *out, const struct table *t, const char *low, const char *high)
{
	print_gain(out, table_real(t, 0, low), &plain);
	text_add(out, " to ");
	print_gain(out, table_real(t, 0, high), &plain);
}

static const char *thread_name(const struct model *m, int64_t thread)
{
	const struct table *t = &m->table[MODEL_gil];
	for (size_t i = 0; i < t->rows; i++)
		if (table_int(t, i, "thread") == thread)
			return table_text(t, i, "name");
	return NULL;
}

static void say_gil(const struct model *m, const struct table *t, struct text *s)
{
	(void)m;
	text_format(s, "Limited by the GIL: %lld threads of Python code take turns; it is held ",
		    (long long)table_int(t, 0, "workers"));
	print_share(s, table_real(t, 0, "gil_share"));
	text_add(s, " of the run, and they waited ");
	print_ns(s, table_int(t, 0, "gil_wait_ns"), &plain);
	text_add(s, " for it.");
}

static void say_convoy(const struct model *m, const struct table *t, struct text *s)
{
	int64_t victim = table_int(t, 0, "victim");
	const struct table *gil = &m->table[MODEL_gil];
	size_t row = 0;
	while (row < gil->rows && table_int(gil, row, "thread") != victim)
		row++;
	text_add(s, "A convoy at the GIL: thread ");
	print_function(s, thread_name(m, victim), &plain);
	text_add(s, " needs it for moments, and waits ");
	print_ns(s, row < gil->rows ? table_int(gil, row, "wait_avg_ns") : 0, &plain);
	text_add(s, " for it each time, as thread ");
	print_function(s, thread_name(m, table_int(t, 0, "hog")), &plain);
	text_add(s, " computes with it.");
}

static void say_cost(const struct table *t, struct text *s, const char *of)
{
	double cost = (double)table_int(t, 0, "cost_ns");
	double all = cost + (double)table_int(t, 0, "work_ns");
	print_share(s, all > 0 ? cost / all : 0);
	text_format(s, " of the CPU time %s.", of);
}

static void say_input(const struct table *t, struct text *s)
{
	text_add(s, "Limited by input, output and sleep: threads of Python spent ");
	print_ns(s, table_int(t, 0, "input_ns"), &plain);
	text_add(s, " in it, and ");
	print_ns(s, table_int(t, 0, "work_ns"), &plain);
	text_add(s,
		 " on cores; to wait for more of it at a time, more threads or asyncio do, and no "
		 "processes are needed.");
}

/* A message is written by one core and read by another: what a cache of theirs does not hold comes
 * from further away, twice. */
static void say_size(const struct table *t, struct text *s)
{
	int64_t message = table_int(t, 0, "message_bytes");
	int64_t first = table_int(t, 0, "l1_bytes"), second = table_int(t, 0, "l2_bytes");
	bool in_first = message <= first;
	if (message <= 0 || second <= 0)
		return;
	text_add(s, " A message is ");
	print_size(s, message);
	text_add(s, message > second ? ", more than the L2 of a core holds ("
		    : in_first	     ? ", which fits into L1 ("
				     : ", which fits into L2 (");
	print_size(s, in_first ? first : second);
	text_add(s, ").");
}

#define HANDING_SHARE 0.05 /* of the time: what small tasks should cost at most */

/* So many tasks in one message that handing them on is a small part. */
static void say_chunk(const struct table *t, struct text *s)
{
	double cost = (double)table_int(t, 0, "cost_ns");
	double work = (double)(table_int(t, 0, "work_ns") - table_int(t, 0, "serial_ns"));
	if (work <= 0)
		return;
	double tasks = ceil(cost / work * (1 - HANDING_SHARE) / HANDING_SHARE);
	text_cut(s, s->length - 1);
	text_format(s, ", less than %.0f %% with %.0f of them in one message.", HANDING_SHARE * 100,
		    tasks);
}

/* Messages or shared state: which of them holds it back. */
static void say_messages_and_locks(const struct table *t, struct text *out,
				   const struct style *style)
{
	int64_t cost = table_int(t, 0, "cost_ns"), locks = table_int(t, 0, "lock_wait_ns");
	if (table_int(t, 0, "worker_processes") < 2 || !(cost || locks))
		return;
	text_add(out, out->length ? " " : "");
	text_add(out, "Messages took ");
	print_ns(out, cost, style);
	text_add(out, " of the cores, shared locks made threads wait ");
	print_ns(out, locks, style);
	text_add(out, ".");
}

/* What runs without GIL already has no better threads to be told of. */
static void say_other_ways(const struct table *t, struct text *c)
{
	bool without = table_int(t, 0, "without_gil") > 0;
	text_add(c, ", ");
	if (!without) {
		print_gain(c, table_real(t, 0, "threads_best"), &plain);
		text_add(c, " with threads at best, ");
	}
	add_range(c, t, "processes_low", "processes_high");
	text_add(c, " with processes");
	if (!without) {
		text_add(c, ", ");
		add_range(c, t, "free_threaded_low", "free_threaded_high");
		text_add(c, " with threads of a build without GIL");
	}
	text_add(c, ".");
}

/* Threads are what holds it back, though there may be processes, too. */
static bool is_of_gil(const struct table *t)
{
	const char *kind = table_text(t, 0, "kind");
	return kind && (!strcmp(kind, "gil") || !strcmp(kind, "convoy"));
}

#define DOUBT_SAID 0.2 /* of the work */

/* Why a range is as wide as it is. */
static void say_doubt(const struct table *t, struct text *c)
{
	double doubt = (double)table_int(t, 0, "doubt_ns");
	if (doubt < DOUBT_SAID * (double)table_int(t, 0, "work_ns"))
		return;
	text_add(c, " The ranges are wide because ");
	print_ns(c, table_int(t, 0, "doubt_ns"), &plain);
	text_add(c, " went into new pages, cold caches and changes of core, which one thread "
		    "might not need.");
}

/* Other programs that it started do more than it does: then its own work says nothing of the run.
 */
static bool only_starts_others(const struct model *m, const struct table *t)
{
	int64_t own =
	    table_int(t, 0, "work_ns") + table_int(t, 0, "cost_ns") + table_int(t, 0, "start_ns");
	return own < m->verdict.figures.cpu_ns / 2;
}

void python_say_ways(const struct model *m, struct text *c)
{
	const struct table *t = python(m);
	if (!t || table_int(t, 0, "workers") < 2 || only_starts_others(m, t))
		return;
	text_add(c, "Against one thread: ");
	print_gain(c, table_real(t, 0, "threads_now"), &plain);
	text_add(c, " as it ran");
	if (table_int(t, 0, "worker_processes") < 2 || is_of_gil(t)) {
		say_other_ways(t, c);
	} else {
		text_add(c, ", ");
		add_range(c, t, "even_low", "even_high");
		text_add(c, " if messages cost nothing and the work were divided evenly.");
	}
	say_doubt(t, c);
}

void python_say(const struct model *m, struct text *s, struct text *c)
{
	const struct table *t = python(m);
	const char *code = python_verdict(m);
	if (!strcmp(code, "gil"))
		say_gil(m, t, s);
	else if (!strcmp(code, "convoy"))
		say_convoy(m, t, s);
	else if (!strcmp(code, "io"))
		say_input(t, s);
	else if (!strcmp(code, "transfer")) {
		text_add(s, "Limited by moving data between processes: ");
		say_cost(t, s, "is pickling, moving and handing on");
		say_size(t, s);
	} else {
		text_add(s, "The tasks are too small: ");
		say_cost(t, s, "goes into handing them to processes and their results back");
		say_chunk(t, s);
	}
	python_say_ways(m, c);
}

#define CLASSES_SAID 3
#define LEAST_SHARE 50 /* of the largest, one part in so many: less is not said */

/* Of one class, by waiting or on cores; at its first row, else 0. */
static int64_t time_of_class(const struct table *t, size_t row)
{
	int64_t sum = 0;
	for (size_t i = 0; i < t->rows; i++) {
		if (strcmp(table_text(t, i, "class"), table_text(t, row, "class")) != 0 ||
		    strcmp(table_text(t, i, "what"), table_text(t, row, "what")) != 0)
			continue;
		if (i < row)
			return 0;
		sum += table_int(t, i, "time_ns");
	}
	return sum;
}

static void say_class(struct text *out, const struct table *t, size_t row, int64_t time,
		      const struct style *style)
{
	const char *function = table_text(t, row, "function");
	print_ns(out, time, style);
	text_format(out, " %s", table_text(t, row, "words"));
	if (!function)
		return;
	text_add(out, " (");
	print_function(out, function, style);
	text_add(out, ")");
}

static void say_classes(struct text *out, const struct table *t, const char *what,
			const char *begin, const struct style *style)
{
	int64_t most = 0;
	for (size_t i = 0, said = 0; i < t->rows && said < CLASSES_SAID; i++) {
		int64_t time = strcmp(table_text(t, i, "what"), what) ? 0 : time_of_class(t, i);
		if (!time || time * LEAST_SHARE < most)
			continue;
		most = most ? most : time;
		text_add(out, said++ ? ", " : begin);
		say_class(out, t, i, time, style);
	}
}

static void say_build(const struct table *t, struct text *out)
{
	if (!table_int(t, 0, "without_gil"))
		return;
	text_add(out, out->length ? " " : "");
	text_add(out, "A free-threaded build: its GIL was held ");
	print_share(out, table_real(t, 0, "gil_share"));
	text_add(out, " of the run.");
}

void python_sentence(struct text *out, const struct model *m, const struct style *style)
{
	const struct table *t = &m->table[MODEL_python_time];
	size_t before = out->length;
	say_classes(out, t, "wait", "threads waited: ", style);
	say_classes(out, t, "cpu", out->length > before ? "; on cores: " : "on cores: ", style);
	text_add(out, out->length > before ? "." : "");
	if (python(m))
		say_messages_and_locks(python(m), out, style);
	if (python(m))
		say_build(python(m), out);
	workers_sentence(out, m, style);
}
