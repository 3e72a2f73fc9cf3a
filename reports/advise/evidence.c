#include "reports/advise/evidence.h"

#define KERNEL_MUCH 0.05 /* of its time */

static void add_words(struct text *out, const struct loop_words *w)
{
	text_format(out, "of %u words of memory that were watched over several passes ",
		    w->watched);
	const struct {
		uint32_t count;
		const char *words;
	} kinds[] = {
	    {w->read, "only read"},
	    {w->own, "each pass's own"},
	    {w->accumulated, "summed up"},
	    {w->carried, "handed on"},
	    {w->watched - w->met, "used by one pass only"},
	};
	bool first = true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!kinds[i].count)
			continue;
		text_format(out, "%s%u %s %s", first ? "" : ", ", kinds[i].count,
			    kinds[i].count == 1 ? "was" : "were", kinds[i].words);
		first = false;
	}
}

static void add_carried(struct text *out, const struct loop_words *w)
{
	if (w->carried_name)
		text_format(out, " (%s)", w->carried_name);
}

static void add_bound(struct text *out, double bound)
{
	if (bound > 0.005)
		text_format(out, ", for %.0f %% of a pass's time", 100 * bound);
}

static void say_calls(struct text *out, const struct handed *h, const struct judgement *j)
{
	uint32_t handed = h->kept + h->apart, kib = h->block_bytes / 1024;
	if (j->reason == REASON_calls_share)
		text_format(out,
			    "calls read what calls beside them wrote: of %u reads of what other "
			    "calls wrote, that samples met, %u, in %u of %u blocks of %u KiB",
			    h->reads_kept + h->reads_apart, h->reads_apart, h->apart, handed, kib);
	else
		text_format(out,
			    "calls read what was written by those that called them or that they "
			    "called, not by those beside them: of %u blocks of %u KiB that samples "
			    "saw handed on all but %u",
			    handed, kib, h->apart);
}

static void say_state(struct text *out, const struct code_variable *v)
{
	text_format(out, "calls read and change a variable that all of them have%s%s",
		    v->name ? ": " : "", v->name ? v->name : "");
}

static void say_pages(struct text *out, const struct region *r, const struct judgement *j)
{
	if (j->reason == REASON_pages)
		text_format(out,
			    "passes are short, and read pages that others wrote: %u of %u pages "
			    "that samples met",
			    r->pages_handed, r->pages_written);
	else
		text_format(out,
			    "passes hand nothing on in registers, and of %u pages that samples "
			    "saw them write %u were read in it again",
			    r->pages_written, r->pages_handed);
}

/* What is said of a reason; behind it, which word was carried, for how much of a pass, and what was
 * watched. */
static const struct reason_words {
	const char *words;
	bool carried, bound, watched;
} reasons[REASON_COUNT] = {
    [REASON_nothing] = {"nobody could look: its passes were not watched, and its instructions do "
			"not tell"},
    [REASON_marked] = {"the program marks its passes as tasks of their own"},
    [REASON_recursion] =
	{"a function that calls itself in several places: too few samples met memory twice "
	 "to tell whether those calls need each other"},
    [REASON_calls_alike] =
	{"a function that calls itself in a loop: samples cannot tell which of those calls "
	 "used what"},
    [REASON_recurrence] = {"each pass needs what the one before computed, in a register",
			   .bound = true},
    [REASON_chase] = {"each pass follows a pointer that the one before read", .bound = true},
    [REASON_handed_on] = {"passes read what earlier ones wrote", .carried = true, .watched = true},
    [REASON_state] = {"passes share a state that each one changes", true, true, true},
    [REASON_locked] = {"passes take turns in a lock that they hold", .bound = true},
    [REASON_sums] = {"all that passes share are sums, of which each thread can have its own",
		     .watched = true},
    [REASON_apart] = {"no pass was seen to read what another one wrote", .watched = true},
    [REASON_registers] = {"passes hand nothing on in registers, or a sum only; no words of memory "
			  "could be watched"},
};

void evidence_say(struct text *out, const struct codes *c, const struct region *r,
		  const struct judgement *j)
{
	const struct reason_words *reason = &reasons[j->reason];
	const struct loop_words *w = r->kind == REGION_LOOP ? &c->loop[r->key].words : NULL;
	if (j->reason == REASON_calls_state)
		say_state(out, r->handed.state);
	else if (!reason->words && r->kind == REGION_RECURSION)
		say_calls(out, &r->handed, j);
	else if (!reason->words)
		say_pages(out, r, j);
	if (!reason->words)
		return;
	text_add(out, reason->words);
	if (reason->carried && w)
		add_carried(out, w);
	if (reason->bound)
		add_bound(out, j->bound);
	if (reason->watched && w) {
		text_add(out, ": ");
		add_words(out, w);
	}
}

void evidence_settle(struct text *out, const struct judgement *j)
{
	if (j->is == INDEPENDENCE_said || j->is == INDEPENDENCE_dependent)
		return;
	if (j->reason == REASON_state || j->reason == REASON_calls_state)
		text_add(out, "It is, when each thread can have a state of its own, as random "
			      "generators and buffers can.");
	else if (j->is == INDEPENDENCE_unknown)
		text_format(out,
			    "What would settle it: marks around its pieces (parprof.h), if you "
			    "know that they are independent; or the program run with its passes in "
			    "another order, and the same result%s.",
			    j->reason == REASON_recursion ? "; or more samples (--sample=4000)"
							  : "");
}

void evidence_calls(struct text *out, const struct codes *c, const struct regions *r,
		    uint32_t region)
{
	const struct region *one = &r->region[region];
	double part, share = one->total > 0 ? one->kernel / one->total : 0;
	uint32_t caller = regions_caller(r, region, &part);
	if (share < KERNEL_MUCH || caller >= c->functions || !c->function[caller].name)
		return;
	const struct code_function *f = &c->function[caller];
	text_format(out, "; %.0f %% of its time is in the kernel, %.0f %% of that %s %s",
		    100 * share, 100 * part,
		    f->runtime ? "called by" : "for pages that were new, or calls, in", f->name);
}
