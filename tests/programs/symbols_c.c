/* Locks in all the places C has for them; each is waited for once, so that each gets a row. */
#include "known.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct shard {
	long count;
	pthread_mutex_t mu;
	union {
		char text[64];
		pthread_rwlock_t table_lock;
	};
};
struct pool {
	int size;
	struct {
		void *head;
		pthread_mutex_t lock;
		pthread_cond_t filled;
	} queue;
};
typedef struct pool pool_t;

pthread_mutex_t cache_mu = PTHREAD_MUTEX_INITIALIZER;
struct shard shard[8];
static struct shard grid[3][4];
static const pool_t *volatile escape;
static pool_t pool;

static pthread_mutex_t *local_static(void)
{
	static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
	return &mu;
}

static pthread_mutex_t *other_static(void)
{
	static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
	return &mu;
}

/* A heap lock: its name is where it was initialised. */
__attribute__((noinline)) pthread_mutex_t *make_session(void)
{
	pthread_mutex_t *mu = malloc(sizeof(*mu));
	pthread_mutex_init(mu, NULL);
	return mu;
}

static inline __attribute__((always_inline)) void enter(pthread_mutex_t *mu)
{
	pthread_mutex_lock(mu);
}

__attribute__((noinline)) void use(pthread_mutex_t *mu)
{
	enter(mu);
	pthread_mutex_unlock(mu);
}

static void *worker(void *list)
{
	for (pthread_mutex_t **mu = list; *mu; mu++)
		use(*mu);
	return NULL;
}

static int back(int n)
{
	use(&cache_mu);
	return n;
}

int main(int argc, char **argv)
{
	pthread_mutex_t raw; /* on the stack, and never initialised by a call */
	pthread_mutex_t *list[] = {&cache_mu,	   &shard[3].mu,
				   &grid[1][2].mu, &pool.queue.lock,
				   local_static(), other_static(),
				   make_session(), make_session(),
				   &raw,	   NULL};
	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	int (*call)(int (*)(int), int);
	pthread_t t[2];

	memset(&raw, 0, sizeof(raw));
	escape = &pool;
	if (library && (call = dlsym(library, "library_call")))
		call(back, 1);
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, worker, list);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	pthread_rwlock_wrlock(&shard[5].table_lock);
	pthread_rwlock_unlock(&shard[5].table_lock);
	pthread_cond_signal(&pool.queue.filled);
	return 0;
}
