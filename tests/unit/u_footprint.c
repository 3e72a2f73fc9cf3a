/* Footprints of samples whose memory is known, and caches that hold those of some threads. */
#include "reports/advise/crews.h"
#include "reports/advise/footprint.h"
#include "reports/advise/shared_caches.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdlib.h>

#define MB 1048576.0
#define PAGE 4096
#define STEP_NS 4000000 /* of samples */
enum { SAMPLES = 1500 };

/* What samples meet in turns: a place of so many pages, at random, or one page after the other. */
struct place {
	uint64_t base;
	uint64_t pages;
	bool writes, run;
};

static struct touch_sample sample[SAMPLES];

static void meet(const struct place *place, size_t places)
{
	srand(7);
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct place *p = &place[i % places];
		uint64_t page = p->run ? i : (uint64_t)rand() % p->pages;
		sample[i] = (struct touch_sample){.thread = 1,
						  .time = (int64_t)i * STEP_NS,
						  .pc = 100 + i % places,
						  .address = p->base + page * PAGE,
						  .region = 1,
						  .reads = true,
						  .writes = p->writes};
	}
}

static struct footprint found(const struct place *place, size_t places, double entry, double piece)
{
	struct footprint_times times = {entry, piece};
	meet(place, places);
	return footprint_of(sample, SAMPLES, &times);
}

/* Within a fifth. */
static bool near(double bytes, double of)
{
	return bytes > 0.8 * of && bytes < 1.2 * of;
}

static const struct place scratch = {1u << 30, 512, true, false},
			  table = {2u << 30, 1024, false, false},
			  input = {3u << 30, 0, false, true};

TEST(footprint, written_pages_are_each_threads_and_read_ones_are_of_all)
{
	struct place both[] = {scratch, table};
	struct footprint f = found(both, 2, INFINITY, 1000);
	CU_ASSERT(near(f.private_bytes, 2 * MB));
	CU_ASSERT(near(f.shared_bytes, 4 * MB));
	CU_ASSERT(f.share > 0.99);
}

/* More pages than samples, most of which are met once. */
TEST(footprint, pages_that_no_sample_met_are_estimated)
{
	struct place large = {1u << 30, 8192, true, false};
	struct footprint f = found(&large, 1, INFINITY, 1000);
	CU_ASSERT(f.private_bytes > 24 * MB && f.private_bytes < 40 * MB);
}

TEST(footprint, a_run_through_memory_is_no_footprint)
{
	struct place all[] = {scratch, input};
	struct footprint f = found(all, 2, INFINITY, 1000), none = found(&input, 1, INFINITY, 1000);
	CU_ASSERT(near(f.private_bytes, 2 * MB));
	CU_ASSERT_EQUAL(f.shared_bytes, 0);
	CU_ASSERT(f.share > 0.45 && f.share < 0.55);
	CU_ASSERT_EQUAL(none.private_bytes + none.shared_bytes, 0);
}

/* Each entry of a region comes to each page once: threads divide them. */
TEST(footprint, what_comes_again_with_the_next_entry_is_divided)
{
	struct footprint_times times = {100.0 * STEP_NS, 1000};
	meet(&input, 1);
	for (size_t i = 0; i < SAMPLES; i++)
		sample[i].address = (1u << 30) + i % 100 * PAGE;
	struct footprint f = footprint_of(sample, SAMPLES, &times);
	CU_ASSERT_EQUAL(f.private_bytes + f.shared_bytes, 0);
	times.entry = INFINITY; /* the same by passes of one entry */
	CU_ASSERT(near(footprint_of(sample, SAMPLES, &times).shared_bytes, 100 * PAGE));
	times.entry = 0; /* nobody knows */
	CU_ASSERT_EQUAL(footprint_of(sample, SAMPLES, &times).shared_bytes, 0);
}

/* Passes of 300 samples, each with 64 pages of its own: that is what one needs at a time. */
TEST(footprint, what_one_pass_alone_reads_is_its_own)
{
	struct footprint_times times = {INFINITY, 300.0 * STEP_NS};
	meet(&table, 1);
	for (size_t i = 0; i < SAMPLES; i++)
		sample[i].address = (1u << 30) + (i / 300 * 64 + (uint64_t)rand() % 64) * PAGE;
	struct footprint f = footprint_of(sample, SAMPLES, &times);
	CU_ASSERT(near(f.private_bytes, 64 * PAGE));
	CU_ASSERT_EQUAL(f.shared_bytes, 0);
}

TEST(footprint, too_few_samples_tell_nothing)
{
	struct footprint_times times = {INFINITY, 1000};
	meet(&scratch, 1);
	struct footprint f = footprint_of(sample, 30, &times);
	CU_ASSERT_EQUAL(f.private_bytes, 0);
	f = footprint_of(sample, 0, &times);
	CU_ASSERT_EQUAL(f.private_bytes, 0);
	f = (struct footprint){3 * MB, MB, 1};
	footprint_bound(&f, 2 * MB);
	CU_ASSERT(near(f.private_bytes, 1.5 * MB) && near(f.shared_bytes, 0.5 * MB));
	footprint_bound(&f, 0);
	CU_ASSERT(near(f.private_bytes, 1.5 * MB));
}

