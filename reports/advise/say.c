#include "reports/advise/say.h"
#include "reports/advise/evidence.h"
#include "reports/advise/say_caches.h"
#include "reports/unit.h"
#include <math.h>
#include <string.h>

#define PIECE_COSTS 20 /* a piece takes so many times what it costs to hand it on */
#define GAIN_LITTLE 1.03
#define QUEUE_USUAL 500	    /* ns, where it was not measured */
#define SHORT_TIMES_MOST 99 /* "run it 7 times as long"; more: "much longer" */

static const struct style plain = {.brief = true};

static void add_ns(struct text *out, double ns)
{
	print_ns(out, (int64_t)ns, &plain);
}

static void add_percent(struct text *out, double part)
{
	text_format(out, "%.0f %%", 100 * part);
}

double advice_least_ns(const struct study *s)
{
	double queue = s->prices.queue.median;
	return PIECE_COSTS * (queue > 0 ? queue : QUEUE_USUAL);
}

uint32_t advice_largest(const struct study *s, bool divided)
{
	uint32_t best = 0;
	for (uint32_t i = 1; i < s->regions.count; i++) {
		const struct part *p = &s->proposal.part[i];
		bool is = divided ? p->divided : p->judgement.is == INDEPENDENCE_dependent;
		if (is && (!best || p->work > s->proposal.part[best].work))
			best = i;
	}
	return best;
}

void advice_place(struct text *out, const struct study *s, uint32_t region)
{
	const struct region *r = &s->regions.region[region];
	if (r->kind == REGION_RECURSION) {
		text_format(out, "the calls of %s by itself", s->codes.function[r->key].name);
		return;
	}
	const struct loop_fact *l = &s->codes.loop[r->key];
	const char *name = l->name		      ? l->name
			   : l->function != CODE_NONE ? s->codes.function[l->function].name
						      : NULL;
	text_format(out, "the loop in %s", name ? name : "a function without a name");
	if (l->file || l->place) {
		text_add(out, ", ");
		loop_where(out, l);
	}
}

static double share_of(const struct study *s, uint32_t region)
{
	return s->proposal.part[region].work / fmax(1, proposal_whole(&s->proposal));
}

static void add_speedup(struct text *out, const struct estimate *e)
{
	if (e->high < GAIN_LITTLE) {
		text_format(out, "no faster on %.3g cores", e->threads);
		return;
	}
	text_format(out, "%.3gx as fast on %.3g cores (%.3gx to %.3gx)", e->middle, e->threads,
		    e->low, e->high);
}

static void say_python(struct text *out, const struct study *s)
{
	bool processes = s->sharers == SHARERS_PROCESSES;
	text_format(out, " With %s it would be %.3gx (%.3gx to %.3gx): the GIL was held for ",
		    processes ? "threads" : "processes", s->other.middle, s->other.low,
		    s->other.high);
	add_percent(out, s->held);
	text_format(out, " of its work%s.",
		    processes ? ", and only one thread has it" : ", so that threads can run");
}

static void say_yes(struct text *out, const struct study *s)
{
	uint32_t largest = advice_largest(s, true);
	size_t others = 0;
	for (uint32_t i = 1; i < s->regions.count; i++)
		others += s->proposal.part[i].divided && i != largest;
	text_add(out, s->advice.worth == WORTH_yes ? "Worth it: "
						   : "Worth it, if its pieces are independent: ");
	add_speedup(out, &s->facts.estimate);
	text_add(out, " when ");
	advice_place(out, s, largest);
	text_add(out, " (");
	add_percent(out, share_of(s, largest));
	text_add(out, " of the run)");
	if (others)
		text_format(out, " and %zu more", others);
	text_format(out, " %s divided among %s.", others ? "are" : "is",
		    s->sharers == SHARERS_PROCESSES ? "processes" : "threads");
	if (s->python)
		say_python(out, s);
}

/* What others give it is less than it could take. */
static bool is_paced(const struct study *s)
{
	return s->facts.paced > s->facts.waiting;
}

static void say_waiting(struct text *out, const struct study *s)
{
	text_add(out, "Limited by waiting: for ");
	if (is_paced(s)) {
		add_percent(out, s->facts.paced / s->facts.wall);
		text_add(out, " of the run its busiest thread has to wait for what others send, "
			      "and they give the pace: ");
		add_speedup(out, &s->facts.estimate);
		text_add_char(out, '.');
		return;
	}
	add_percent(out, s->facts.waiting / s->facts.wall);
	text_add(out, " of the run it needs no core, but ");
	waiting_say(out, &s->waiting);
	text_add(out, ", and more cores do not shorten that: ");
	add_speedup(out, &s->facts.estimate);
	text_add_char(out, '.');
}

