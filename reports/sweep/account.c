#include "reports/sweep/account.h"
#include "reports/sweep/balance.h"
#include "reports/sweep/blame_rows.h"
#include "reports/sweep/knot.h"
#include "reports/sweep/lanes.h"
#include "reports/sweep/parts.h"
#include "reports/sweep/source.h"
#include "reports/sweep/turn.h"

const char *const account_part_words[PART_COUNT] = {
#define X(name, word) word,
    ACCOUNT_PARTS(X)
#undef X
};
const char *const account_cause_words[ROOT_COUNT] = {
#define X(name, word) word,
    ACCOUNT_CAUSES(X)
#undef X
};

static void run(struct pass *p)
{
	size_t threads = p->history->threads, slot;
	int64_t time;

	for (;;) {
		slot = tournament_first(&p->next, &time);
		if (time == TOURNAMENT_NEVER)
			break;
		shares_advance(p, time);
		if (slot < threads)
			turn(p, &p->actor[slot]);
		else
			source_turn(p, slot - threads);
	}
	lone_settle(p);
}

/* From the first thread's begin to the last one's end: no thread is the program's before it starts.
 */
static int64_t lived_ns(const struct history *h, int64_t *begin)
{
	int64_t end = 0;

	*begin = h->threads ? h->thread[0].begin : 0;
	for (size_t i = 0; i < h->threads; i++) {
		*begin = h->thread[i].begin < *begin ? h->thread[i].begin : *begin;
		end = h->thread[i].end > end ? h->thread[i].end : end;
	}
	return h->threads ? end - *begin : 0;
}

static void open_results(struct account *out, const struct history *h)
{
	struct lanes lanes = lanes_of(h);
	size_t threads = h->threads;

	*out = (struct account){.lanes = lanes.count,
				.waits_progress = lanes.waits_progress,
				.peak_threads = lanes.peak,
				.wall_ns = h->end_ns,
				.threads = threads,
				.counts = threads + 2};
	out->state_ns = memory_new(threads + 1, sizeof(*out->state_ns));
	out->criticality_ns = memory_new(threads + 1, sizeof(*out->criticality_ns));
	out->running_ns = memory_new(out->counts, sizeof(*out->running_ns));
	out->progress_ns = memory_new(out->counts, sizeof(*out->progress_ns));
}

static void open_threads(struct pass *p)
{
	const struct history *h = p->history;

	p->actor = memory_new(h->threads + 1, sizeof(*p->actor));
	p->source = memory_new(h->threads + 1, sizeof(*p->source));
	p->free_source = memory_new(h->threads + 1, sizeof(*p->free_source));
	tournament_open(&p->next, 2 * h->threads, h->end_ns);
	for (uint32_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		span_start(&p->actor[i].walk, p->graph, i, p->out->state_ns[i]);
		tournament_set(&p->next, i, t->created > 0 ? t->created : t->begin);
		p->free_source[p->free_sources++] = i;
	}
}

static void open_pass(struct pass *p, struct account *out, const struct graph *graph)
{
	size_t objects = graph->history->objects;

	*p = (struct pass){.graph = graph, .history = graph->history, .out = out};
	out->wall_ns = lived_ns(graph->history, &p->now);
	p->shares = (struct shares){.lanes = (int64_t)out->lanes * SPAN_WHOLE,
				    .outside_counts = out->waits_progress,
				    .gone_group = NOTHING,
				    .idle_group = NOTHING,
				    .lock_group = NOTHING,
				    .lone = {.thread = NOBODY}};
	p->node = memory_new(objects + 1, sizeof(*p->node));
	for (size_t i = 0; i < objects; i++)
		p->node[i] = (struct node){NOTHING, NOTHING, NOTHING};
	p->loss = memory_new(objects + 1, sizeof(*p->loss));
	hash_init(&p->rows, sizeof(int64_t));
	hash_init(&p->serials, sizeof(uint32_t));
	hash_init(&p->edges, sizeof(int64_t));
	balances_open(p);
	open_threads(p);
}

static void close_pass(struct pass *p)
{
	balances_close(p);
	hash_free(&p->serials);
	hash_free(&p->edges);
	tournament_close(&p->next);
	free(p->actor);
	free(p->source);
	free(p->free_source);
	free(p->node);
	free(p->loss);
}

void account_make(struct account *out, const struct graph *graph, int64_t overhead_ns)
{
	struct pass p;

	open_results(out, graph->history);
	open_pass(&p, out, graph);
	run(&p);
	rows_close(&p);
	parts_make(&p, overhead_ns);
	knots_find(&p);
	close_pass(&p);
}

void account_free(struct account *s)
{
	free(s->state_ns);
	free(s->criticality_ns);
	free(s->running_ns);
	free(s->progress_ns);
	free(s->part);
	free(s->blame);
	free(s->serial);
	free(s->balance);
	free(s->knot);
	*s = (struct account){0};
}
