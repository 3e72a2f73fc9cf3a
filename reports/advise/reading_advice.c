#include "reports/advise/reading_advice.h"
#include "profiler/store.h"
#include "reports/advise/evidence.h"
#include "reports/advise/say.h"
#include "reports/advise/say_caches.h"
#include "reports/advise/study.h"
#include "reports/fit/interval.h"
#include <math.h>

#define CEILING_MOST 1e6 /* stands for: there is none */

/* Binds the next parameter. */
struct binder {
	struct query *query;
	int next;
};

static void add_int(struct binder *b, double value)
{
	query_bind_int(b->query, b->next++, (int64_t)value);
}

static void add_real(struct binder *b, double value)
{
	query_bind_double(b->query, b->next++, isfinite(value) ? value : CEILING_MOST);
}

static void add_text(struct binder *b, const char *value)
{
	query_bind_text(b->query, b->next++, value);
}

/* NULL unless it is known. */
static void add_known(struct binder *b, double value, bool known)
{
	if (known)
		add_real(b, value);
	else
		query_bind_null(b->query, b->next++);
}

static void add_known_int(struct binder *b, double value, bool known)
{
	if (known)
		add_int(b, value);
	else
		query_bind_null(b->query, b->next++);
}

static void add_words(struct binder *b, void say(struct text *, const struct study *),
		      const struct study *s)
{
	struct text words = {0};
	say(&words, s);
	add_text(b, text_string(&words));
	text_free(&words);
}

static void add_estimate(struct binder *b, const struct estimate *e)
{
	add_real(b, e->low);
	add_real(b, e->middle);
	add_real(b, e->high);
}

