/*
 * What 1 to N threads get done together: memory bandwidth, over memory that is larger than the
 * largest cache, and computing without memory. Each thread touches its part first, so that it lies
 * in its own NUMA node, and passes begin together.
 */
#include "collectors/machine/batch.h"
#include "collectors/machine/cost_parts.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BYTES_MIN (256u << 20) /* caches of servers, of which hypervisors tell little */
#define BYTES_MAX (512u << 20)
#define CACHES 3       /* so many times the largest cache */
#define MEMORY_SHARE 8 /* never more than this part of the memory */
#define PASSES_MIN 3
#define PASSES_MAX 15
#define THREADS_MAX 1024
#define GRAIN 4096u
#define STEPS (4u << 20) /* of computing, each thread: some milliseconds */

static const enum cost_number kinds[] = {COST_read, COST_copy, COST_compute};

/*
 * All of its threads and who measures meet before and after each pass, at barriers: who is last
 * wakes the others at once. Threads that have to take a mutex first wake each other one by one, and
 * the kernel then leaves two of them on one core for as long as a pass takes. What a pass took the
 * threads tell themselves: who measures may have no core to wake up on.
 */
struct pass {
	pthread_barrier_t meet;
	int threads;
	/* written by who measures, while the threads wait */
	int working; /* of the threads; the others wait meanwhile */
	enum cost_number kind;
	bool over;
	/* until all of them are made */
	pthread_mutex_t mutex;
	pthread_cond_t made;
	enum { STARTING, STARTED, FAILED } start;
};

struct worker {
	struct pass *pass;
	pthread_t thread;
	int number;
	char *part;
	size_t bytes; /* a multiple of two GRAINs */
	uint64_t sum;
	uint64_t began, ended; /* the pass; read while it waits */
};

static uint64_t add_up(const char *part, size_t bytes)
{
	const uint64_t *word = (const uint64_t *)(const void *)part, *end = word + bytes / 8;
	uint64_t a = 0, b = 0, c = 0, d = 0;
	for (; word < end; word += 8) {
		a += word[0] + word[4];
		b += word[1] + word[5];
		c += word[2] + word[6];
		d += word[3] + word[7];
	}
	return a + b + c + d;
}

/* Four chains at once, so that units are busy, not waited for: what a core shares shows. */
static uint64_t compute(uint64_t x)
{
	uint64_t a = x | 1, b = a + 2, c = a + 4, d = a + 6;
	for (unsigned i = 0; i < STEPS / 4; i++) {
		a = (a ^ a >> 7) * 0x9e3779b97f4a7c15u;
		b = (b ^ b >> 7) * 0x9e3779b97f4a7c15u;
		c = (c ^ c >> 7) * 0x9e3779b97f4a7c15u;
		d = (d ^ d >> 7) * 0x9e3779b97f4a7c15u;
	}
	return a + b + c + d;
}

static void do_pass(struct worker *w)
{
	if (w->pass->kind == COST_compute)
		w->sum += compute(w->sum);
	else if (w->pass->kind == COST_copy)
		memcpy(w->part, w->part + w->bytes / 2, w->bytes / 2);
	else
		w->sum += add_up(w->part, w->bytes);
}

static bool has_started(struct pass *p)
{
	pthread_mutex_lock(&p->mutex);
	while (p->start == STARTING)
		pthread_cond_wait(&p->made, &p->mutex);
	bool started = p->start == STARTED;
	pthread_mutex_unlock(&p->mutex);
	return started;
}

static void *work(void *data)
{
	struct worker *w = data;
	memset(w->part, 1, w->bytes);
	if (!has_started(w->pass))
		return NULL;
	for (;;) {
		pthread_barrier_wait(&w->pass->meet);
		if (w->pass->over)
			return NULL;
		if (w->number < w->pass->working) {
			w->began = batch_now_ns();
			do_pass(w);
			w->ended = batch_now_ns();
		}
		pthread_barrier_wait(&w->pass->meet);
	}
}

/* From when the first one began until the last one ended. */
static uint64_t took_ns(const struct pass *p, const struct worker *workers)
{
	uint64_t began = workers[0].began, ended = workers[0].ended;
	for (int i = 1; i < p->working; i++) {
		began = workers[i].began < began ? workers[i].began : began;
		ended = workers[i].ended > ended ? workers[i].ended : ended;
	}
	return ended > began ? ended - began : 1;
}

