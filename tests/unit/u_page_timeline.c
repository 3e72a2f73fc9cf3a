/* The timeline of a page: rows and the gaps between them are the threads' lives, merged or not. */
#include "reports/page/page_timeline.h"
#include "reports/graph/history.h"
#include "reports/page/page_stacks.h"
#include "reports/path/path_rows.h"
#include "tests/unit/history_random.h"
#include "tests/unit/history_text.h"
#include "tests/unit/read_columns.h"
#include "tests/unit/unit.h"
#include <stdlib.h>

enum { THREADS = 3, WAITS = 200, LONG_EACH = 20, SHORT_NS = 50, LONG_NS = 5000, STEP_NS = 10000 };
enum { STATE, THREAD, GAP, DURATION, SITE, WAKER, WOKEN, WEIGHT, COLUMNS };
enum { LEADER, STACK, SITE_COLUMNS };

/* Each thread waits so often for a lock, each so many-th time long. */
static void make_history(struct history *h)
{
	*h = (struct history){.cores = 2};
	struct history_object *o = history_add_object(h, HISTORY_mutex, "mu");
	o->leader = 7;
	for (uint32_t t = 0; t < THREADS; t++) {
		struct history_thread *thread = history_add_thread(h, "worker");
		thread->begin = 100 * t;
		thread->end = 100 * t + WAITS * STEP_NS + 17;
		thread->id = t + 1;
		for (int i = 0; i < WAITS; i++) {
			struct history_wait *w = history_add_wait(h);
			w->thread = t;
			w->object = 0;
			w->begin = thread->begin + i * STEP_NS + 5;
			w->end = w->woken = w->begin + (i % LONG_EACH ? SHORT_NS : LONG_NS);
			w->stack = 3;
		}
	}
	history_sort(h);
}

struct made {
	struct history history;
	struct graph graph;
	struct page_stacks stacks;
	struct page_timeline timeline;
	int64_t *cell;
	size_t rows;
};

/* Of the history that m has. */
static void make_of(struct made *m, int64_t most)
{
	graph_make(&m->graph, &m->history);
	page_stacks_begin(&m->stacks);
	page_timeline_make(&m->timeline, &m->graph, &(struct path_rows){0}, &m->stacks, most);
	m->cell = read_columns(&m->timeline.intervals, "#+......", &m->rows);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m->cell);
	CU_ASSERT_EQUAL(m->rows, m->timeline.rows);
}

static void make(struct made *m, int64_t most)
{
	*m = (struct made){0};
	make_history(&m->history);
	make_of(m, most);
}

static void unmake(struct made *m)
{
	free(m->cell);
	page_timeline_free(&m->timeline);
	page_stacks_end(&m->stacks);
	graph_free(&m->graph);
	history_free(&m->history);
}

/* None of negative length, none beyond its thread's life. */
static void check(const struct made *m)
{
	int64_t at[THREADS] = {0};
	for (size_t i = 0; i < m->rows; i++) {
		const int64_t *row = &m->cell[i * COLUMNS];
		CU_ASSERT(row[GAP] >= 0 && row[DURATION] >= 0);
		at[row[THREAD]] += row[GAP] + row[DURATION];
	}
	for (int t = 0; t < THREADS; t++)
		CU_ASSERT(at[t] * m->timeline.unit_ns <= WAITS * STEP_NS + 17);
}

TEST(page_timeline, few_intervals_are_rows_of_their_own)
{
	struct made m;
	make(&m, 10000);
	check(&m);
	CU_ASSERT_EQUAL(m.rows, THREADS * WAITS);
	CU_ASSERT_EQUAL(m.timeline.merged_below_ns, 0);
	CU_ASSERT_EQUAL(m.timeline.unit_ns, 1);
	CU_ASSERT_EQUAL(m.cell[GAP], 5);
	CU_ASSERT_EQUAL(m.cell[DURATION], LONG_NS);
	CU_ASSERT_EQUAL(m.cell[STATE], PAGE_STATE_lock);
	size_t sites;
	int64_t *site = read_columns(&m.timeline.sites, "++", &sites);
	CU_ASSERT_PTR_NOT_NULL_FATAL(site);
	CU_ASSERT_EQUAL(sites, 1);
	CU_ASSERT_EQUAL(m.cell[SITE], 1);
	CU_ASSERT_EQUAL(site[LEADER], 7);
	CU_ASSERT_EQUAL(site[STACK], 1); /* the first that was used */
	free(site);
	unmake(&m);
}

