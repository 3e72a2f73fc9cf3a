/* Two threads hand a turn to and fro 1000 times by signal; then timed waits that time out, a
 * broadcast to three, and signals nobody waits for. */
#include "known.h"

#define TURNS 1000
pthread_mutex_t turn_mu = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t turn_cond = PTHREAD_COND_INITIALIZER, late_cond = PTHREAD_COND_INITIALIZER;
pthread_cond_t gate_cond = PTHREAD_COND_INITIALIZER, lonely_cond = PTHREAD_COND_INITIALIZER;
int turn, waiting, open;
long waits;

static void *play(void *number)
{
	for (int i = 0; i < TURNS; i++) {
		IS(pthread_mutex_lock(&turn_mu), 0);
		while (turn != (int)(long)number) {
			waits++;
			IS(pthread_cond_wait(&turn_cond, &turn_mu), 0);
		}
		turn = !turn;
		IS(pthread_cond_signal(&turn_cond), 0);
		IS(pthread_mutex_unlock(&turn_mu), 0);
	}
	return NULL;
}

static void *pass_gate(void *number)
{
	IS(pthread_mutex_lock(&turn_mu), 0);
	waiting++;
	while (!open)
		IS(pthread_cond_wait(&gate_cond, &turn_mu), 0);
	IS(pthread_mutex_unlock(&turn_mu), 0);
	return number;
}

static void *open_gate(void *number)
{
	for (int ready = 0; !ready; known_sleep(1)) {
		IS(pthread_mutex_lock(&turn_mu), 0);
		ready = waiting == 3;
		if (ready) {
			open = 1;
			IS(pthread_cond_broadcast(&gate_cond), 0);
		}
		IS(pthread_mutex_unlock(&turn_mu), 0);
	}
	return number;
}

static void *gate(void *number)
{
	return (long)number < 3 ? pass_gate(number) : open_gate(number);
}

int main(void)
{
	known_threads(2, play);
	known_threads(4, gate);
	IS(pthread_mutex_lock(&turn_mu), 0);
	for (int i = 0; i < 5; i++) {
		struct timespec soon = known_until(CLOCK_REALTIME, 10);
		IS(pthread_cond_timedwait(&late_cond, &turn_mu, &soon), ETIMEDOUT);
		soon = known_until(CLOCK_MONOTONIC, 10);
		IS(pthread_cond_clockwait(&late_cond, &turn_mu, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
	}
	IS(pthread_mutex_unlock(&turn_mu), 0);
	for (int i = 0; i < 100; i++) {
		IS(pthread_cond_signal(&lonely_cond), 0);
		IS(pthread_cond_broadcast(&lonely_cond), 0);
	}
	printf("%ld\n", waits);
	return 0;
}
