#include "reports/advise/judge.h"
#include "reports/advise/handed.h"
#include <math.h>
#include <stdbool.h>

#define WORDS_FEW 3	 /* fewer that were watched say nothing */
#define STATE_WORDS 4	 /* so many different ones are a state, not data */
#define HANDED_SHARE 0.2 /* of the watched words: as many are data that passes hand on */
#define PAGES_HANDED 4	 /* fewer may be met by chance */
#define PAGES_SHARE 0.3	 /* of those that are written */
#define PAGES_TELLING 16
#define PAGES_STRAY 0.03
#define CALLS_STRAY 0.1	 /* of the blocks that calls hand on, and of the reads: at borders */
#define CALLS_STATE 8	 /* one block that goes from call to call so often is no border */
#define CALLS_USUAL 0.25 /* if fewer were apart in a table that all share, that tells nothing */
#define PASS_SHORT_NS 20000
#define LOCKED_LITTLE 0.1
#define LOCKED_MOST 0.9
#define BOUND_MOST 0.5 /* a larger part of it in a row leaves nothing worth while */

const char *const independence_names[] = {
#define X(name, words) #name,
    INDEPENDENCES(X)
#undef X
};
const char *const judge_reason_names[] = {
#define X(name) #name,
    JUDGE_REASONS(X)
#undef X
};

static struct judgement of_instructions(const struct loop_fact *l)
{
	struct judgement j = {INDEPENDENCE_unknown, REASON_nothing, 0};
	if (l->recurrence < 0)
		return j;
	j.bound = l->recurrence;
	j.reason = l->carry == CARRY_chase	  ? REASON_chase
		   : l->carry == CARRY_recurrence ? REASON_recurrence
						  : REASON_registers;
	if (j.bound > BOUND_MOST)
		j.is = INDEPENDENCE_dependent;
	else if (j.reason == REASON_registers && !l->calls && !l->outer)
		j.is = INDEPENDENCE_seen; /* what it does to memory is small */
	return j;
}

static struct judgement of_carried(const struct loop_words *w, struct judgement j)
{
	double share = (double)w->carried / w->watched;
	bool state = w->carried_apart <= STATE_WORDS;
	double bound = w->delay >= 0 ? w->delay : share > BOUND_MOST ? 1 : 0;
	j.reason = state ? REASON_state : REASON_handed_on;
	if (!state && share >= HANDED_SHARE)
		bound = 1;
	j.bound = bound > j.bound ? bound : j.bound;
	j.is = j.bound > BOUND_MOST ? INDEPENDENCE_dependent : INDEPENDENCE_unknown;
	return j;
}

struct judgement judge_loop(const struct loop_fact *l)
{
	struct judgement j = of_instructions(l);
	const struct loop_words *w = &l->words;
	if (l->marked)
		return (struct judgement){INDEPENDENCE_said, REASON_marked, 0};
	if (j.is == INDEPENDENCE_dependent || w->watched < WORDS_FEW)
		return j;
	if (w->carried)
		return of_carried(w, j);
	if (j.bound > 0) /* a state that is kept in registers */
		return j;
	j.is = INDEPENDENCE_seen;
	j.reason = w->accumulated ? REASON_sums : REASON_apart;
	return j;
}

/* Where neither instructions nor words tell. A pass so short hardly has pages of scratch memory of
 * its own that it writes anew before it reads them. */
static struct judgement of_pages(const struct loop_fact *l, const struct region *r,
				 struct judgement j)
{
	/* Of memory that is hardly ever met twice nobody knows that it was not read. */
	double piece = l->pieces ? l->piece_ns / l->pieces : INFINITY;
	if (r->pages_handed >= PAGES_HANDED && piece < PASS_SHORT_NS &&
	    r->pages_handed >= PAGES_SHARE * r->pages_written)
		return (struct judgement){INDEPENDENCE_dependent, REASON_pages, 1};
	if (r->pages_written >= PAGES_TELLING && r->pages_again >= PAGES_TELLING &&
	    r->pages_handed <= PAGES_STRAY * r->pages_written) {
		j.is = INDEPENDENCE_seen;
		j.reason = REASON_pages_apart;
	}
	return j;
}

/* Threads take turns: what passes do besides can overlap. */
static struct judgement of_locks(const struct region *r, struct judgement j)
{
	if (r->locked <= fmax(j.bound, LOCKED_LITTLE))
		return j;
	j.bound = r->locked;
	j.reason = REASON_locked;
	if (j.bound > LOCKED_MOST)
		j.is = INDEPENDENCE_dependent;
	return j;
}

/* Nothing makes them surely dependent: a block that siblings use may be written anew by each. Many
 * reads of few blocks are a state, or a place in a text that all move on. */
static struct judgement of_calls(const struct handed *h)
{
	struct judgement j = {INDEPENDENCE_unknown, REASON_recursion, 0};
	uint32_t again = h->kept + h->apart, reads = h->reads_kept + h->reads_apart;
	bool stray = h->apart <= CALLS_STRAY * again && h->reads_apart <= CALLS_STRAY * reads &&
		     h->most_apart < CALLS_STATE;
	if (h->state) {
		j.reason = REASON_calls_state;
	} else if (h->alike) {
		j.reason = REASON_calls_alike;
	} else if (!stray && h->reads_apart >= PAGES_HANDED) {
		j.reason = REASON_calls_share;
	} else if (stray && again >= HANDED_TELLING && h->apart_usual >= CALLS_USUAL) {
		j.is = INDEPENDENCE_seen;
		j.reason = REASON_calls_apart;
	}
	return j;
}

struct judgement judge_region(const struct codes *c, const struct region *r)
{
	if (r->kind != REGION_LOOP)
		return of_locks(r, of_calls(&r->handed));
	const struct loop_fact *l = &c->loop[r->key];
	struct judgement j = judge_loop(l);
	bool open = j.is == INDEPENDENCE_unknown && j.bound <= 0 &&
		    (j.reason == REASON_nothing || j.reason == REASON_registers);
	return of_locks(r, open ? of_pages(l, r, j) : j);
}
