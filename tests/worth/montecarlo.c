/* How many particles get through a wall: each goes on in random steps until it is absorbed or out.
 */
#include "worth.h"

#define THICK 2.0
#define ABSORBED 0.3

static long particles;

static void prepare(double scale)
{
	particles = (long)(48e6 * scale);
}

static double uniform(unsigned *seed)
{
	return (rand_r(seed) + 1.0) / (RAND_MAX + 2.0);
}

static bool gets_through(unsigned *seed)
{
	double depth = 0, direction = 1;
	for (;;) {
		depth -= direction * log(uniform(seed));
		if (depth < 0 || depth > THICK)
			return depth > THICK;
		if (uniform(seed) < ABSORBED)
			return false;
		direction = 2 * uniform(seed) - 1;
	}
}

static long through(unsigned seed, long count)
{
	long sum = 0;
	for (long i = 0; i < count; i++)
		sum += gets_through(&seed);
	return sum;
}

static double serial(void)
{
	return (double)through(1, particles) / (double)particles;
}

static _Atomic long all_through;

static void part_through(int number, int members)
{
	all_through += through((unsigned)number + 1, worth_part(particles, number + 1, members) -
							 worth_part(particles, number, members));
}

static double parallel(int threads)
{
	all_through = 0;
	worth_team(threads, part_through);
	return (double)all_through / (double)particles;
}

const struct worth program = {prepare, serial, parallel, 0.03};
