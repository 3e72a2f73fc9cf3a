#include "reports/verdict_words.h"
#include "profiler/text.h"
#include "reports/cache/cache_words.h"
#include "reports/model.h"
#include "reports/python/words.h"
#include "reports/python/workers.h"
#include "reports/unit.h"
#include <stdbool.h>
#include <string.h>

#define TAKEN_SOME 0.1 /* of what was possible, by other programs: is said; */
#define TAKEN_MUCH 0.3 /* leaves too little to be sure of */
#define CEILING_CORES                                                                              \
	16 /* times the cores here: a lock that stops it only beyond that is no news */

/* One spelling for text and machines. */
static const struct style plain = {.utf8 = false, .brief = true};

static void say_unseen(const struct model *m, struct text *s, struct text *c)
{
	const struct table *unseen = &m->table[MODEL_unseen];
	text_add(s, "Nothing was seen of this program");
	if (unseen->rows)
		text_format(s, ": %s (%s)", table_text(unseen, 0, "reason"),
			    table_text(unseen, 0, "subject"));
	text_add(s, ".");
	text_add(
	    c,
	    "It ran unwatched, as it would alone; 'parprof doctor' says what can be watched here.");
}

static void say_short(const struct figures *f, struct text *s, struct text *c)
{
	text_add(s, "Not enough data: the program ran ");
	print_ns(s, f->wall_ns, &plain);
	text_add(s, ".");
	text_add(
	    c,
	    "Give it more work, so that it runs for a second or longer; below is what there was.");
}

static void say_single(const struct figures *f, struct text *s, struct text *c)
{
	if (f->processes > 1)
		text_format(s, "Each of %lld processes ran one thread: none waited for a lock",
			    (long long)f->processes);
	else
		text_add(s, "One thread only: there was nobody to wait for");
	text_add(s, f->acquisitions ? " (" : ".");
	if (f->acquisitions) {
		print_count(s, f->acquisitions, &plain);
		text_add(s, " acquisitions).");
	}
	if (f->processes > 1 && f->lanes >= 1.5) {
		text_format(c, "Of %.2fx possible %.2fx was got. ", f->lanes, f->got);
	} else if (!f->cpu_unknown) {
		print_share(c, verdict_part(f->cpu_ns, f->life_ns));
		text_format(c, " of %s time was CPU time. ", f->processes > 1 ? "their" : "its");
	}
	if (f->processes > 1 && f->idle_ns > f->life_ns / 4) {
		text_add(c, "They waited for each other, or for work, ");
		print_share(c, verdict_part(f->idle_ns, f->life_ns));
		text_add(c, " of their time.");
	} else {
		text_add(c, "Locks cannot be why it is not faster.");
	}
}

/* With a finding there is more to do than to give them work; what that would gain is a guess. */
static void say_idle(const struct model *m, const struct figures *f, struct text *s, struct text *c)
{
	bool unknown = f->futex_ns > f->idle_ns / 2;
	text_add(s, unknown ? "Threads waited " : "Threads waited for work ");
	print_share(s, verdict_part(f->idle_ns, f->life_ns));
	text_add(s, unknown ? " of their time, most of it in futexes of the program's own making, "
			      "for work or for its own locks (for locks that are seen: "
			    : " of their time, not for locks (");
	print_share(s, verdict_part(f->lock_ns, f->life_ns));
	text_add(s, ").");
	if (f->lanes > 0 && (unknown || m->table[MODEL_findings].rows))
		text_format(c, "Of %.2fx possible %.2fx was got.", f->lanes, f->got);
	else
		text_add(c, "They do not hold each other up: more work, or fewer threads, would "
			    "use them better.");
}

/* Where the time went instead. */
static void say_rest(const struct figures *f, struct text *c)
{
	text_add(c, "Of the threads' time ");
	if (!f->cpu_unknown) {
		print_share(c, verdict_part(f->cpu_ns, f->life_ns));
		text_add(c, " was CPU and ");
	}
	print_share(c, verdict_part(f->idle_ns + f->phase_ns, f->life_ns));
	text_add(c, f->cpu_unknown ? " was" : "");
	text_add(c, " waiting for work or for others to end: locks are not what to improve.");
}

static void say_uncontended(const struct figures *f, struct text *s, struct text *c)
{
	if (f->acquisitions) {
		text_add(s, "Nothing waited: no lock was ever contended (");
		print_count(s, f->acquisitions, &plain);
		text_add(s, " acquisitions).");
	} else {
		text_format(s, "No locks: %lld threads used none that can be seen.",
			    (long long)f->threads);
	}
	say_rest(f, c);
}

