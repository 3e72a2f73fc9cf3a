/*
 * Locks with a character: own_mu is taken by one thread only, very often; asked_mu is tried again
 * and again while another thread keeps it; crowd_cond is broadcast to many of which one gets on;
 * calm_mu is taken by all, seldom.
 */
#include "known.h"

enum { OWN = 3000000, ROUNDS = 20, CROWD = 6, ITEMS = 100 };

static pthread_mutex_t own_mu = PTHREAD_MUTEX_INITIALIZER, asked_mu = PTHREAD_MUTEX_INITIALIZER,
		       calm_mu = PTHREAD_MUTEX_INITIALIZER, crowd_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t crowd_cond = PTHREAD_COND_INITIALIZER;
static int items, taken, waiting, rounds;

static void calm(void)
{
	IS(pthread_mutex_lock(&calm_mu), 0);
	IS(pthread_mutex_unlock(&calm_mu), 0);
}

static void take_own(void)
{
	for (int i = 0; i < OWN; i++) {
		pthread_mutex_lock(&own_mu);
		pthread_mutex_unlock(&own_mu);
	}
	calm();
}

/* Thread 0 keeps it for 5 ms each round; the other one asks for it all the time. */
static void *ask(void *number)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (number) {
			while (__atomic_load_n(&rounds, __ATOMIC_ACQUIRE) <= i)
				known_sleep(1);
			while (pthread_mutex_trylock(&asked_mu))
				;
		} else {
			IS(pthread_mutex_lock(&asked_mu), 0);
			__atomic_store_n(&rounds, i + 1, __ATOMIC_RELEASE);
			known_sleep(5);
		}
		IS(pthread_mutex_unlock(&asked_mu), 0);
	}
	calm();
	return NULL;
}

/* Thread 0 hands out one item at a time, to all that wait. */
static void hand_out(void)
{
	for (int i = 0; i < ITEMS;) {
		IS(pthread_mutex_lock(&crowd_mu), 0);
		if (!items && waiting == CROWD) {
			items = 1;
			i++;
			IS(pthread_cond_broadcast(&crowd_cond), 0);
		}
		IS(pthread_mutex_unlock(&crowd_mu), 0);
		known_sleep(1);
	}
}

static void *crowd(void *number)
{
	calm();
	if (!number) {
		hand_out();
		return NULL;
	}
	IS(pthread_mutex_lock(&crowd_mu), 0);
	while (taken < ITEMS) {
		waiting++;
		if (!items && taken < ITEMS)
			pthread_cond_wait(&crowd_cond, &crowd_mu);
		waiting--;
		if (items && taken < ITEMS) {
			items = 0;
			if (++taken == ITEMS)
				pthread_cond_broadcast(&crowd_cond);
		}
	}
	IS(pthread_mutex_unlock(&crowd_mu), 0);
	return NULL;
}

int main(void)
{
	take_own();
	known_threads(2, ask);
	known_threads(1 + CROWD, crowd);
	return 0;
}