TEST(page_timeline, beyond_what_is_asked_for_the_shortest_are_merged)
{
	struct made m;
	size_t kept = 0;
	make(&m, 100);
	check(&m);
	CU_ASSERT_EQUAL(m.rows, THREADS * WAITS / LONG_EACH);
	CU_ASSERT(m.timeline.merged_below_ns > SHORT_NS && m.timeline.merged_below_ns <= LONG_NS);
	for (size_t i = 0; i < m.rows; i++)
		kept +=
		    m.cell[i * COLUMNS + DURATION] == LONG_NS && m.cell[i * COLUMNS + WEIGHT] == 1;
	CU_ASSERT_EQUAL(kept, m.rows);
	unmake(&m);
	make(&m, THREADS); /* too few for all long ones: each thread is one */
	check(&m);
	CU_ASSERT_EQUAL(m.rows, THREADS);
	CU_ASSERT(m.cell[WEIGHT] > WAITS);
	unmake(&m);
}

/* Of a row its leader and stack, as the page finds them: 0 is where the row behind it is. */
static void find_place(const struct made *m, const int64_t *sites, size_t count, size_t row,
		       int64_t place[SITE_COLUMNS])
{
	size_t from = row;
	while (m->cell[from * COLUMNS + SITE] == 0) {
		from++;
		CU_ASSERT_FATAL(from < m->rows && m->cell[from * COLUMNS + THREAD] ==
						      m->cell[row * COLUMNS + THREAD]);
	}
	size_t site = (size_t)m->cell[from * COLUMNS + SITE] - 1;
	CU_ASSERT_FATAL(site < count);
	place[LEADER] = from == row ? sites[site * SITE_COLUMNS + LEADER] : 0;
	place[STACK] = sites[site * SITE_COLUMNS + STACK];
}

/* Where each row is, is where its tile was; returns how many rows did not need to say it. */
static size_t check_places(struct made *m)
{
	size_t row = 0, untold = 0, count;
	int64_t *sites = read_columns(&m->timeline.sites, "++", &count), place[SITE_COLUMNS];
	CU_ASSERT_PTR_NOT_NULL_FATAL(sites);
	for (uint32_t thread = 0; thread < m->history.threads; thread++) {
		struct tile_walk walk;
		struct tile t;
		for (tile_start(&walk, &m->graph, thread); tile_next(&walk, &t);) {
			if (t.state == TILE_run)
				continue;
			CU_ASSERT_FATAL(row < m->rows);
			CU_ASSERT_EQUAL(m->cell[row * COLUMNS + THREAD], thread);
			find_place(m, sites, count, row, place);
			CU_ASSERT_EQUAL(place[LEADER], t.object == NOTHING
							   ? 0
							   : m->history.object[t.object].leader);
			CU_ASSERT_EQUAL(place[STACK], page_stacks_number(&m->stacks, t.stack));
			untold += !m->cell[row++ * COLUMNS + SITE];
		}
	}
	CU_ASSERT_EQUAL(row, m->rows);
	free(sites);
	return untold;
}

TEST(page_timeline, what_is_of_no_lock_is_where_the_row_behind_it_is)
{
	/* sites: 1 lock 1 at 5, 2 lock 1 at 6, 3 none at 7, 4 none nowhere */
	static const int64_t site[] = {0, 1, 0, 0, 2, 3, 1, 4, 4, 1, 1, 0, 3};
	struct made m = {0};
	history_from_text(&m.history, "end 200\n"
				      "thread a 0 200\nthread b 0 200\nthread c 0 200\n"
				      "object L mutex\nobject sleep timer\n"
				      "off a 10 20\nwait a L 30 40 at 5\n"
				      "off a 50 55\noff a 60 65\nwait a L 70 80 at 6\n"
				      "wait a sleep 90 95 at 7\nwait a L 100 110 at 5\n"
				      "off a 120 130\n" /* nothing behind it: but another thread */
				      "off b 10 20\n"
				      "wait c L 20 30 at 5\nwait c L 40 50 at 5\n"
				      "wait c sleep 60 70 at 7\nwait c sleep 80 90 at 7\n");
	m.history.object[history_find_object(&m.history, "sleep")].leader = 0;
	make_of(&m, 10000);
	CU_ASSERT_EQUAL_FATAL(m.rows, sizeof(site) / sizeof(*site));
	for (size_t i = 0; i < m.rows; i++)
		CU_ASSERT_EQUAL(m.cell[i * COLUMNS + SITE], site[i]);
	CU_ASSERT_EQUAL(check_places(&m), 4);
	unmake(&m);
}

TEST(page_timeline, rows_of_any_history_are_where_its_threads_were)
{
	size_t untold = 0;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct made m = {0};
		history_random(&m.history, seed, NULL);
		make_of(&m, INT64_MAX);
		untold += check_places(&m);
		unmake(&m);
	}
	CU_ASSERT(untold > 0);
}
