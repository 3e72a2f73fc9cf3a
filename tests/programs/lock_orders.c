/*
 * Locks in both orders, one way by argument: never at the same time, so that none of them really
 * ends in a deadlock. Those before "none" could, in another run; the others could not, though other
 * tools say so (the numbers are of their reports).
 */
#include "known.h"

static pthread_mutex_t first_mu = PTHREAD_MUTEX_INITIALIZER, second_mu = PTHREAD_MUTEX_INITIALIZER,
		       third_mu = PTHREAD_MUTEX_INITIALIZER, gate_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table_rw = PTHREAD_RWLOCK_INITIALIZER,
			index_rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t phase;

/* The threads take turns by time alone, which orders nothing. */
static void turn(long number)
{
	known_sleep(20 + 60 * number);
}

NOINLINE void take_inner(pthread_mutex_t *inner)
{
	IS(pthread_mutex_lock(inner), 0);
	IS(pthread_mutex_unlock(inner), 0);
}

NOINLINE void take_both(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
	IS(pthread_mutex_lock(outer), 0);
	take_inner(inner);
	IS(pthread_mutex_unlock(outer), 0);
}

/* real: two and three threads */
static void *one_of_two(void *number)
{
	turn((long)number);
	if (number)
		take_both(&second_mu, &first_mu);
	else
		take_both(&first_mu, &second_mu);
	return NULL;
}

static void two(void)
{
	known_threads(2, one_of_two);
}

/* real: a line that is code in two places, as in a loop that the compiler unrolled */
#define TWICE(call)                                                                                \
	do {                                                                                       \
		call;                                                                              \
		call;                                                                              \
	} while (0)

static void *unrolled(void *number)
{
	turn((long)number);
	if (number)
		TWICE(take_both(&second_mu, &first_mu));
	else
		TWICE(take_both(&first_mu, &second_mu));
	return NULL;
}

static void one_line(void)
{
	known_threads(2, unrolled);
}

static void *one_of_three(void *number)
{
	pthread_mutex_t *mu[] = {&first_mu, &second_mu, &third_mu};
	turn((long)number);
	take_both(mu[(long)number], mu[((long)number + 1) % 3]);
	return NULL;
}

static void three(void)
{
	known_threads(3, one_of_three);
}

/* real: a reader inside of a writer, both ways */
static void *reads_and_writes(void *number)
{
	pthread_rwlock_t *outer = number ? &index_rw : &table_rw,
			 *inner = number ? &table_rw : &index_rw;
	turn((long)number);
	IS(pthread_rwlock_wrlock(outer), 0);
	IS(pthread_rwlock_rdlock(inner), 0);
	IS(pthread_rwlock_unlock(inner), 0);
	IS(pthread_rwlock_unlock(outer), 0);
	return NULL;
}

static void readers_of_writers(void)
{
	known_threads(2, reads_and_writes);
}

/* real: under load, 100,000 times each, so that few are timed; and one waits for the other */
static void *often(void *number)
{
	turn((long)number);
	for (int i = 0; i < 100000; i++)
		if (number)
			take_both(&second_mu, &first_mu);
		else
			take_both(&first_mu, &second_mu);
	return NULL;
}

static void many_times(void)
{
	pthread_t thread[2];
	IS(pthread_create(&thread[0], NULL, often, (void *)0), 0);
	known_sleep(300);
	IS(pthread_create(&thread[1], NULL, often, (void *)1), 0);
	IS(pthread_join(thread[0], NULL), 0);
	IS(pthread_join(thread[1], NULL), 0);
}

/* none: one thread (488) */
static void *both_ways(void *unused)
{
	take_both(&first_mu, &second_mu);
	take_both(&second_mu, &first_mu);
	return unused;
}

static void one_thread(void)
{
	known_threads(1, both_ways);
}

/* none: hand over hand, the first is gone before the third is taken (814, 1419, 57955) */
static void *hand_over_hand(void *number)
{
	turn((long)number);
	if (number) {
		take_both(&third_mu, &first_mu);
		return NULL;
	}
	IS(pthread_mutex_lock(&first_mu), 0);
	IS(pthread_mutex_lock(&second_mu), 0);
	IS(pthread_mutex_unlock(&first_mu), 0);
	take_inner(&third_mu);
	IS(pthread_mutex_unlock(&second_mu), 0);
	return NULL;
}

static void chain(void)
{
	known_threads(2, hand_over_hand);
}

