/*
 * An interpreter's lock as CPython has it, without an interpreter: takes and drops of known number.
 *   gil pairs N       one thread, N takes and drops, all free
 *   gil spins T MS    T threads that compute so long while they hold it, dropping it when asked
 *   gil blocks N      two threads that sleep 1 ms outside of it, N times each
 * Prints takes, contended takes, forced drops and requests to drop, as it counted them.
 */
#include "known.h"

/* Field names, types and order are CPython's. */
struct gil_runtime_state {
	unsigned long interval;
	void *last_holder;
	int locked;
	unsigned long switch_number;
	pthread_cond_t cond;
	pthread_mutex_t mutex;
	pthread_cond_t switch_cond;
	pthread_mutex_t switch_mutex;
};
struct runtime {
	char before[400];
	struct gil_runtime_state gil;
};
extern struct runtime _PyRuntime;
__attribute__((visibility("default"))) struct runtime _PyRuntime;
#define GIL (&_PyRuntime.gil)

static int drop_request;
static long takes, contended, forced, requests;
static __thread int thread_state;
static long spin_ms, rounds;

static void create_gil(void)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	GIL->interval = 5000;
	GIL->locked = -1;
	pthread_mutex_init(&GIL->mutex, NULL);
	pthread_mutex_init(&GIL->switch_mutex, NULL);
	pthread_cond_init(&GIL->cond, &attributes);
	pthread_cond_init(&GIL->switch_cond, &attributes);
	GIL->locked = 0;
}

static struct timespec in_us(unsigned long us)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)us * 1000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return until;
}

static void wait_for_it(void)
{
	while (GIL->locked) {
		unsigned long saved = GIL->switch_number;
		struct timespec until = in_us(GIL->interval);
		int result = pthread_cond_timedwait(&GIL->cond, &GIL->mutex, &until);
		if (result != ETIMEDOUT)
			continue;
		requests++; /* the mutex is held: no other thread counts now */
		if (GIL->locked && GIL->switch_number == saved)
			__atomic_store_n(&drop_request, 1, __ATOMIC_RELAXED);
	}
}

static void take_gil(void)
{
	pthread_mutex_lock(&GIL->mutex);
	if (GIL->locked) {
		contended++;
		wait_for_it();
	}
	pthread_mutex_lock(&GIL->switch_mutex);
	GIL->locked = 1;
	if (GIL->last_holder != &thread_state) {
		GIL->last_holder = &thread_state;
		GIL->switch_number++;
	}
	takes++;
	pthread_cond_signal(&GIL->switch_cond);
	pthread_mutex_unlock(&GIL->switch_mutex);
	__atomic_store_n(&drop_request, 0, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&GIL->mutex);
}

static void drop_gil(void)
{
	pthread_mutex_lock(&GIL->mutex);
	GIL->last_holder = &thread_state;
	GIL->locked = 0;
	pthread_cond_signal(&GIL->cond);
	pthread_mutex_unlock(&GIL->mutex);
	if (!__atomic_load_n(&drop_request, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&GIL->switch_mutex);
	forced++;
	if (GIL->last_holder == &thread_state) {
		__atomic_store_n(&drop_request, 0, __ATOMIC_RELAXED);
		pthread_cond_wait(&GIL->switch_cond, &GIL->switch_mutex);
	}
	pthread_mutex_unlock(&GIL->switch_mutex);
}

static long cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *spinner(void *number)
{
	take_gil();
	while (cpu_ms() < spin_ms)
		if (__atomic_load_n(&drop_request, __ATOMIC_RELAXED)) {
			drop_gil();
			take_gil();
		}
	drop_gil();
	return number;
}

static void *blocker(void *number)
{
	for (long i = 0; i < rounds; i++) {
		take_gil();
		drop_gil();
		nanosleep(&(struct timespec){0, 1000000}, NULL);
	}
	return number;
}

static void threads(long count, void *(*routine)(void *))
{
	pthread_t thread[16];
	count = count > 16 ? 16 : count;
	for (long i = 0; i < count; i++)
		pthread_create(&thread[i], NULL, routine, (void *)i);
	for (long i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
}

static void *idle(void *nothing)
{
	pause();
	return nothing;
}

/* With a second thread in the process: alone in it, glibc's locks need no atomic instructions. */
static void pairs(long count)
{
	pthread_t thread;
	pthread_create(&thread, NULL, idle, NULL);
	struct timespec begin, end;
	take_gil(); /* the first ones are dear */
	drop_gil();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (long i = 1; i < count; i++) {
		take_gil();
		drop_gil();
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	fprintf(
	    stderr, "%.1f ns\n",
	    ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
		(double)count);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	create_gil();
	if (!strcmp(argv[1], "pairs"))
		pairs(atol(argv[2]));
	rounds = atol(argv[2]);
	if (!strcmp(argv[1], "blocks"))
		threads(2, blocker);
	spin_ms = argc > 3 ? atol(argv[3]) : 100;
	if (!strcmp(argv[1], "spins"))
		threads(atol(argv[2]), spinner);
	printf("%ld|%ld|%ld|%ld\n", takes, contended, forced, requests);
	return 0;
}
