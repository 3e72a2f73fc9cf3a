/* Shapes of work in rounds: threads start together and wait for the last one. */
#include "model.h"

static int threads, rounds, split;
static double work, slow, serial;
static bool rotate;
static pthread_barrier_t round_end;

NOINLINE void equal_share(uint32_t item)
{
	model_spend(model_varied(work, item, 0));
}

NOINLINE void slow_share(uint32_t item)
{
	model_spend(model_varied(work * slow, item, 0));
}

NOINLINE void serial_part(void)
{
	model_spend(serial / split);
}

static void arrive(void)
{
	int result = pthread_barrier_wait(&round_end);
	IS(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD, 1);
}

static bool is_slow(int own, int round)
{
	return own == (rotate ? (int)(model_random((uint32_t)round, 7) * threads) : 0);
}

static void share(int own, int round)
{
	uint32_t item = (uint32_t)(round * threads + own);
	is_slow(own, round) && slow > 1 ? slow_share(item) : equal_share(item);
}

static void *phase_worker(void *number)
{
	int own = (int)(long)number;
	for (int round = 0; round < rounds; round++) {
		if (serial > 0) {
			if (own < split)
				serial_part();
			arrive();
		}
		share(own, round);
		arrive();
	}
	return NULL;
}

static void common_arguments(void)
{
	threads = (int)model_number("threads", 8);
	rounds = (int)model_number("rounds", 20);
	slow = model_number("slow", 1);
	serial = model_number("serial", 0);
	split = (int)model_number("split", 1);
	rotate = model_number("rotate", 0) > 0;
	work = model_number("work", 10000);
	/* total: all the work of a round, whatever the number of threads and its division */
	double total = model_number("total", 0);
	if (total > 0)
		work = total / (threads - 1 + slow);
}

/* A share of work each, a barrier, serial_part() of one thread while the others wait. */
void shape_phases(void)
{
	common_arguments();
	IS(pthread_barrier_init(&round_end, NULL, (unsigned)threads), 0);
	known_threads(threads, phase_worker);
}

static int current_round;

static void *share_thread(void *number)
{
	share((int)(long)number, current_round);
	return NULL;
}

static void *serial_thread(void *number)
{
	serial_part();
	return number;
}

/* main() does serial_part(), creates threads for the rest, joins them; again and again. */
void shape_forkjoin(void)
{
	common_arguments();
	for (current_round = 0; current_round < rounds; current_round++) {
		if (serial > 0 && split > 1)
			known_threads(split, serial_thread);
		else if (serial > 0)
			serial_part();
		known_threads(threads, share_thread);
	}
}