/* Bytes, or steps, per second of so many threads. */
static double run_pass(struct pass *p, const struct worker *workers, int working)
{
	p->working = working;
	pthread_barrier_wait(&p->meet);
	pthread_barrier_wait(&p->meet);
	double each = p->kind == COST_compute ? (double)STEPS : (double)workers[0].bytes;
	return each * working * 1e9 / (double)took_ns(p, workers);
}

/*
 * Several threads in turns with one of them, and each time against it: how fast a core is changes
 * within a tenth of a second where other virtual machines share it, what more cores add does less.
 */
static double gain_of_pass(struct pass *p, const struct worker *workers)
{
	double one = run_pass(p, workers, 1);
	return run_pass(p, workers, p->threads) / one;
}

static void run_passes(struct machine_costs *costs, struct pass *pass, const struct worker *workers,
		       uint64_t budget_ns)
{
	enum { KINDS = sizeof(kinds) / sizeof(*kinds) };
	for (int i = 0; i < KINDS; i++) {
		struct batches b = {.count = 0};
		uint64_t end = batch_now_ns() + budget_ns / KINDS;
		const struct cost *one = costs_find(costs, kinds[i], 1);
		pass->kind = kinds[i];
		run_pass(pass, workers, pass->threads);
		while (b.count < PASSES_MAX && (b.count < PASSES_MIN || batch_now_ns() < end))
			b.value[b.count++] = one ? one->median * gain_of_pass(pass, workers)
						 : run_pass(pass, workers, pass->threads);
		batches_add_cost(costs, kinds[i], pass->threads, 1, &b);
	}
}

/* Makes the threads; returns how many could be made. They run if all could. */
static int start(struct pass *p, struct worker *workers, char *memory, size_t part)
{
	int made = 0;
	for (; made < p->threads; made++) {
		struct worker *w = &workers[made];
		*w = (struct worker){
		    .pass = p, .number = made, .part = memory + (size_t)made * part, .bytes = part};
		if (pthread_create(&w->thread, NULL, work, w) != 0)
			break;
	}
	pthread_mutex_lock(&p->mutex);
	p->start = made == p->threads ? STARTED : FAILED;
	pthread_cond_broadcast(&p->made);
	pthread_mutex_unlock(&p->mutex);
	return made;
}

static void end(struct pass *p, struct worker *workers, int made)
{
	p->over = true;
	if (p->start == STARTED)
		pthread_barrier_wait(&p->meet);
	while (made > 0)
		pthread_join(workers[--made].thread, NULL);
}

static void with_threads(struct machine_costs *costs, int threads, size_t bytes, uint64_t budget_ns)
{
	struct pass p = {.mutex = PTHREAD_MUTEX_INITIALIZER,
			 .made = PTHREAD_COND_INITIALIZER,
			 .threads = threads};
	struct worker *workers = calloc((size_t)threads, sizeof(*workers));
	size_t part = bytes / (size_t)threads / (2 * GRAIN) * (2 * GRAIN);
	char *memory =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_barrier_init(&p.meet, NULL, (unsigned)threads + 1);
	if (workers && memory != MAP_FAILED) {
		madvise(memory, bytes, MADV_HUGEPAGE);
		int made = start(&p, workers, memory, part);
		if (made == threads)
			run_passes(costs, &p, workers, budget_ns);
		end(&p, workers, made);
	}
	pthread_barrier_destroy(&p.meet);
	if (memory != MAP_FAILED)
		munmap(memory, bytes);
	free(workers);
}

static size_t choose_bytes(uint64_t last_cache, uint64_t memory)
{
	uint64_t bytes = last_cache * CACHES;
	bytes = bytes < BYTES_MIN ? BYTES_MIN : bytes > BYTES_MAX ? BYTES_MAX : bytes;
	return memory && bytes > memory / MEMORY_SHARE ? memory / MEMORY_SHARE : bytes;
}

/* One thread and all of them first: what lies between is left out when time is short. */
void cost_together(struct machine_costs *costs, uint64_t budget_ns, uint64_t last_cache, int cpus,
		   uint64_t memory)
{
	size_t bytes = choose_bytes(last_cache, memory);
	costs->array_bytes = bytes;
	uint64_t until = batch_now_ns() + budget_ns;
	int most = cpus < 1 ? 1 : cpus > THREADS_MAX ? THREADS_MAX : cpus;
	with_threads(costs, 1, bytes, budget_ns / 4);
	if (most > 1)
		with_threads(costs, most, bytes, budget_ns / 4);
	for (int n = 2; n < most && batch_now_ns() + budget_ns / 4 < until; n *= 2)
		with_threads(costs, n, bytes, budget_ns / 8);
}