/* Four cores of two hardware threads with an L2 of 1 MB each, and one L3 of 8 MB. */
static const struct shared_caches machine = {{{"L2", MB, 2, 4}, {"L3", 8 * MB, 8, 1}}, 2, 8};

static struct overflow overflow(double private_mb, double shared_mb)
{
	struct footprint f = {private_mb * MB, shared_mb * MB, 1};
	return cache_first_overflow(&machine, &f);
}

TEST(footprint, caches_overflow_with_more_threads)
{
	CU_ASSERT_PTR_NULL(overflow(0.25, 0).level); /* 8 of them fit */
	CU_ASSERT_EQUAL(overflow(5, 0).threads, 2);
	CU_ASSERT_STRING_EQUAL(overflow(5, 0).level->name, "L3");
	CU_ASSERT_EQUAL(overflow(2.5, 0).threads, 4);
	CU_ASSERT(near(overflow(2.5, 0).need, 10 * MB));
	CU_ASSERT_PTR_NULL(overflow(20, 0).level); /* it misses already */
	CU_ASSERT_PTR_NULL(overflow(0, 6).level);  /* one table for all */
	CU_ASSERT_EQUAL(overflow(1.5, 4).threads, 3);
}

TEST(footprint, siblings_share_their_core_s_cache)
{
	struct overflow o = overflow(0.75, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o.level);
	CU_ASSERT_STRING_EQUAL(o.level->name, "L2");
	CU_ASSERT_EQUAL(o.threads, 5); /* the first that does not have a core of its own */
	CU_ASSERT_EQUAL(o.sharers, 2);
	CU_ASSERT_EQUAL(cache_sharers(&machine.level[0], 4), 1);
	CU_ASSERT_EQUAL(cache_sharers(&machine.level[1], 4), 4);
	CU_ASSERT_EQUAL(cache_sharers(&machine.level[1], 64), 8); /* of more such machines */
}

TEST(footprint, what_overflows_takes_longer)
{
	struct footprint f = {5 * MB, 0, 1}, half = {5 * MB, 0, 0.5}, slight = {2.1 * MB, 0, 1};
	double most = cache_slower(&machine, &f, 4, SLOWER_MOST);
	CU_ASSERT_EQUAL(cache_slower(&machine, &f, 1, SLOWER_MOST), 1);
	CU_ASSERT_EQUAL(cache_slower(&machine, &f, 4, SLOWER_NOT), 1);
	CU_ASSERT(most > 2 && most < 6);
	CU_ASSERT(cache_slower(&machine, &half, 4, SLOWER_MOST) < most);
	CU_ASSERT(cache_slower(&machine, &f, 2, SLOWER_MOST) < most);
	CU_ASSERT(cache_slower(&machine, &f, 4, SLOWER_LIKELY) > 1);
	CU_ASSERT(cache_slower(&machine, &f, 4, SLOWER_LIKELY) < 1.5);
	/* by little: it is not likely */
	CU_ASSERT_EQUAL(cache_slower(&machine, &slight, 4, SLOWER_LIKELY), 1);
	CU_ASSERT(cache_slower(&machine, &slight, 4, SLOWER_MOST) > 1);
}

static struct estimate estimated(const struct shared_caches *caches, double private_mb, bool marked)
{
	struct code_function function = {.name = "f"};
	struct loop_fact loop = {
	    .parent = CODE_NONE, .recurrence = -1, .words.delay = -1, .marked = marked};
	struct codes codes = {.function = &function, .functions = 1, .loop = &loop};
	struct machine_prices prices = {.cpus = 8, .cores = 8, .caches = *caches};
	struct crew crew[CREW_COUNT];
	struct step step = {REGION_LOOP, 0, 0};
	struct regions r;
	struct proposal p;
	regions_init(&r);
	regions_add(&r, &step, 1, 1000, false, 0);
	regions_sum(&r);
	r.region[1].footprint = (struct footprint){private_mb * MB, 0, 1};
	crews_make(crew, &prices, 4);
	proposal_make(&p, &r, &codes, 1e6, 0, NULL, &crew[CREW_MIDDLE]);
	struct estimate e = proposal_estimate(&p, &r, crew);
	proposal_free(&p);
	regions_free(&r);
	return e;
}

TEST(footprint, estimates_say_so)
{
	struct shared_caches none = {.levels = 0};
	struct estimate fits = estimated(&machine, 1, true), over = estimated(&machine, 5, true),
			missed = estimated(&machine, 20, true), unknown = estimated(&none, 5, true);
	CU_ASSERT(over.low < 0.7 * fits.low && over.middle < fits.middle);
	CU_ASSERT_EQUAL(over.high, fits.high);
	CU_ASSERT_EQUAL(missed.low, fits.low);
	CU_ASSERT_EQUAL(missed.middle, fits.middle);
	CU_ASSERT_EQUAL(unknown.low, fits.low);
}

/* They may be pages that one pass hands to the next. */
TEST(footprint, of_passes_that_nobody_knows_to_be_independent_only_the_low_end_goes_down)
{
	struct estimate fits = estimated(&machine, 1, false), over = estimated(&machine, 5, false);
	CU_ASSERT(over.low < 0.7 * fits.low);
	CU_ASSERT_EQUAL(over.middle, fits.middle);
}
