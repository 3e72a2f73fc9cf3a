#include "reports/advise/crews.h"
#include "profiler/store.h"
#include <math.h>
#include <string.h>

/* What no cost tells: other caches, other memory, the scheduler. Of pairs of serial and parallel
 * programs (tests/worth) nine in ten lie between. */
#define MODEL_LOW 0.88
#define MODEL_MIDDLE 0.96
#define MODEL_HIGH 1.06
#define CACHES_MORE                                                                                \
	1.04		 /* of so many cores than they have in number: each has caches of its own  \
			  */
#define VIRTUAL_LOW 0.9	 /* two CPUs of one host, measured at different times */
#define OTHERS_MOST 0.05 /* of the CPUs: then others had the cores that gains were measured on, */
#define BUSY_LOW 0.8	 /* and these parts of what the cores should give are taken */
#define BUSY_MIDDLE 0.96
#define SIBLING_GAIN 0.25 /* of a core, what a second hardware thread adds, where not measured */
#define BARRIERS_MIDDLE 1.5
#define BARRIERS_LOW 3
#define BARRIERS_HIGH 0.5
/* Where nothing was measured, ns. */
#define CREATE_USUAL 50000
#define BARRIER_USUAL 10000
#define FORK_USUAL 2000000
/* As many forks: a pool, once; each process of Python, until it is at work (reports/python). */
#define POOL_FORKS 5
#define PROCESS_FORKS 2.7
/* What is handed to a process and back is pickled: nobody knows how much that is. */
#define PICKLING_LOW 0.1
#define PICKLING_MIDDLE 0.03

static struct price ratio(const struct price *a, const struct price *one)
{
	return (struct price){a->low / one->median, a->median / one->median, a->high / one->median};
}

static struct price price_of(struct query *q, int column)
{
	return (struct price){query_double(q, column), query_double(q, column + 1),
			      query_double(q, column + 2)};
}

static void add_gain(struct gain_at *list, int *count, double threads, const struct price *gain)
{
	if (*count < PRICES_MAX)
		list[(*count)++] = (struct gain_at){threads, *gain};
}

static void take(struct machine_prices *m, struct query *q, struct price one[2])
{
	const char *key = query_text(q, 0);
	struct price p = price_of(q, 2);
	double threads = query_double(q, 1);
	bool compute = !strcmp(key, "compute"), read = !strcmp(key, "read");
	if (!strcmp(key, "create_join"))
		m->create = p;
	else if (!strcmp(key, "barrier"))
		m->barrier = p;
	else if (!strcmp(key, "queue"))
		m->queue = p;
	else if (!strcmp(key, "fork_used"))
		m->fork = p;
	else if ((compute || read) && threads <= 1)
		one[read] = p;
	else if ((compute || read) && one[read].median > 0) {
		struct price gain = ratio(&p, &one[read]);
		add_gain(read ? m->memory : m->compute, read ? &m->memories : &m->computes, threads,
			 &gain);
	}
}

static double fact(struct store *store, const char *key)
{
	return store_keyed(store, "value FROM machine_fact", key, 0);
}

int machine_prices_read(struct machine_prices *m, struct store *store)
{
	struct price one[2] = {{0}};
	*m = (struct machine_prices){.cpus = (double)store_run_int(store, "cores", 1)};
	struct query *q = store_query(store, "SELECT key, threads, low, median, high FROM "
					     "machine_price ORDER BY threads, position");
	while (query_step(q))
		take(m, q, one);
	bool failed = query_failed(q);
	query_close(q);
	m->read_bytes = one[1].median;
	double quota = fact(store, "quota_cpus"), siblings = fact(store, "threads_per_core");
	if (quota > 0 && quota < m->cpus)
		m->cpus = fmax(1, quota);
	m->cores = siblings > 1 ? fmax(1, m->cpus / siblings) : m->cpus;
	m->virtual_cpus = store_keyed(store, "1 FROM machine_fact", "virtual_machine", 0) > 0;
	m->busy = fact(store, "costs_noisy") > 0 || fact(store, "costs_others") > OTHERS_MOST;
	return failed || shared_caches_read(&m->caches, store) ? -1 : 0;
}

/* Without a measurement: cores count whole, siblings in part. */
static struct price assumed(const struct machine_prices *m, double threads)
{
	double whole = fmin(threads, m->cores), more = fmin(threads, m->cpus) - whole;
	double gain = whole + SIBLING_GAIN * fmax(0, more);
	return (struct price){gain, gain, whole + 2 * SIBLING_GAIN * fmax(0, more)};
}

static struct price between(const struct price *a, const struct price *b, double part)
{
#define MIX(field) a->field + part *(b->field - a->field)
	return (struct price){MIX(low), MIX(median), MIX(high)};
#undef MIX
}