static void say_cheap(const struct figures *f, struct text *s, struct text *c)
{
	text_add(s, "Locks cost little here: threads waited ");
	print_share(s, verdict_part(f->lock_ns, f->life_ns));
	text_add(s, " of their time for them (");
	print_ns(s, f->lock_ns, &plain);
	text_add(s, " of ");
	print_ns(s, f->life_ns, &plain);
	text_add(s, ").");
	say_rest(f, c);
}

/* "(Cache::evict, cache.cc:201, held it 84 % of those waits)" */
static void say_holder(const struct table *locks, size_t row, struct text *s)
{
	const char *holder = table_text(locks, row, "top_holder");
	const char *where = table_text(locks, row, "top_holder_where");
	if (!holder)
		return;
	text_add(s, " (");
	print_function(s, holder, &plain);
	if (where) {
		text_add(s, ", ");
		print_place(s, where);
		text_add(s, ",");
	}
	text_add(s, " held it ");
	print_share(s, table_real(locks, row, "top_holder_share"));
	text_add(s, " of those waits)");
}

/* Locks without a variable are called after the function that made or first used them. */
static const char *maker(const struct table *locks, size_t row)
{
	const char *named_by = table_text(locks, row, "named_by");
	if (named_by && !strcmp(named_by, "init"))
		return "made in ";
	return named_by && !strcmp(named_by, "caller") ? "used in " : NULL;
}

static void say_top_name(const struct table *locks, size_t row, struct text *s)
{
	long long instances = table_int(locks, row, "instances");
	const char *how = maker(locks, row);
	if (how && instances > 1)
		text_format(s, "%lld locks %s", instances, how);
	else if (how)
		text_format(s, "the lock %s", how);
	print_function(s, table_text(locks, row, "name"), &plain);
	if (!how && instances > 1)
		text_format(s, " (%lld locks made there)", instances);
	text_add(s, instances > 1 && how ? " cause " : " causes ");
}

/* The row of the lock that the first finding is about; the one waited for longest when there is
 * none. */
static size_t found_lock(const struct model *m)
{
	const struct table *locks = &m->table[MODEL_locks], *findings = &m->table[MODEL_findings];
	for (size_t i = 0; findings->rows && i < locks->rows; i++)
		if (table_int(locks, i, "leader") == table_int(findings, 0, "leader"))
			return i;
	return 0;
}

/* Where much of the time was idle a share of all of it would play the lock down. */
static void say_contended(const struct model *m, const struct figures *f, struct text *s)
{
	const struct table *locks = &m->table[MODEL_locks];
	size_t row = found_lock(m);
	text_add(s, "Threads waited ");
	print_ns(s, f->lock_ns, &plain);
	text_add(s, " for locks, ");
	print_share(s, verdict_part(f->lock_ns, f->life_ns));
	text_add(s, " of their time");
	if (f->idle_ns + f->phase_ns > f->life_ns / 4) {
		text_add(s, " and ");
		print_share(s, verdict_part(f->lock_ns, verdict_active_ns(f)));
		text_add(s, " of the time they had work");
	}
	text_add(s, ": ");
	say_top_name(locks, row, s);
	print_share(s, verdict_part(table_int(locks, row, "wait_ns"), f->lock_ns));
	text_add(s, " of it");
	say_holder(locks, row, s);
	text_add(s, ".");
}

/* What was possible, what was got, what the first finding would give. */
static void say_gain(const struct model *m, const struct figures *f, struct text *c)
{
	const struct table *findings = &m->table[MODEL_findings];
	if (f->lanes > 0)
		text_format(c, "Of %.2fx possible %.2fx was got", f->lanes, f->got);
	if (findings->rows && table_real(findings, 0, "gain_high") >= 1.03) {
		text_add(c, f->lanes > 0 ? "; without this it would be "
					 : "Without this it would be ");
		print_gain(c, table_real(findings, 0, "gain_low"), &plain);
		text_add(c, " to ");
		print_gain(c, table_real(findings, 0, "gain_high"), &plain);
		text_add(c, " as fast");
	}
	text_add(c, c->length ? "." : "");
}

