/* A lake's level day by day, each from that of the day before, then what each day's level does to
 * its shore. */
#include "worth.h"

#define SHORE 42

static double *level, *damage;
static long days;

static void prepare(double scale)
{
	days = (long)(5.5e6 * scale);
	level = worth_memory((size_t)days, sizeof(*level));
	damage = worth_memory((size_t)days, sizeof(*damage));
}

/* Outflow rises with the level; the rain of a season comes and goes. */
static void run_days(void)
{
	double now = 1, rain = 0.1;
	uint64_t random = 1;
	for (long day = 0; day < days; day++) {
		rain = 0.9 * rain + 0.02 * worth_uniform(&random);
		for (int quarter = 0; quarter < 14; quarter++)
			now = fmax(0.1, now + (rain - 0.08 * now * sqrt(now)) / 14);
		level[day] = now;
	}
}

static double damage_at(double height)
{
	double sum = 0;
	for (int i = 1; i <= SHORE; i++)
		sum += exp(-height * i) / i;
	return sum;
}

static void damages(long first, long last)
{
	for (long day = first; day < last; day++)
		damage[day] = damage_at(level[day]);
}

static double result(void)
{
	double sum = 0;
	for (long day = 0; day < days; day++)
		sum += damage[day];
	return sum;
}

static double serial(void)
{
	run_days();
	damages(0, days);
	return result();
}

static void damages_part(int number, int members)
{
	damages(worth_part(days, number, members), worth_part(days, number + 1, members));
}

static double parallel(int threads)
{
	run_days();
	worth_team(threads, damages_part);
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
