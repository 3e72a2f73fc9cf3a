#include "profiler/piece_rows.h"
#include "profiler/store.h"
#include "profiler/text.h"

#define FEWER 4

struct piece_rows {
	struct store *store;
	struct query *watch, *word;
};

struct piece_rows *piece_rows_open(struct store *store)
{
	struct piece_rows *r = memory_new(1, sizeof(*r));
	r->store = store;
	r->watch =
	    store_query(store, "INSERT INTO piece_watch (pid, time_ns, header, moments, on_ns, "
			       "hits, pieces, piece_ns, piece_squares, piece_max_ns, trap_ns, "
			       "words, words_met) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
			       "?10, ?11, ?12, ?13)");
	r->word = store_query(store, "INSERT INTO piece_word (watch, address, pc, kind, pieces, "
				     "delay) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	return r;
}

static void write_word(struct piece_rows *r, int64_t watch, const struct piece_word *w)
{
	query_bind_int(r->word, 1, watch);
	query_bind_int(r->word, 2, (int64_t)w->address);
	query_bind_int(r->word, 3, (int64_t)w->pc);
	query_bind_text(r->word, 4, piece_kind_name(w->kind));
	query_bind_int(r->word, 5, w->pieces);
	if (w->delays && w->kind == PIECE_CARRIED)
		query_bind_double(r->word, 6, w->delay / w->delays);
	else
		query_bind_null(r->word, 6);
	query_run(r->word);
}

struct piece_times {
	int64_t pieces, ns, max_ns;
	double squares;
};

static struct piece_times times_of(const struct piece_sum *l, uint64_t trap_ns)
{
	struct piece_times t = {0};
	for (size_t i = 0; i < l->intervals && i < PIECE_INTERVALS; i++) {
		uint64_t traps = l->interval[i].traps * trap_ns, ns = l->interval[i].ns;
		ns = ns > traps ? ns - traps : 0;
		t.pieces++;
		t.ns += (int64_t)ns;
		t.squares += (double)ns * (double)ns;
		if ((int64_t)ns > t.max_ns)
			t.max_ns = (int64_t)ns;
	}
	return t;
}

/* Where there are hits of the header alone, and not many fewer, these are timed better. */
static const struct piece_sum *best_of(const struct piece_loop *l)
{
	if (l->bare.hits || l->laden.hits)
		return l->bare.hits && l->bare.hits >= l->laden.hits / FEWER ? &l->bare : &l->laden;
	return l->bare.on_ns > l->laden.on_ns ? &l->bare : &l->laden;
}

static void write_loop(struct piece_rows *r, const struct piece_loop *l, int64_t ns,
		       uint64_t trap_ns)
{
	const struct piece_sum *sum = best_of(l);
	struct piece_times t = times_of(sum, trap_ns);
	int64_t met = 0, on_ns = (int64_t)(sum->on_ns - sum->traps * trap_ns);
	for (size_t i = 0; i < l->words; i++)
		met += l->word[i].pieces >= 2;
	query_bind_int(r->watch, 1, l->process->pid);
	query_bind_int(r->watch, 2, ns);
	query_bind_int(r->watch, 3, (int64_t)l->header);
	query_bind_int(r->watch, 4, l->moments);
	query_bind_int(r->watch, 5, on_ns > t.ns ? on_ns : t.ns);
	query_bind_int(r->watch, 6, (int64_t)sum->hits);
	query_bind_int(r->watch, 7, t.pieces);
	query_bind_int(r->watch, 8, t.ns);
	query_bind_double(r->watch, 9, t.squares);
	query_bind_int(r->watch, 10, t.max_ns);
	query_bind_int(r->watch, 11, (int64_t)trap_ns);
	query_bind_int(r->watch, 12, (int64_t)l->words);
	query_bind_int(r->watch, 13, met);
	query_run(r->watch);
	int64_t id = store_last_id(r->store);
	for (size_t i = 0; i < l->words; i++)
		write_word(r, id, &l->word[i]);
}

void piece_rows_write(struct piece_rows *r, const struct piece_process *p, int64_t ns,
		      uint64_t trap_ns)
{
	for (size_t i = 0; i < p->loops; i++)
		if (p->loop[i]->moments)
			write_loop(r, p->loop[i], ns, trap_ns);
}

void piece_rows_close(struct piece_rows *r)
{
	query_close(r->watch);
	query_close(r->word);
	free(r);
}