static void say_dependent(struct text *out, const struct study *s)
{
	uint32_t largest = advice_largest(s, false);
	text_add(out, "Not worth it: ");
	add_speedup(out, &s->facts.estimate);
	if (!largest) {
		text_add_char(out, '.');
		return;
	}
	text_add(out, ". The pieces of ");
	advice_place(out, s, largest);
	text_add(out, " (");
	add_percent(out, share_of(s, largest));
	text_add(out, " of the run) need each other: ");
	evidence_say(out, &s->codes, &s->regions.region[largest],
		     &s->proposal.part[largest].judgement);
	text_add_char(out, '.');
}

static void say_no(struct text *out, const struct study *s)
{
	text_add(out, "Not worth it: ");
	add_speedup(out, &s->facts.estimate);
	switch (s->advice.reason) {
	case ADVICE_grain:
		text_format(out,
			    ". It would be %.3gx if dividing cost nothing: its pieces are too "
			    "small for what it costs to begin and to end them together.",
			    s->facts.without_costs);
		return;
	case ADVICE_interpreted:
		text_add(out, ". It is interpreted: the loops of its own code are not seen.");
		return;
	default:
		text_add(out, ". Too much of it is in no loop that could be divided: ");
		add_percent(out, 1 - s->proposal.divided / fmax(1, proposal_whole(&s->proposal)));
		text_add(out, " of the run would stay as it is.");
	}
}

static void say_short(struct text *out, const struct study *s)
{
	double times = ceil(ADVICE_SHORT_NS / fmax(1, s->facts.wall));
	if (s->facts.wall >= ADVICE_SHORT_NS) {
		text_format(out, "Nothing can be told: only %.0f samples were taken of what ran.",
			    s->samples);
		return;
	}
	text_add(out, "Too short to tell: it ran ");
	add_ns(out, s->facts.wall);
	text_add(out, ", and 2 s are needed. ");
	if (times <= SHORT_TIMES_MOST)
		text_format(out, "Give it %.0f times as much to do.", times);
	else
		text_format(out,
			    "Give it more than %d times as much to do; what takes so little "
			    "is not worth making parallel.",
			    SHORT_TIMES_MOST);
}

static void say_parallel(struct text *out, const struct study *s)
{
	double alone = 1 - fmin(1, s->facts.several / fmax(1, s->facts.wall));
	text_add(out, "It is parallel already: several threads had work for ");
	add_percent(out, 1 - alone);
	text_format(out,
		    " of the run, and of %.3gx possible %.3gx was got (parprof report says what "
		    "took the rest). ",
		    s->lanes, s->got);
	add_ns(out, alone * s->facts.wall);
	text_add(out, " of it one thread or none had work");
	if (s->facts.estimate.middle < GAIN_LITTLE) {
		text_add(out, "; to divide that, too, would gain nothing.");
		return;
	}
	text_add(out, ": were that divided, too, it would be ");
	add_speedup(out, &s->facts.estimate);
	text_add_char(out, '.');
}

static void say_memory(struct text *out, const struct study *s)
{
	text_add(out, "Limited by memory: ");
	add_speedup(out, &s->facts.estimate);
	text_format(out, ", where computing alone would give %.3gx: %s.", s->facts.without_memory,
		    caches_overflow(s)
			? "its threads would need more of the caches that they share than there is"
			: "it goes through memory as fast as one core can, and more cores "
			  "together get little more of it");
}

static void say_cores(struct text *out, const struct study *s)
{
	text_format(out, "Limited by the cores of this machine: %.0f of them together ",
		    s->facts.cpus);
	text_format(out, "compute %.3gx as much as one. ",
		    machine_compute_gain(&s->prices, s->facts.cpus));
	add_speedup(out, &s->facts.estimate);
	text_format(out, ", where cores that do not slow each other down would give %.3gx.",
		    s->facts.without_sharing);
}