/* none: readers (1862) */
static void *reads_both(void *number)
{
	pthread_rwlock_t *outer = number ? &index_rw : &table_rw,
			 *inner = number ? &table_rw : &index_rw;
	turn((long)number);
	IS(pthread_rwlock_rdlock(outer), 0);
	IS(pthread_rwlock_rdlock(inner), 0);
	IS(pthread_rwlock_unlock(inner), 0);
	IS(pthread_rwlock_unlock(outer), 0);
	return NULL;
}

static void readers(void)
{
	known_threads(2, reads_both);
}

/* none: another lock at the same address (1798) */
static pthread_mutex_t reused;
static void *with_reused(void *number)
{
	turn((long)number);
	IS(pthread_mutex_init(&reused, NULL), 0);
	if (number)
		take_both(&reused, &first_mu);
	else
		take_both(&first_mu, &reused);
	IS(pthread_mutex_destroy(&reused), 0);
	return NULL;
}

static void address_reuse(void)
{
	known_threads(2, with_reused);
}

/* none: locked while it is made, then found under the registry's lock (1163) */
static struct item {
	pthread_mutex_t mu;
} * registry;

static void *makes_or_finds(void *number)
{
	turn((long)number);
	if (number) {
		IS(pthread_mutex_lock(&first_mu), 0);
		take_inner(&registry->mu);
		IS(pthread_mutex_unlock(&first_mu), 0);
		return NULL;
	}
	struct item *item = malloc(sizeof(*item));
	IS(pthread_mutex_init(&item->mu, NULL), 0);
	IS(pthread_mutex_lock(&item->mu), 0);
	IS(pthread_mutex_lock(&first_mu), 0);
	registry = item;
	IS(pthread_mutex_unlock(&first_mu), 0);
	IS(pthread_mutex_unlock(&item->mu), 0);
	return NULL;
}

static void published(void)
{
	known_threads(2, makes_or_finds);
}

/* none: who tries, or gives up, does not wait for ever (1620) */
static void *tries(void *number)
{
	struct timespec until = known_until(CLOCK_REALTIME, 10000);
	turn((long)number);
	IS(pthread_mutex_lock(number ? &second_mu : &first_mu), 0);
	if (number)
		IS(pthread_mutex_timedlock(&first_mu, &until), 0);
	else
		IS(pthread_mutex_trylock(&second_mu), 0);
	IS(pthread_mutex_unlock(&second_mu), 0);
	IS(pthread_mutex_unlock(&first_mu), 0);
	return NULL;
}

static void gives_up(void)
{
	known_threads(2, tries);
}

/* none: under a gate, few times and many times */
static void *gated(void *number)
{
	known_sleep(number ? 300 : 0);
	for (int i = 0; i < 100000; i++) {
		IS(pthread_mutex_lock(&gate_mu), 0);
		if (number)
			take_both(&second_mu, &first_mu);
		else
			take_both(&first_mu, &second_mu);
		IS(pthread_mutex_unlock(&gate_mu), 0);
	}
	return NULL;
}

static void gate(void)
{
	known_threads(2, gated);
}

/* none: one thread after the other */
static void *first_order(void *unused)
{
	take_both(&first_mu, &second_mu);
	return unused;
}

static void *second_order(void *unused)
{
	take_both(&second_mu, &first_mu);
	return unused;
}

static void joined(void)
{
	known_threads(1, first_order);
	known_threads(1, second_order);
}

static void born_later(void)
{
	take_both(&first_mu, &second_mu);
	known_threads(1, second_order);
}

/* none: in phases */
static void *in_phases(void *number)
{
	if (!number)
		take_both(&first_mu, &second_mu);
	pthread_barrier_wait(&phase);
	if (number)
		take_both(&second_mu, &first_mu);
	return NULL;
}

static void barrier(void)
{
	IS(pthread_barrier_init(&phase, NULL, 2), 0);
	known_threads(2, in_phases);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} all[] = {{"two", two},
		   {"one_line", one_line},
		   {"three", three},
		   {"readers_of_writers", readers_of_writers},
		   {"many_times", many_times},
		   {"none", NULL},
		   {"one_thread", one_thread},
		   {"chain", chain},
		   {"readers", readers},
		   {"address_reuse", address_reuse},
		   {"published", published},
		   {"gives_up", gives_up},
		   {"gate", gate},
		   {"joined", joined},
		   {"born_later", born_later},
		   {"barrier", barrier}};
	for (size_t i = 0; i < COUNT(all); i++) {
		if (argc == 1)
			puts(all[i].name);
		if (argc > 1 && !strcmp(argv[1], all[i].name) && all[i].run)
			all[i].run();
	}
	return 0;
}