/* Where locks would stop it though they cost little now. */
static void say_ceiling(const struct model *m, struct text *c)
{
	const struct table *t = &m->table[MODEL_ceiling];
	if (!t->rows || !table_text(t, t->rows - 1, "name"))
		return;
	double bound = table_real(t, t->rows - 1, "bound");
	if (bound <= 0 || bound > CEILING_CORES * (double)model_fact(m, "cores"))
		return;
	text_add(c, c->length ? " " : "");
	text_add(c, "With more threads and cores the lock ");
	print_function(c, table_text(t, t->rows - 1, "name"), &plain);
	text_add(c, " would stop it near ");
	print_gain(c, bound, &plain);
	text_add(c, " one thread's speed.");
}

void verdict_say_scales(const struct figures *f, struct text *s)
{
	bool busy = f->taken > TAKEN_SOME * f->lanes, unsure = f->taken > TAKEN_MUCH * f->lanes;
	text_add(s, unsure ? "Seems to scale, as far as can be told: of " : "Scales fine: of ");
	print_gain(s, busy ? f->lanes - f->taken : f->lanes, &plain);
	text_add(s, busy ? " that other programs left " : " possible ");
	print_gain(s, f->got, &plain);
	text_add(s, " was got.");
}

static void say_scales(const struct model *m, const struct figures *f, struct text *s,
		       struct text *c)
{
	verdict_say_scales(f, s);
	if (f->lock_ns > 0) {
		text_add(c, "Threads waited ");
		print_share(c, verdict_part(f->lock_ns, f->life_ns));
		text_add(c, " of their time for locks.");
	}
	say_ceiling(m, c);
}

/* What each code says before the first finding's own words. */
static const struct {
	const char *code, *words;
} begins[] = {
    {"serial", "Limited by serial code"},
    {"imbalance", "Limited by uneven shares of work"},
    {"stage", "Limited by one slow stage"},
    {"polling", "Limited by polling"},
    {"runtime", "Limited by waiting inside the parallel runtime"},
    {"oversubscribed", "More threads than cores"},
    {"few-threads", "Too few threads"},
    {"io", "Limited by input, output or sleep"},
    {"hidden", "Limited by what no hook sees"},
    {"wake-up", "Limited by waking up"},
};

static void say_io(const struct figures *f, struct text *s)
{
	text_add(s, ": threads spent ");
	print_ns(s, f->io_ns, &plain);
	text_add(s, " in it and ");
	print_ns(s, f->run_ns, &plain);
	text_add(s, " on cores.");
}

static void say_finding(const struct model *m, const char *begin, struct text *s)
{
	const struct table *t = &m->table[MODEL_findings];
	if (!t->rows) {
		text_add(s, begin);
		say_io(&m->verdict.figures, s);
		return;
	}
	const char *place = table_text(t, 0, "where");
	text_format(s, "%s: %s", begin, table_text(t, 0, "words"));
	if (place) {
		text_add(s, " (");
		print_place(s, place);
		text_add(s, ")");
	}
	text_add(s, ".");
}

static const struct {
	const char *code;
	void (*say)(const struct figures *, struct text *, struct text *);
} ways[] = {
    {"short", say_short},
    {"single", say_single},
    {"uncontended", say_uncontended},
    {"cheap", say_cheap},
};

void verdict_say(const struct model *m, struct text *s, struct text *c)
{
	const struct verdict *v = &m->verdict;
	const struct figures *f = &v->figures;
	if (!strcmp(v->code, "simulated")) {
		cache_say(m, s, c);
		return;
	}
	if (python_verdict(m)) {
		python_say(m, s, c);
		return;
	}
	if (!strcmp(v->code, "unseen"))
		say_unseen(m, s, c);
	else if (!strcmp(v->code, "scales"))
		say_scales(m, f, s, c);
	else if (!strcmp(v->code, "contended"))
		say_contended(m, f, s);
	else if (!strcmp(v->code, "idle"))
		say_idle(m, f, s, c);
	if (workers_decide(m, v->code))
		workers_say(m, s, c);
	for (size_t i = 0; !s->length && i < sizeof(begins) / sizeof(*begins); i++)
		if (!strcmp(begins[i].code, v->code))
			say_finding(m, begins[i].words, s);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].code, v->code)) {
			ways[i].say(f, s, c);
			say_ceiling(m, c);
		}
	if (!c->length)
		say_gain(m, f, c);
	if (m->table[MODEL_python].rows && strcmp(v->code, "short") != 0) {
		text_add(c, c->length ? " " : "");
		python_say_ways(m, c);
	}
}