/* Linear between what was measured; beyond, as good as the last for each thread. */
static struct price gain_of(const struct gain_at *list, int count, double threads)
{
	static const struct price one = {1, 1, 1};
	struct gain_at before = {1, one};
	for (int i = 0; i < count; i++) {
		if (list[i].threads >= threads)
			return between(&before.gain, &list[i].gain,
				       (threads - before.threads) /
					   (list[i].threads - before.threads));
		before = list[i];
	}
	double more = threads / before.threads;
	return (struct price){before.gain.low * more, before.gain.median * more,
			      before.gain.high * more};
}

/* Of more threads than CPUs: each as good as those that there are. */
static struct price compute_gain(const struct machine_prices *m, double threads)
{
	double here = fmax(1, fmin(threads, m->cpus)), more = threads / here;
	struct price whole = assumed(m, here);
	struct price gain = m->computes ? gain_of(m->compute, m->computes, here) : whole;
	if (m->busy) {
		gain.low = fmax(gain.low, BUSY_LOW * whole.median);
		gain.median = fmax(gain.median, BUSY_MIDDLE * whole.median);
		gain.high = fmax(gain.high, whole.median);
	}
	gain.high = fmin(gain.high, here);
	gain.median = fmin(gain.median, gain.high);
	gain.low = fmin(gain.low, gain.median);
	return (struct price){gain.low * more, gain.median * more, gain.high * more};
}

double machine_compute_gain(const struct machine_prices *m, double threads)
{
	return compute_gain(m, threads).median;
}

/* Memory that more cores than there are would have is not known: as much, or in proportion. */
static struct price memory_gain(const struct machine_prices *m, double threads)
{
	struct price most = {1, threads, threads};
	if (!m->memories)
		return most;
	const struct gain_at *last = &m->memory[m->memories - 1];
	struct price gain = gain_of(m->memory, m->memories, fmin(threads, last->threads));
	if (threads > last->threads)
		gain.high *= threads / last->threads;
	gain.high = fmin(gain.high, threads);
	gain.median = fmin(fmax(gain.median, 1), gain.high);
	gain.low = fmin(fmax(gain.low, 1), gain.median);
	return gain;
}

void crews_make(struct crew *crew, const struct machine_prices *m, double threads)
{
	struct price compute = compute_gain(m, threads), memory = memory_gain(m, threads);
	double create = m->create.median > 0 ? m->create.median : CREATE_USUAL;
	double barrier = m->barrier.median > 0 ? m->barrier.median : BARRIER_USUAL;
	barrier *= fmax(1, log2(threads));
	double most = threads * CACHES_MORE;
	double low = m->virtual_cpus ? MODEL_LOW * VIRTUAL_LOW : MODEL_LOW;
	crew[CREW_LOW] = (struct crew){.threads = threads,
				       .gain = fmax(1, compute.low * low),
				       .memory_gain = fmax(1, memory.low * low),
				       .create = 2 * create,
				       .entry = BARRIERS_LOW * barrier,
				       .uneven = 1,
				       .caches = &m->caches,
				       .slower = SLOWER_MOST};
	crew[CREW_MIDDLE] = (struct crew){.threads = threads,
					  .gain = fmax(1, compute.median * MODEL_MIDDLE),
					  .memory_gain = fmax(1, memory.median * MODEL_MIDDLE),
					  .create = create,
					  .entry = BARRIERS_MIDDLE * barrier,
					  .uneven = 0.5,
					  .caches = &m->caches,
					  .slower = SLOWER_LIKELY};
	crew[CREW_HIGH] =
	    (struct crew){.threads = threads,
			  .gain = fmin(most, fmax(1, compute.high * MODEL_HIGH)),
			  .memory_gain = fmin(most, fmax(1, memory.high * MODEL_HIGH)),
			  .create = create / 2,
			  .entry = BARRIERS_HIGH * barrier};
}

void crews_hold_gil(struct crew *crew, double held)
{
	for (int i = 0; i < CREW_COUNT; i++)
		crew[i].in_turns = fmin(1, held);
}

void crews_are_processes(struct crew *crew, const struct machine_prices *m)
{
	double fork = m->fork.median > 0 ? m->fork.median : FORK_USUAL;
	for (int i = 0; i < CREW_COUNT; i++)
		crew[i].create = fork * (POOL_FORKS / crew[i].threads + PROCESS_FORKS) *
				 (i == CREW_LOW	   ? 2
				  : i == CREW_HIGH ? 0.5
						   : 1);
	crew[CREW_LOW].gain = fmax(1, crew[CREW_LOW].gain * (1 - PICKLING_LOW));
	crew[CREW_MIDDLE].gain = fmax(1, crew[CREW_MIDDLE].gain * (1 - PICKLING_MIDDLE));
}
