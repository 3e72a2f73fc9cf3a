/* Shapes whose bottleneck is a lock. */
#include "model.h"
#include <sched.h>

static int threads, items, locks, batch, every;
static double think, outside, hold[MODEL_LISTED], reads, poll_us, inner, long_us;
static bool nested, shared_deal;
static int next_item;

/* So many µs, µs for each item. */
NOINLINE void do_think(uint32_t item)
{
	model_spend(model_varied(think, item, 0));
}

NOINLINE void do_outside(uint32_t item)
{
	model_spend(model_varied(outside, item, 1));
}

static void take(int lock, uint32_t item, bool shared)
{
	long begin = known_now();
	if (poll_us <= 0) {
		model_acquire(lock, item, shared);
		return;
	}
	while (!model_try(lock, item)) {
		if (model_spins)
			sched_yield();
		else
			model_spend(poll_us);
	}
	model_waited(lock, begin);
}

static void hold_for(int lock, uint32_t item)
{
	if (every && item % (uint32_t)every == 0)
		model_spend(model_varied(long_us, item, 2));
	else if (hold[lock] > 0)
		model_spend(model_varied(hold[lock], item, 2 + (uint32_t)lock));
}

NOINLINE void read_section(int lock, uint32_t item)
{
	take(lock, item, true);
	hold_for(lock, item);
	model_release(lock, item);
}

NOINLINE void write_section(int lock, uint32_t item)
{
	take(lock, item, false);
	for (int i = 0; i < batch; i++)
		hold_for(lock, item + (uint32_t)(i * threads));
	model_release(lock, item);
}

NOINLINE void nested_section(uint32_t item)
{
	int depth = 0;
	for (; depth < locks; depth++) {
		take(depth, item, false);
		hold_for(depth, item);
	}
	while (depth--)
		model_release(depth, item);
}

static void do_item(uint32_t item)
{
	for (int i = 0; i < batch; i++)
		do_think(item + (uint32_t)(i * threads));
	if (nested && model_random(item, 50) >= inner)
		nested_section(item);
	else if (nested)
		write_section(locks - 1, item);
	else
		for (int l = 0; l < locks; l++)
			model_random(item, 60) < reads ? read_section(l, item)
						       : write_section(l, item);
	if (outside > 0)
		do_outside(item);
}

static void *worker(void *number)
{
	int own = (int)(long)number;
	for (int i = own;
	     (shared_deal ? (i = __atomic_fetch_add(&next_item, 1, __ATOMIC_RELAXED)) : i) < items;
	     i += threads * batch)
		do_item((uint32_t)i);
	model_thread_ends();
	return NULL;
}

/* Threads think, then take the locks one after the other, or nested. */
void shape_lock(void)
{
	threads = (int)model_number("threads", 8);
	items = (int)model_number("items", 256);
	think = model_number("think", 4000);
	locks = model_list("hold", "1000", hold);
	outside = model_number("outside", 0);
	reads = model_number("reads", 0);
	batch = (int)model_number("batch", 1);
	poll_us = model_number("poll", 0);
	nested = model_number("nested", 0) > 0;
	inner = model_number("inner", 0);
	every = (int)model_number("every", 0);
	long_us = model_number("long", 0);
	shared_deal = !strcmp(model_word("deal", "fixed"), "shared");
	model_locks(model_word("kind", "mutex"), (int)model_number("split", 1));
	known_threads(threads, worker);
}

static double pause_us;
static int reports;

NOINLINE void long_section(uint32_t item)
{
	model_acquire(0, item, false);
	model_spend(long_us);
	model_release(0, item);
}

static void *reporter(void *number)
{
	for (int i = 0; i < reports; i++) {
		model_spend(pause_us);
		long_section((uint32_t)i);
	}
	model_thread_ends();
	return number;
}

static void *worker_or_reporter(void *number)
{
	return (long)number == threads ? reporter(number) : worker(number);
}

/* Workers hold lock_a shortly; one more thread holds it long, now and then. */
void shape_reporter(void)
{
	threads = (int)model_number("threads", 8);
	items = (int)model_number("items", 400);
	think = model_number("think", 4000);
	hold[0] = model_number("hold", 100);
	pause_us = model_number("pause", 5000);
	long_us = model_number("long", 20000);
	reports = (int)model_number("reports", 20);
	locks = batch = 1;
	model_locks("mutex", 1);
	known_threads(threads + 1, worker_or_reporter);
}

static double root_hold;
static int clients, middles, roots;

/* Holds lock_b for long: the root of all waiting. */
NOINLINE void root_section(uint32_t item)
{
	model_acquire(1, item, false);
	model_spend(model_varied(root_hold, item, 3));
	model_release(1, item);
}

NOINLINE void middle_section(uint32_t item)
{
	model_acquire(0, item, false);
	model_acquire(1, item, false);
	model_spend(model_varied(hold[0], item, 2));
	model_release(1, item);
	model_release(0, item);
}

static void *chain_thread(void *number)
{
	int own = (int)(long)number;
	int role = own < clients ? 0 : own < clients + middles ? 1 : 2;
	for (int i = own; i < items; i += clients + middles + roots) {
		do_think((uint32_t)i);
		role == 0   ? write_section(0, (uint32_t)i)
		: role == 1 ? middle_section((uint32_t)i)
			    : root_section((uint32_t)i);
	}
	model_thread_ends();
	return NULL;
}

/* Clients want lock_a, which the middle holds while it wants lock_b, which the roots hold long. */
void shape_chain(void)
{
	clients = (int)model_number("clients", 3);
	middles = (int)model_number("middles", 1);
	roots = (int)model_number("roots", 3);
	items = (int)model_number("items", 280);
	think = model_number("think", 1000);
	hold[0] = model_number("hold", 200);
	root_hold = model_number("root", 4000);
	threads = clients + middles + roots;
	batch = 1;
	model_locks("mutex", 1);
	known_threads(threads, chain_thread);
}
