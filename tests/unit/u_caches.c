/* Caches: of a machine, made fit for cachegrind, and what their misses mean. */
#include "collectors/machine/machine.h"
#include "profiler/cachegrind_cache.h"
#include "reports/cache/memory_known.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void is(const struct cache_geometry *g, uint64_t size, uint32_t ways, uint32_t line)
{
	CU_ASSERT_EQUAL(g->size, size);
	CU_ASSERT_EQUAL(g->ways, ways);
	CU_ASSERT_EQUAL(g->line, line);
}

TEST(caches, are_those_of_the_first_core)
{
	struct machine_part parts[] = {
	    {.kind = "machine"},
	    {.kind = "L3", .bytes = 30 << 20, .ways = 12, .line_bytes = 64},
	    {.kind = "L2", .bytes = 1280 << 10, .ways = 10, .line_bytes = 64},
	    {.kind = "L1d", .bytes = 48 << 10, .ways = 12, .line_bytes = 128},
	    {.kind = "L1i", .bytes = 32 << 10, .ways = -1, .line_bytes = 64},
	    {.kind = "core"},
	    {.kind = "L2", .bytes = 4 << 20, .ways = 16, .line_bytes = 64},
	    {.kind = "L1d", .bytes = 32 << 10, .ways = 8, .line_bytes = 64},
	};
	struct machine m = {.parts = parts, .part_count = sizeof(parts) / sizeof(*parts)};
	struct cache_levels c;
	cache_levels_of(&c, &m);
	CU_ASSERT_EQUAL(c.source, CACHES_TOPOLOGY);
	is(&c.d1, 48 << 10, 12, 128);
	is(&c.i1, 32 << 10, 0, 64);
	is(&c.second, 1280 << 10, 10, 64);
	is(&c.last, 30 << 20, 12, 64);
	CU_ASSERT_EQUAL(c.last_level, 3);
	CU_ASSERT_EQUAL(cache_line_bytes(&c), 128);
}

TEST(caches, of_no_topology_come_from_libc_or_are_unknown)
{
	struct machine m = {0};
	struct cache_levels c;
	cache_levels_of(&c, &m);
	CU_ASSERT_EQUAL(c.source, c.d1.size ? CACHES_LIBC : CACHES_UNKNOWN);
	CU_ASSERT(cache_line_bytes(&c) >= 16);
}

static void rounds_to(uint64_t size, uint32_t ways, uint64_t size_then, uint32_t ways_then)
{
	struct cache_geometry g = {size, ways, 64};
	bool changed = size != size_then || ways != ways_then;
	CU_ASSERT_EQUAL(simulated_cache_round(&g), changed);
	is(&g, size_then, ways_then, 64);
	CU_ASSERT_FALSE(simulated_cache_round(&g));
}

TEST(caches, are_rounded_only_where_needed_and_keep_their_size)
{
	rounds_to(32 << 10, 8, 32 << 10, 8);
	rounds_to(48 << 10, 12, 48 << 10, 12);
	rounds_to(30 << 20, 20, 30 << 20, 30);
	rounds_to(508ull << 20, 16, 512ull << 20, 16);
	rounds_to(64, 1, 128, 1);    /* a cache is more than one line */
	rounds_to(512, 100, 512, 8); /* not more ways than lines */
}

/* What cachegrind demands, over all sorts of geometries. */
TEST(caches, once_rounded_are_legal)
{
	for (uint64_t size = 100; size < 1ull << 33; size = size * 5 / 3)
		for (uint32_t ways = 0; ways < 40; ways += 3)
			for (uint32_t line = 0; line < 300; line += 37) {
				struct cache_geometry g = {size, ways, line};
				simulated_cache_round(&g);
				uint64_t sets = g.size / g.line / g.ways;
				CU_ASSERT_EQUAL(sets * g.line * g.ways, g.size);
				CU_ASSERT_EQUAL(sets & (sets - 1), 0);
				CU_ASSERT_EQUAL(g.line & (g.line - 1), 0);
				CU_ASSERT(g.line >= 16 && g.size > g.line);
				CU_ASSERT(g.size >= size / 2 && g.size <= size * 2 + 2 * g.line);
			}
}

static int chosen(struct simulated_caches *s, const char *description)
{
	struct cache_levels machine = {.d1 = {32 << 10, 8, 64}, .i1 = {32 << 10, 0, 0}};
	struct text changed = {0}, why = {0};
	int result = simulated_caches_choose(s, &machine, description, &changed, &why);
	CU_ASSERT_EQUAL(result != 0, why.length > 0);
	text_free(&changed);
	text_free(&why);
	return result;
}

TEST(caches, can_be_described)
{
	struct simulated_caches s;
	CU_ASSERT_EQUAL(chosen(&s, NULL), 0);
	is(&s.cache[SIMULATED_D1], 32 << 10, 8, 64);
	CU_ASSERT(s.cache[SIMULATED_LL].size > 0);
	CU_ASSERT_EQUAL(chosen(&s, "D1=16k:4:32,LL=2M"), 0);
	is(&s.cache[SIMULATED_D1], 16 << 10, 4, 32);
	CU_ASSERT_EQUAL(s.cache[SIMULATED_LL].size, 2 << 20);
	static const char *const wrong[] = {"D1",     "D1=",	      "D1=x",	     "D2=1k",
					    "D1=1k:", "D1=1k:0",      "D1=1k:1:1:1", "D1=1k LL=2",
					    "LL=-1",  "LL=99999999G", "D1=1kk"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CU_ASSERT_NOT_EQUAL(chosen(&s, wrong[i]), 0);
}

static enum memory_bound verdict(double l1, double ll)
{
	struct cache_sums s = {100000000, (int64_t)(l1 * 100000), (int64_t)(ll * 100000)};
	return memory_bound(&s);
}

TEST(caches, misses_mean_something_only_far_from_the_limits)
{
	CU_ASSERT_EQUAL(verdict(300, 100), MEMORY_BOUND);
	CU_ASSERT_EQUAL(verdict(100, 3), MEMORY_BETWEEN);
	CU_ASSERT_EQUAL(verdict(100, 0.1), MEMORY_CACHE);
	CU_ASSERT_EQUAL(verdict(1, 0), MEMORY_NOT);
	struct cache_sums brief = {100000, 90000, 80000};
	CU_ASSERT_EQUAL(memory_bound(&brief), MEMORY_UNKNOWN);
	CU_ASSERT_EQUAL(memory_bound(&(struct cache_sums){0, 0, 0}), MEMORY_UNKNOWN);
}

TEST(caches, what_was_counted_or_touched_tells_of_memory)
{
	const int64_t kB = 1024, MB = 1 << 20;
	struct memory_facts f = {.llc_mpki = -1};
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_UNKNOWN);
	f = (struct memory_facts){-1, 10000000, 300 * kB, 200 * kB, 0, 0, false};
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_UNKNOWN); /* what caches there are is not */
	f.l2 = 256 * kB;
	f.last = 8 * MB;
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_NOT);
	f.at_least = true; /* a lower bound says what is too large, never what is small enough */
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_UNKNOWN);
	f.touched = 9 * MB;
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_BETWEEN);
	f.at_least = false;
	f.touched = 300 * kB;
	f.each_thread = 300 * kB;
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_CACHE);
	f.touched = 9 * MB;
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_BETWEEN);
	f.llc_mpki = 0.2; /* what was counted goes before */
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_NOT);
	f.llc_mpki = 3;
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_BETWEEN);
	f.llc_mpki = 10;
	CU_ASSERT_EQUAL(memory_of_facts(&f), MEMORY_BOUND);
}
