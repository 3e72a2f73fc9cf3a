#include "reports/page/page_timeline.h"
#include "reports/page/columns.h"
#include "reports/page/page_shortest.h"
#include "reports/page/page_sites.h"
#include "reports/page/page_stacks.h"
#include "reports/path/path_rows.h"

/* Times are rounded to what a run has so many of at most: finer ones cannot be seen, and cost most.
 */
#define GRID (1ll << 24)

enum { TIMELINE_COLUMNS = 8, PATH_COLUMNS = 3 };
enum { COLUMN_SITE = 4 };

/* A row that is held back until the one behind it is known. */
struct held_row {
	int64_t row[TIMELINE_COLUMNS];
	int64_t leader, stack;
	bool held;
};

/* Short tiles of a thread that follow each other, until one that is kept comes. */
struct heap_of_short {
	int64_t begin, end;
	int64_t ns[PAGE_STATE_COUNT];
	struct tile longest;
	int64_t tiles;
};

struct writer {
	const struct graph *graph;
	struct page_stacks *stacks;
	struct columns columns;
	struct page_sites sites;
	struct held_row held;
	struct heap_of_short heap;
	int64_t shortest; /* that is kept */
	int64_t last;	  /* end of the row before, of this thread, in units */
	int64_t unit;	  /* of times, ns */
};

enum page_state page_state_of(enum history_use use, enum history_family family)
{
	static const enum page_state by_use[HISTORY_USE_COUNT] = {
	    [USE_LOCK] = PAGE_STATE_lock,  [USE_IDLE] = PAGE_STATE_idle,
	    [USE_PHASE] = PAGE_STATE_join, [USE_TIMER] = PAGE_STATE_timer,
	    [USE_IO] = PAGE_STATE_io,
	};
	if (family == HISTORY_gil)
		return PAGE_STATE_gil;
	if (family == HISTORY_condition && use == USE_IDLE)
		return PAGE_STATE_condition;
	return family == HISTORY_barrier ? PAGE_STATE_barrier : by_use[use];
}

static enum page_state state_of(const struct history *h, const struct tile *t)
{
	static const enum page_state plain[TILE_STATE_COUNT] = {
	    [TILE_run] = PAGE_STATE_run,       [TILE_ready] = PAGE_STATE_ready,
	    [TILE_lock] = PAGE_STATE_lock,     [TILE_idle] = PAGE_STATE_idle,
	    [TILE_phase] = PAGE_STATE_join,    [TILE_spin] = PAGE_STATE_spin,
	    [TILE_io] = PAGE_STATE_io,	       [TILE_timer] = PAGE_STATE_timer,
	    [TILE_hidden] = PAGE_STATE_hidden,
	};
	if (!tile_is_wait(t->state) || t->object == NOTHING)
		return plain[t->state];
	return page_state_of(h->object[t->object].use, h->object[t->object].family);
}

/* What is of no lock mostly has the stack of what is behind it: that is not said again. */
static void flush_row(struct writer *w, int64_t stack_behind)
{
	struct held_row *held = &w->held;
	bool told = !held->leader && held->stack == stack_behind;
	if (held->held) {
		held->row[COLUMN_SITE] =
		    told ? 0 : page_sites_number(&w->sites, held->leader, held->stack);
		columns_add(&w->columns, held->row);
	}
	held->held = false;
}

static void add_row(struct writer *w, const struct tile *t, enum page_state state, int64_t begin,
		    int64_t end, int64_t weight)
{
	const struct history *h = w->graph->history;
	bool woken = t->wait != NOTHING && t->waker != NOBODY;
	int64_t from = begin / w->unit, to = end / w->unit;
	int64_t stack = page_stacks_number(w->stacks, t->stack);
	flush_row(w, stack);
	w->held = (struct held_row){
	    .row = {state, t->thread, from - w->last, to - from, 0, woken ? t->waker + 1ll : 0,
		    woken && t->woken < end ? (end - t->woken) / w->unit : 0, weight},
	    .leader = t->object == NOTHING ? 0 : h->object[t->object].leader,
	    .stack = stack,
	    .held = true,
	};
	w->last = to;
}

static void flush_heap(struct writer *w)
{
	struct heap_of_short *heap = &w->heap;
	enum page_state most = 0;
	if (!heap->tiles || heap->end - heap->begin < w->shortest) {
		*heap = (struct heap_of_short){0};
		return;
	}
	for (int i = 1; i < PAGE_STATE_COUNT; i++)
		if (heap->ns[i] > heap->ns[most])
			most = i;
	add_row(w, &heap->longest, most, heap->begin, heap->end, heap->tiles);
	*heap = (struct heap_of_short){0};
}

static void add_tile(struct writer *w, const struct tile *t)
{
	struct heap_of_short *heap = &w->heap;
	enum page_state state = state_of(w->graph->history, t);
	int64_t ns = t->end - t->begin;
	bool runs = state == PAGE_STATE_run;
	if (ns >= w->shortest || (runs && !heap->tiles)) {
		flush_heap(w);
		if (!runs)
			add_row(w, t, state, t->begin, t->end, 1);
		return;
	}
	if (!heap->tiles)
		heap->begin = t->begin;
	if (!heap->tiles || ns > heap->longest.end - heap->longest.begin)
		heap->longest = *t;
	heap->tiles++;
	heap->end = t->end;
	heap->ns[state] += ns;
}

/* Rows too short to be seen are left out. */
static void make_path(struct text *out, const struct path_rows *path, int64_t shortest)
{
	struct columns columns;
	columns_begin(&columns, "++.");
	for (size_t i = 0; i < path->count; i++) {
		const struct path_row *r = &path->row[i];
		if (r->end - r->begin >= shortest)
			columns_add(&columns, (const int64_t[PATH_COLUMNS]){r->thread, r->begin,
									    r->end - r->begin});
	}
	columns_end(&columns, out);
}

static void add_thread(struct writer *w, uint32_t thread)
{
	struct tile_walk walk;
	struct tile tile;
	w->last = w->graph->history->thread[thread].begin / w->unit;
	for (tile_start(&walk, w->graph, thread); tile_next(&walk, &tile);)
		add_tile(w, &tile);
	flush_heap(w);
	flush_row(w, -1);
}

void page_timeline_make(struct page_timeline *t, const struct graph *g,
			const struct path_rows *path, struct page_stacks *stacks, int64_t most)
{
	struct writer w = {.graph = g, .stacks = stacks, .unit = 1};
	while (g->history->end_ns / w.unit > GRID)
		w.unit *= 2;
	*t = (struct page_timeline){.unit_ns = w.unit};
	w.shortest = page_shortest(g, most, &t->tiles);
	columns_begin(&w.columns, "#+......");
	page_sites_begin(&w.sites);
	for (size_t i = 0; i < g->history->threads; i++)
		add_thread(&w, (uint32_t)i);
	t->rows = (int64_t)w.columns.rows;
	t->merged_below_ns = w.shortest;
	columns_end(&w.columns, &t->intervals);
	page_sites_end(&w.sites, &t->sites);
	make_path(&t->path, path, w.shortest);
}

void page_timeline_free(struct page_timeline *t)
{
	text_free(&t->intervals);
	text_free(&t->sites);
	text_free(&t->path);
}
