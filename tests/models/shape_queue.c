/* Shapes of items that go from thread to thread through bounded queues. */
#include "model.h"
#include <semaphore.h>

#define STAGES 5
static int stages, items, depth;
static double cost[MODEL_LISTED], workers[MODEL_LISTED];
static bool by_semaphore, broadcasts;

struct queue {
	pthread_mutex_t mutex;
	pthread_cond_t filled, freed;
	sem_t full, room;
	int item[1024];
	int first, count, writers; /* writers: that will still put */
};
static struct queue queues[STAGES];

static void queue_make(struct queue *q, int from)
{
	IS(pthread_mutex_init(&q->mutex, NULL), 0);
	IS(pthread_cond_init(&q->filled, NULL), 0);
	IS(pthread_cond_init(&q->freed, NULL), 0);
	IS(sem_init(&q->full, 0, 0), 0);
	IS(sem_init(&q->room, 0, (unsigned)depth), 0);
	q->writers = from;
}

static void append(struct queue *q, int item)
{
	q->item[(q->first + q->count++) % (int)COUNT(q->item)] = item;
}

static int pop(struct queue *q)
{
	int item = q->item[q->first];
	q->first = (q->first + 1) % (int)COUNT(q->item);
	q->count--;
	return item;
}

static void wake(pthread_cond_t *c)
{
	IS(broadcasts ? pthread_cond_broadcast(c) : pthread_cond_signal(c), 0);
}

/* item -1: the end, for one reader; never waits for room. */
NOINLINE void put(struct queue *q, int item)
{
	if (by_semaphore && item >= 0)
		IS(sem_wait(&q->room), 0);
	IS(pthread_mutex_lock(&q->mutex), 0);
	while (!by_semaphore && item >= 0 && q->count >= depth)
		IS(pthread_cond_wait(&q->freed, &q->mutex), 0);
	append(q, item);
	if (!by_semaphore)
		wake(&q->filled);
	IS(pthread_mutex_unlock(&q->mutex), 0);
	if (by_semaphore)
		IS(sem_post(&q->full), 0);
}

NOINLINE int get(struct queue *q)
{
	if (by_semaphore)
		IS(sem_wait(&q->full), 0);
	IS(pthread_mutex_lock(&q->mutex), 0);
	while (!q->count)
		IS(pthread_cond_wait(&q->filled, &q->mutex), 0);
	int item = pop(q);
	if (!by_semaphore)
		wake(&q->freed);
	IS(pthread_mutex_unlock(&q->mutex), 0);
	if (by_semaphore)
		IS(sem_post(&q->room), 0);
	return item;
}

/* The last writer of a queue tells its readers that nothing more comes. */
static void ends(struct queue *q, int readers)
{
	if (__atomic_sub_fetch(&q->writers, 1, __ATOMIC_ACQ_REL) == 0)
		for (int i = 0; i < readers; i++)
			put(q, -1);
}

static int next_made;

static int make(void)
{
	int item = __atomic_fetch_add(&next_made, 1, __ATOMIC_RELAXED);
	return item < items ? item : -1;
}

static void run_stage(int stage, void (*work)(int))
{
	int item;
	while ((item = stage ? get(&queues[stage - 1]) : make()) >= 0) {
		work(item);
		if (stage < stages - 1)
			put(&queues[stage], item);
	}
	if (stage < stages - 1)
		ends(&queues[stage], (int)workers[stage + 1]);
}

#define STAGE(number, name)                                                                        \
	NOINLINE void name##_item(int item)                                                        \
	{                                                                                          \
		model_spend(model_varied(cost[number], (uint32_t)item, number));                   \
	}                                                                                          \
	static void *name(void *thread)                                                            \
	{                                                                                          \
		run_stage(number, name##_item);                                                    \
		return thread;                                                                     \
	}
STAGE(0, read_stage)
STAGE(1, parse_stage)
STAGE(2, sort_stage)
STAGE(3, pack_stage)
STAGE(4, write_stage)
STAGE(0, producer)
STAGE(1, consumer)

static void run_threads(void *(*const *routine)(void *))
{
	pthread_t thread[MODEL_THREADS];
	int count = 0;
	for (int s = 0; s < stages - 1; s++)
		queue_make(&queues[s], (int)workers[s]);
	for (int s = 0; s < stages; s++)
		for (int i = 0; i < (int)workers[s]; i++)
			IS(pthread_create(&thread[count++], NULL, routine[s], NULL), 0);
	while (count)
		IS(pthread_join(thread[--count], NULL), 0);
}

static void arguments(const char *costs, const char *threads)
{
	stages = model_list("cost", costs, cost);
	int given = model_list("workers", threads, workers);
	while (given < stages)
		workers[given++] = 1;
	items = (int)model_number("items", 200);
	depth = (int)model_number("depth", 8);
	by_semaphore = !strcmp(model_word("queue", "condition"), "semaphore");
	broadcasts = model_number("broadcast", 0) > 0;
}

/* Stages with a queue between each two. */
void shape_pipeline(void)
{
	static void *(*const routine[STAGES])(void *) = {read_stage, parse_stage, sort_stage,
							 pack_stage, write_stage};
	arguments("1000,4000,1000", "1,1,1");
	run_threads(routine);
}

/* A producer, and consumers that take its items. */
void shape_pool(void)
{
	static void *(*const routine[])(void *) = {producer, consumer};
	arguments("3000,6000", "1,8");
	run_threads(routine);
}

/* The pool, whose every item wakes all. */
void shape_herd(void)
{
	static void *(*const routine[])(void *) = {producer, consumer};
	arguments("0,0", "1,16");
	broadcasts = model_number("broadcast", 1) > 0;
	run_threads(routine);
}
