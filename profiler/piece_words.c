#include "profiler/piece_words.h"
#include <stdlib.h>

#define PIECES_MAX 512
#define TIMED_TRAPS 3 /* pieces shorter than so many traps are not timed */

const char *piece_kind_name(enum piece_kind kind)
{
	static const char *const names[] = {[PIECE_UNMET] = "unmet",
					    [PIECE_READ] = "read",
					    [PIECE_OWN] = "own",
					    [PIECE_ACCUMULATED] = "accumulated",
					    [PIECE_CARRIED] = "carried"};
	return names[kind];
}

struct looking {
	const struct piece_moment_events *of;
	uint64_t address;
	uint8_t bytes;
	bool written;	/* by a piece before this one */
	bool any_write; /* by any */
	bool crossed, unknown;
	bool all_own, all_added;
	uint32_t pieces, whole;
	double took[PIECES_MAX]; /* of whole pieces */
	double read_at[PIECES_MAX], write_at[PIECES_MAX];
	size_t reads, writes;
};

static bool is_of(const struct looking *l, const struct piece_event *e)
{
	return !e->begin && e->address < l->address + l->bytes &&
	       l->address < e->address + e->bytes;
}

/* ns from the begin of the piece, traps taken off. */
static double offset(const struct looking *l, size_t begin, size_t at)
{
	const struct piece_event *e = l->of->event;
	double ns = (double)(e[at].time - e[begin].time);
	size_t stops = 0;
	for (size_t i = begin + 1; i <= at; i++) /* a stop may have begun a piece and used a word */
		stops += e[i].time != e[i - 1].time;
	double traps = (double)stops * (double)l->of->trap_ns;
	return ns > traps ? ns - traps : 0;
}

struct piece_use_of {
	size_t begin;
	bool used, read_first, wrote, added, pending;
	uint64_t load_pc; /* of a read that waits for its write */
	size_t last_write, first_read;
};

static void take_use(struct looking *l, struct piece_use_of *p, size_t at)
{
	const struct piece_event *e = &l->of->event[at];
	bool completes = e->writes && !e->reads && p->pending &&
			 l->of->accumulates(l->of->data, p->load_pc, e->pc);
	l->unknown |= !e->known;
	if (!p->used)
		p->read_first = e->reads;
	if (e->reads && !p->wrote && p->first_read == p->begin)
		p->first_read = at;
	if (p->pending && !completes)
		p->added = false; /* what was read went somewhere else */
	if (!p->pending && e->writes && !e->adds)
		p->added = false;
	p->pending = e->reads && !e->writes;
	p->load_pc = e->pc;
	p->used = true;
	p->wrote |= e->writes;
	if (e->writes)
		p->last_write = at;
}

static void take_piece(struct looking *l, size_t begin, size_t end)
{
	struct piece_use_of p = {.begin = begin, .added = true};
	p.first_read = p.last_write = begin;
	if (l->whole < PIECES_MAX)
		l->took[l->whole] = offset(l, begin, end);
	l->whole++;
	for (size_t i = begin + 1; i < end; i++)
		if (is_of(l, &l->of->event[i]))
			take_use(l, &p, i);
	if (!p.used)
		return;
	l->pieces++;
	l->all_own &= !p.read_first;
	l->all_added &= p.added && !p.pending && p.wrote;
	l->crossed |= p.read_first && l->written;
	l->written |= p.wrote;
	if (p.first_read != begin && l->reads < PIECES_MAX)
		l->read_at[l->reads++] = offset(l, begin, p.first_read);
	if (p.wrote && l->writes < PIECES_MAX)
		l->write_at[l->writes++] = offset(l, begin, p.last_write);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double middle(double *value, size_t count)
{
	qsort(value, count, sizeof(*value), by_size);
	return (value[(count - 1) / 2] + value[count / 2]) / 2;
}

static enum piece_kind kind_of(const struct looking *l)
{
	if (!l->pieces || l->unknown)
		return PIECE_UNMET;
	if (!l->written)
		return PIECE_READ;
	if (l->all_own)
		return PIECE_OWN;
	if (l->all_added)
		return PIECE_ACCUMULATED;
	return l->crossed ? PIECE_CARRIED : PIECE_OWN;
}

/* Medians: a piece in which the thread lost its core took very much longer. */
static void time_it(struct looking *l, struct piece_word_seen *seen)
{
	if (seen->kind != PIECE_CARRIED || !l->reads || !l->writes)
		return;
	double took = middle(l->took, l->whole < PIECES_MAX ? l->whole : PIECES_MAX);
	if (took < (double)l->of->trap_ns * TIMED_TRAPS)
		return;
	seen->timed = true;
	seen->delay = (middle(l->write_at, l->writes) - middle(l->read_at, l->reads)) / took;
}

struct piece_word_seen piece_word_look(const struct piece_moment_events *of, uint64_t address,
				       uint8_t bytes)
{
	struct looking l = {
	    .of = of, .address = address, .bytes = bytes, .all_own = true, .all_added = true};
	struct piece_word_seen seen = {PIECE_UNMET, 0, 0, false, 0};
	size_t begin = of->count;
	for (size_t i = 0; i < of->count; i++) {
		if (!of->event[i].begin)
			continue;
		if (begin < i && of->event[begin].time >= of->armed_ns &&
		    of->event[i].time <= of->until_ns)
			take_piece(&l, begin, i);
		begin = i;
	}
	seen.kind = kind_of(&l);
	seen.pieces = l.unknown ? 0 : l.pieces;
	seen.whole = l.whole;
	if (l.whole)
		time_it(&l, &seen);
	return seen;
}
