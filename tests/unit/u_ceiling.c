#include "reports/replay/ceiling.h"
#include "reports/replay/engine.h"
#include "tests/unit/unit.h"
#include <math.h>

TEST(ceiling, one_thread_is_one_and_no_lock_is_no_limit)
{
	struct ceiling c[8];
	ceiling_find(100, NULL, 0, 8, c);
	for (size_t n = 1; n <= 8; n++) {
		CU_ASSERT_DOUBLE_EQUAL(c[n - 1].speedup, (double)n, 1e-9);
		CU_ASSERT_EQUAL(c[n - 1].lock, SIZE_MAX);
	}
	struct ceiling_lock l = {100, 1};
	ceiling_find(100, &l, 1, 8, c);
	CU_ASSERT_DOUBLE_EQUAL(c[0].speedup, 1, 1e-9);
}

TEST(ceiling, the_busiest_lock_sets_the_bound)
{
	struct ceiling_lock l[] = {{5, 1}, {10, 1}, {1, 1}};
	struct ceiling c[64];
	ceiling_find(84, l, 3, 64, c);
	CU_ASSERT_DOUBLE_EQUAL(c[63].bound, 10, 1e-9);
	CU_ASSERT_EQUAL(c[63].lock, 1);
	CU_ASSERT_EQUAL(c[8].lock, SIZE_MAX);
	CU_ASSERT(c[63].speedup > 9.8 && c[63].speedup <= 10);
	for (size_t n = 1; n < 64; n++)
		CU_ASSERT(c[n].speedup >= c[n - 1].speedup - 1e-9);
}

enum law { EXPONENTIAL, FIXED, UNIFORM, LAWS };

static double dice(uint64_t *x)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return ((double)(*x >> 11) + 0.5) * 0x1p-53;
}

static int64_t drawn(uint64_t *x, enum law law, double mean)
{
	double factor = law == EXPONENTIAL ? -log(dice(x)) : law == FIXED ? 1 : 2 * dice(x);
	return (int64_t)(mean * factor + 0.5);
}

enum { ITEMS = 24000, WORK = 100000 };

/* What n threads get through against one, in the simulator. */
static double simulated(int n, int locks, double share, enum law law, uint64_t seed)
{
	struct program p = {0};
	struct machine m = {.cores = n, .hand_over = HAND_OVER_FIFO, .quantum = 3000000};
	struct outcome o = {0};
	uint64_t x = seed;
	double all = 0;
	for (int l = 0; l < locks; l++)
		program_add_object(&p, OBJECT_LOCK);
	for (int t = 0; t < n; t++) {
		program_add_thread(&p)->start = 0;
		size_t first = p.ops;
		for (int i = 0; i < ITEMS / n; i++) {
			uint32_t lock = (uint32_t)(dice(&x) * locks);
			int64_t think = drawn(&x, law, WORK * (1 - share));
			int64_t hold = drawn(&x, law, WORK * share);
			program_add_op(&p, OP_cpu, 0, think);
			program_add_op(&p, OP_acquire, lock, 0);
			program_add_op(&p, OP_cpu, 0, hold);
			program_add_op(&p, OP_release, lock, 0);
			all += (double)(think + hold);
		}
		program_add_span(&p, first);
	}
	CU_ASSERT_EQUAL(engine_run(&p, &m, &o), 0);
	program_free(&p);
	return all / (double)o.wall;
}

static double estimated(int n, int locks, double share, enum law law)
{
	static const double cv2[LAWS] = {1, 0, 1.0 / 3};
	struct ceiling_lock l[4];
	struct ceiling c[32];
	for (int i = 0; i < locks; i++)
		l[i] = (struct ceiling_lock){share / locks, cv2[law]};
	ceiling_find(1 - share, l, (size_t)locks, (size_t)n, c);
	return c[n - 1].speedup;
}

/* 5 shares under locks, 1 or 4 locks, 5 numbers of threads, 3 laws. */
TEST(ceiling, meets_150_simulated_programs_within_two_percent)
{
	static const double shares[] = {0.01, 0.05, 0.1, 0.2, 0.4};
	double sum = 0;
	int cases = 0;
	for (size_t s = 0; s < 5; s++)
		for (int locks = 1; locks <= 4; locks += 3)
			for (int n = 2; n <= 32; n *= 2)
				for (int law = 0; law < LAWS; law++) {
					double is = simulated(n, locks, shares[s], (enum law)law,
							      (uint64_t)cases + 1);
					double said = estimated(n, locks, shares[s], (enum law)law);
					double error = fabs(said / is - 1);
					sum += error;
					cases++;
				}
	CU_ASSERT_EQUAL(cases, 150);
	CU_ASSERT(sum / cases < 0.02);
}
