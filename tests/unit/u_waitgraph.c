/* Who can go on and who cannot, on graphs made by hand and on random ones. */
#include "profiler/waitgraph.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The knots of the last solve(), as words: "cycle 0 1; silent 2". */
static char knots[4096];

static void keep(void *data, enum knot_kind kind, const uint32_t *member, uint32_t count)
{
	static const char *const names[] = {"cycle", "never", "silent"};
	char *at = knots + strlen(knots);
	(void)data;
	at += sprintf(at, "%s%s", *knots ? "; " : "", names[kind]);
	for (uint32_t i = 0; i < count && at < knots + sizeof(knots) - 16; i++)
		at += sprintf(at, " %u", member[i]);
}

static const char *solve(struct waitgraph *g)
{
	*knots = 0;
	waitgraph_solve(g);
	waitgraph_knots(g, keep, NULL);
	return knots;
}

static void runs(struct waitgraph *g, uint32_t process)
{
	waitgraph_add(g, process);
}

static void waits(struct waitgraph *g, uint32_t process, uint32_t target)
{
	waitgraph_add(g, process)->end = ENDS_BY_THREADS;
	waitgraph_target(g, target);
}

static void idles(struct waitgraph *g, uint32_t process)
{
	waitgraph_add(g, process)->end = ENDS_BY_PROCESS;
}

TEST(waitgraph, cycles_are_found_once_and_who_waits_behind_is_counted)
{
	struct waitgraph g = {0};
	waits(&g, 0, 1);
	waits(&g, 0, 2);
	waits(&g, 0, 0);
	waits(&g, 0, 1); /* behind */
	waits(&g, 0, 3); /* behind that */
	waits(&g, 0, 6); /* for who runs */
	runs(&g, 0);
	waits(&g, 0, 7); /* for itself */
	CU_ASSERT_STRING_EQUAL(solve(&g), "cycle 0 1 2; cycle 7");
	CU_ASSERT_EQUAL(waitgraph_behind(&g, (uint32_t[]){0, 1, 2}, 3), 2);
	CU_ASSERT_EQUAL(waitgraph_behind(&g, (uint32_t[]){7}, 1), 0);
	CU_ASSERT_FALSE(g.node[5].stuck);
	waitgraph_free(&g);
}

TEST(waitgraph, one_who_can_act_frees_all_who_wait_for_any_of_several)
{
	struct waitgraph g = {0};
	waits(&g, 0, 1);
	waits(&g, 0, 0);
	waitgraph_target(&g, 2);
	runs(&g, 0);
	CU_ASSERT_STRING_EQUAL(solve(&g), "");
	waitgraph_clear(&g);
	waits(&g, 0, 1);
	waits(&g, 0, 0);
	waitgraph_target(&g, 2);
	waits(&g, 0, 1);
	CU_ASSERT_STRING_EQUAL(solve(&g), "cycle 0 1");
	waitgraph_free(&g);
}

TEST(waitgraph, a_process_is_silent_when_all_wait_and_no_knot_explains_it)
{
	struct waitgraph g = {0};
	idles(&g, 0);
	waits(&g, 0, 0);
	idles(&g, 1);
	runs(&g, 1);
	waits(&g, 2, 5); /* cycle that explains why nobody wakes the third */
	waits(&g, 2, 4);
	idles(&g, 2);
	waits(&g, 3, 4); /* waits for a process that is stuck */
	CU_ASSERT_STRING_EQUAL(solve(&g), "cycle 4 5; silent 0 1");
	CU_ASSERT_FALSE(g.node[2].stuck);
	waitgraph_free(&g);
}

TEST(waitgraph, who_is_gone_frees_nobody)
{
	struct waitgraph g = {0};
	waits(&g, 0, 3);
	waits(&g, 0, 0);
	idles(&g, 0);
	waitgraph_add(&g, 0)->end = ENDS_BY_THREADS; /* an owner that is gone */
	CU_ASSERT_STRING_EQUAL(solve(&g), "never 3");
	CU_ASSERT_EQUAL(waitgraph_behind(&g, (uint32_t[]){3}, 1), 2);
	waitgraph_clear(&g);
	idles(&g, 0);
	waitgraph_add(&g, 0)->dead = true; /* an ended first thread is none of the living */
	CU_ASSERT_STRING_EQUAL(solve(&g), "silent 0");
	waitgraph_free(&g);
}

/* By the definition: every stuck thread's wait could only be ended by stuck ones. */
static bool is_closed(const struct waitgraph *g)
{
	for (uint32_t i = 0; i < g->nodes; i++) {
		const struct wait_node *n = &g->node[i];
		for (uint32_t t = 0; t < n->count && n->stuck; t++)
			if (!g->node[g->target[n->first + t]].stuck)
				return false;
		if (n->stuck && n->end == ENDS_FREELY)
			return false;
		if (n->stuck && n->end == ENDS_BY_PROCESS && g->stuck[0] != g->nodes)
			return false;
	}
	return true;
}

/* Follows who is not stuck: by threads that are free, in at most so many steps, to one that runs.
 */
static bool gets_free(const struct waitgraph *g, uint32_t node, uint32_t steps)
{
	const struct wait_node *n = &g->node[node];
	if (n->end == ENDS_FREELY)
		return true;
	for (uint32_t t = 0; t < n->count && steps; t++)
		if (gets_free(g, g->target[n->first + t], steps - 1))
			return true;
	return n->end == ENDS_BY_PROCESS && g->stuck[0] < g->nodes;
}

static uint32_t total;
static void count(void *data, enum knot_kind kind, const uint32_t *member, uint32_t members)
{
	struct waitgraph *g = data;
	for (uint32_t i = 0; i < members; i++) {
		const struct wait_node *n = &g->node[member[i]];
		bool next = kind != KNOT_CYCLE;
		CU_ASSERT_FATAL(n->stuck);
		for (uint32_t t = 0; t < n->count; t++)
			next |= g->target[n->first + t] == member[(i + 1) % members];
		CU_ASSERT(next);
	}
	total++;
}

TEST(waitgraph, random_graphs_keep_the_definition)
{
	srand(7);
	uint32_t with = 0;
	for (int round = 0; round < 20000; round++) {
		struct waitgraph g = {0};
		uint32_t nodes = 1 + (uint32_t)rand() % 7, stuck = 0;
		for (uint32_t i = 0; i < nodes; i++) {
			struct wait_node *n = waitgraph_add(&g, 0);
			int kind = rand() % 6;
			n->end = kind == 0   ? ENDS_FREELY
				 : kind == 1 ? ENDS_BY_PROCESS
					     : ENDS_BY_THREADS;
			for (int t = 0; n->end == ENDS_BY_THREADS && t < 1 + rand() % 2; t++)
				waitgraph_target(&g, (uint32_t)rand() % nodes);
		}
		total = 0;
		waitgraph_solve(&g);
		waitgraph_knots(&g, count, &g);
		CU_ASSERT_FATAL(is_closed(&g));
		for (uint32_t i = 0; i < nodes; i++) {
			stuck += g.node[i].stuck;
			CU_ASSERT_FATAL(g.node[i].stuck || gets_free(&g, i, nodes));
		}
		CU_ASSERT_EQUAL_FATAL(stuck > 0, total > 0);
		with += total > 0;
		waitgraph_free(&g);
	}
	CU_ASSERT(with > 2000 && with < 18000);
}