static int write_advice(struct store *store, const struct study *s)
{
	const struct advice_case *c = &s->facts;
	struct binder b = {store_query(store,
				       "INSERT INTO reading_advice VALUES (?, ?, ?, ?, ?, ?, "
				       "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
			   1};
	add_text(&b, worth_words[s->advice.worth]);
	add_text(&b, advice_reason_words[s->advice.reason]);
	add_real(&b, c->cpus);
	add_estimate(&b, &c->estimate);
	add_estimate(&b, &s->ceiling);
	add_int(&b, c->wall);
	add_int(&b, s->alone.ns[TILE_run]);
	add_int(&b, c->waiting);
	add_int(&b, c->several);
	add_int(&b, s->samples);
	add_real(&b, s->proposal.divided / fmax(1, proposal_whole(&s->proposal)));
	add_real(&b, c->dependent);
	add_real(&b, c->unknown);
	add_real(&b, c->without_memory);
	add_real(&b, c->without_costs);
	add_real(&b, c->without_sharing);
	add_words(&b, advice_sentence, s);
	add_words(&b, advice_numbers, s);
	add_words(&b, advice_change, s);
	int result = query_run(b.query);
	query_close(b.query);
	return result;
}

static int write_estimates(struct store *store, const struct study *s)
{
	struct query *q =
	    store_query(store, "INSERT INTO reading_advice_estimate VALUES (?, ?, ?, ?, ?)");
	int result = 0;
	for (int i = 0; i < s->estimates && !result; i++) {
		struct binder b = {q, 1};
		add_real(&b, s->estimate[i].threads);
		add_int(&b, s->estimate[i].threads > s->facts.cpus);
		add_estimate(&b, &s->estimate[i]);
		result = query_run(q);
	}
	query_close(q);
	return result;
}

static int level_of(const struct study *s, uint32_t i)
{
	int level = 0;
	for (i = s->regions.region[i].parent; i; i = s->regions.region[i].parent)
		level++;
	return level;
}

static void add_place(struct binder *b, const struct study *s, const struct region *r)
{
	const struct code_function *f = NULL;
	const struct loop_fact *l = NULL;
	if (r->kind == REGION_LOOP) {
		l = &s->codes.loop[r->key];
		f = l->function != CODE_NONE ? &s->codes.function[l->function] : NULL;
	} else {
		f = &s->codes.function[r->key];
	}
	add_text(b, l && l->name ? l->name : f ? f->name : NULL);
	add_text(b, l ? l->file : f->file);
	add_known(b, l ? (double)l->line : (double)f->line, l ? l->line > 0 : f->line > 0);
	add_known(b, l ? (double)l->line_last : 0, l && l->line_last > 0);
	add_text(b, l ? l->place : NULL);
}

static void add_share(struct binder *b, double part, double all)
{
	struct interval share = interval_share(part, all);
	add_real(b, share.middle);
	add_real(b, share.low);
	add_real(b, share.high);
}

static void add_pieces(struct binder *b, const struct study *s, const struct part *p,
		       const struct region *r)
{
	const struct loop_fact *l = r->kind == REGION_LOOP ? &s->codes.loop[r->key] : NULL;
	bool known = p->pieces > 0;
	double mean = known ? p->work / p->pieces : 0;
	double variance =
	    known ? l->piece_squares / l->pieces - pow(l->piece_ns / l->pieces, 2) : 0;
	add_known(b, p->pieces, known);
	add_int(b, p->at_least);
	add_known(b, mean, known);
	/* What takes as long as a trap is not timed well enough. */
	add_known(b, sqrt(fmax(0, variance)) / fmax(1, mean), known && mean > 2 * l->trap_ns);
	add_known(b, p->longest, known);
	add_known(b, p->entries, p->entries > 0);
}

static void add_evidence(struct binder *b, const struct study *s, const struct part *p,
			 const struct region *r)
{
	static const struct loop_words none;
	const struct loop_words *w = r->kind == REGION_LOOP ? &s->codes.loop[r->key].words : &none;
	struct text words = {0};
	add_int(b, w->watched);
	add_int(b, w->met);
	add_int(b, w->read);
	add_int(b, w->own);
	add_int(b, w->accumulated);
	add_int(b, w->carried);
	add_text(b, w->carried_name);
	evidence_say(&words, &s->codes, r, &p->judgement);
	evidence_calls(&words, &s->codes, &s->regions, p->region);
	caches_evidence(&words, s, p->region);
	uses_say(&words, &s->uses, p->region, p->work);
	add_text(b, text_string(&words));
	text_free(&words);
}

static void add_footprint(struct binder *b, const struct study *s, const struct footprint *f)
{
	struct overflow o = cache_first_overflow(&s->prices.caches, f);
	bool known = f->private_bytes + f->shared_bytes > 0;
	add_known_int(b, f->private_bytes, known);
	add_known_int(b, f->shared_bytes, known);
	add_text(b, o.level ? o.level->name : NULL);
	add_known_int(b, o.threads, o.level != NULL);
	add_known_int(b, o.need, o.level != NULL);
}

static int write_part(struct query *q, const struct study *s, uint32_t i)
{
	static const char *const kinds[] = {"run", "loop", "recursion"};
	const struct region *r = &s->regions.region[i];
	const struct part *p = &s->proposal.part[i];
	double least = advice_least_ns(s), mean = p->pieces > 0 ? p->work / p->pieces : 0;
	struct binder b = {q, 1};
	add_int(&b, i);
	add_int(&b, r->parent);
	add_int(&b, level_of(s, i));
	add_text(&b, kinds[r->kind]);
	add_int(&b, p->divided);
	add_place(&b, s, r);
	add_share(&b, r->total, s->samples);
	add_real(&b, r->kernel / fmax(1e-9, r->total));
	add_pieces(&b, s, p, r);
	add_real(&b, p->alone);
	add_text(&b, independence_names[p->judgement.is]);
	add_text(&b, judge_reason_names[p->judgement.reason]);
	add_real(&b, p->judgement.bound);
	add_real(&b, p->memory);
	add_real(&b, least);
	add_known(&b, ceil(least / fmax(1, mean)), mean > 0);
	add_evidence(&b, s, p, r);
	add_footprint(&b, s, &r->footprint);
	return query_run(q);
}

static int write_parts(struct store *store, const struct study *s)
{
	struct query *q = store_query(
	    store,
	    "INSERT INTO reading_advice_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int result = 0;
	for (uint32_t i = 1; i < s->regions.count && !result; i++)
		if (s->regions.region[i].total >= PART_LEAST * s->samples)
			result = write_part(q, s, i);
	query_close(q);
	return result;
}

static int write_use(struct query *q, const struct study *s, const struct use *t, size_t position)
{
	const struct thing *thing = &s->uses.thing[t->thing];
	struct binder b = {q, 1};
	add_int(&b, t->region);
	add_int(&b, (double)position);
	add_text(&b, use_kind_name(thing->kind));
	add_known(&b, (double)thing->lock, thing->lock);
	add_text(&b, thing->name);
	add_text(&b, thing->place);
	add_int(&b, t->at_most);
	add_known(&b, t->calls, !thing->state);
	add_known(&b, fmin(1, t->hold_ns / fmax(1, s->proposal.part[t->region].work)),
		  t->hold_ns > 0);
	add_known(&b, t->bytes, t->bytes > 0);
	add_known(&b, t->share, thing->state);
	add_text(&b, thing->state ? thing->state->remedy : NULL);
	return query_run(q);
}

static int write_uses(struct store *store, const struct study *s)
{
	struct query *q = store_query(store, "INSERT INTO reading_advice_use VALUES (?, ?, ?, ?, "
					     "?, ?, ?, ?, ?, ?, ?, ?)");
	int result = 0;
	for (size_t i = 0; i < s->uses.count && !result; i++)
		result = write_use(q, s, &s->uses.use[i], i);
	query_close(q);
	return result;
}

int reading_advice(struct store *store, const struct graph *graph)
{
	struct study s;
	int result = study_make(&s, store, graph);
	if (!result && !(result = store_begin(store))) {
		result = write_advice(store, &s) || write_estimates(store, &s) ||
			 write_parts(store, &s) || write_uses(store, &s) ||
			 waiting_write(&s.waiting, store, s.facts.wall) ||
			 children_write(&s.children, store, s.facts.wall);
		result = store_commit(store) || result ? -1 : 0;
	}
	study_free(&s);
	return result;
}