static void say_worth(struct text *out, const struct study *s)
{
	switch (s->advice.worth) {
	case WORTH_yes:
	case WORTH_yes_if:
		say_yes(out, s);
		return;
	case WORTH_short:
		say_short(out, s);
		return;
	case WORTH_parallel:
		say_parallel(out, s);
		return;
	default:
		break;
	}
	switch (s->advice.reason) {
	case ADVICE_one_core:
		text_add(out, "It could use one core only: nothing is gained by threads here.");
		return;
	case ADVICE_waiting:
		say_waiting(out, s);
		return;
	case ADVICE_memory:
		say_memory(out, s);
		return;
	case ADVICE_cores:
		say_cores(out, s);
		return;
	case ADVICE_dependent:
		say_dependent(out, s);
		return;
	default:
		say_no(out, s);
	}
}

void advice_sentence(struct text *out, const struct study *s)
{
	say_worth(out, s);
	if (s->advice.worth != WORTH_short)
		children_say(out, &s->children, s->facts.wall);
}

static void add_pieces(struct text *out, const struct study *s, uint32_t region)
{
	const struct part *p = &s->proposal.part[region];
	if (!p->pieces)
		return;
	text_add(out, p->at_least ? "; at least " : "; about ");
	text_add_count(out, (uint64_t)p->pieces);
	text_add(out, p->pieces < 1.5 ? " piece" : " pieces");
	if (p->entries > 1.5) {
		text_add(out, ", begun together ");
		text_add_count(out, (uint64_t)p->entries);
		text_add(out, " times");
	}
	text_add(out, ", ");
	add_ns(out, p->work / p->pieces);
	text_add(out, p->at_least ? " each at most" : " each");
}

void advice_numbers(struct text *out, const struct study *s)
{
	uint32_t largest = advice_largest(s, true);
	double whole = fmax(1, proposal_whole(&s->proposal));
	if (s->advice.worth == WORTH_short)
		return;
	add_percent(out, s->proposal.divided / whole);
	text_add(out, " of the run can be divided");
	if (isfinite(s->ceiling.middle) && s->ceiling.middle < 100)
		text_format(out,
			    ": %.3gx is the most that any number of cores can give (%.3gx to "
			    "%.3gx)",
			    s->ceiling.middle, s->ceiling.low, s->ceiling.high);
	if (largest)
		add_pieces(out, s, largest);
	if (largest && s->proposal.part[largest].entries > 0 && s->prices.barrier.median > 0) {
		text_add(out, "; to begin and end together costs ");
		add_ns(out, 1.5 * s->prices.barrier.median);
		text_add(out, " here each time");
	}
	caches_numbers(out, s);
	text_add_char(out, '.');
}

static void change_yes(struct text *out, const struct study *s)
{
	uint32_t largest = advice_largest(s, true);
	const struct part *p = &s->proposal.part[largest];
	double each = p->pieces ? p->work / p->pieces : 0, least = advice_least_ns(s);
	if (each > 0 && each < least) {
		text_add(out, "Hand its passes out ");
		text_add(out, p->at_least ? "many more than " : "at least ");
		text_add_count(out, (uint64_t)ceil(least / fmax(each, 1)));
		text_add(out, " at a time: a piece should take ");
		add_ns(out, least);
		text_add(out, ". ");
	}
	caches_change(out, s);
	uses_advise(out, &s->uses, largest);
	evidence_settle(out, &p->judgement);
}

static void change_reason(struct text *out, const struct study *s)
{
	switch (s->advice.reason) {
	case ADVICE_waiting:
		text_format(out, "What would change it: %s.",
			    waiting_changes[is_paced(s) ? WAITING_processes : s->waiting.largest]);
		return;
	case ADVICE_memory:
		caches_change(out, s);
		text_add(out,
			 "What would change it: less memory for the same work, such as smaller "
			 "types, or blocks that stay in a cache.");
		return;
	case ADVICE_cores:
		text_add(out, "What would change it: cores of its own instead of hardware "
			      "threads that share one, or a machine with more of them.");
		return;
	case ADVICE_grain:
		text_add(out, "What would change it: more work each time that it begins.");
		return;
	case ADVICE_dependent:
		text_add(out, "What would change it: another algorithm, whose pieces do not need "
			      "each other, or several such runs at once.");
		return;
	case ADVICE_serial:
		text_add(out, "What would change it: larger input, if what can be divided grows "
			      "faster with it than the rest.");
		return;
	default:
		if (s->advice.worth == WORTH_yes || s->advice.worth == WORTH_yes_if)
			change_yes(out, s);
	}
}

void advice_change(struct text *out, const struct study *s)
{
	change_reason(out, s);
	if (s->advice.worth != WORTH_short)
		children_change(out, &s->children, s->facts.wall);
}
