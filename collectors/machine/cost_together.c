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

#define BYTES_MIN (128u << 20)
#define BYTES_MAX (512u << 20)
#define CACHES 3       /* so many times the largest cache */
#define MEMORY_SHARE 8 /* never more than this part of the memory */
#define PASSES_MIN 3
#define PASSES_MAX 15
#define THREADS_MAX 1024
#define GRAIN 4096u
#define STEPS (4u << 20) /* of computing, each thread: some milliseconds */

static const enum cost_number kinds[] = {COST_read, COST_copy, COST_compute};

struct pass {
	pthread_mutex_t mutex;
	pthread_cond_t begun, ended;
	int number;  /* of the pass; 0: the parts are touched */
	int running; /* threads that have not ended it */
	int threads;
	enum cost_number kind;
	bool over;
};

struct worker {
	struct pass *pass;
	pthread_t thread;
	char *part;
	size_t bytes; /* a multiple of two GRAINs */
	uint64_t sum;
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

static void do_pass(struct worker *w, int number)
{
	if (!number)
		memset(w->part, 1, w->bytes);
	else if (w->pass->kind == COST_compute)
		w->sum += compute(w->sum);
	else if (w->pass->kind == COST_copy)
		memcpy(w->part, w->part + w->bytes / 2, w->bytes / 2);
	else
		w->sum += add_up(w->part, w->bytes);
}

static void *work(void *data)
{
	struct worker *w = data;
	struct pass *p = w->pass;
	for (int number = 0;; number++) {
		pthread_mutex_lock(&p->mutex);
		while (p->number < number && !p->over)
			pthread_cond_wait(&p->begun, &p->mutex);
		bool over = p->over;
		pthread_mutex_unlock(&p->mutex);
		if (over)
			return NULL;
		do_pass(w, number);
		pthread_mutex_lock(&p->mutex);
		if (--p->running == 0)
			pthread_cond_signal(&p->ended);
		pthread_mutex_unlock(&p->mutex);
	}
}

static void await_end(struct pass *p)
{
	while (p->running)
		pthread_cond_wait(&p->ended, &p->mutex);
}

/* Bytes, or steps, per second of all threads. */
static double run_pass(struct pass *p, size_t bytes)
{
	pthread_mutex_lock(&p->mutex);
	p->number++;
	p->running = p->threads;
	pthread_cond_broadcast(&p->begun);
	uint64_t begin = batch_now_ns();
	await_end(p);
	uint64_t took = batch_now_ns() - begin;
	pthread_mutex_unlock(&p->mutex);
	double done = p->kind == COST_compute ? (double)STEPS * p->threads : (double)bytes;
	return done * 1e9 / (double)(took ? took : 1);
}

static void run_passes(struct machine_costs *costs, struct pass *pass, size_t bytes,
		       uint64_t budget_ns)
{
	enum { KINDS = sizeof(kinds) / sizeof(*kinds) };
	for (int i = 0; i < KINDS; i++) {
		struct batches b = {.count = 0};
		uint64_t end = batch_now_ns() + budget_ns / KINDS;
		pass->kind = kinds[i];
		run_pass(pass, bytes);
		while (b.count < PASSES_MAX && (b.count < PASSES_MIN || batch_now_ns() < end))
			b.value[b.count++] = run_pass(pass, bytes);
		batches_add_cost(costs, kinds[i], pass->threads, 1, &b);
	}
}

/* Makes the threads and waits until all parts are touched; returns how many could be made. */
static int start(struct pass *p, struct worker *workers, char *memory, size_t part)
{
	int made = 0;
	p->running = p->threads;
	for (; made < p->threads; made++) {
		struct worker *w = &workers[made];
		*w =
		    (struct worker){.pass = p, .part = memory + (size_t)made * part, .bytes = part};
		if (pthread_create(&w->thread, NULL, work, w) != 0)
			break;
	}
	pthread_mutex_lock(&p->mutex);
	p->running -= p->threads - made;
	await_end(p);
	pthread_mutex_unlock(&p->mutex);
	return made;
}

static void end(struct pass *p, struct worker *workers, int made)
{
	pthread_mutex_lock(&p->mutex);
	p->over = true;
	pthread_cond_broadcast(&p->begun);
	pthread_mutex_unlock(&p->mutex);
	while (made > 0)
		pthread_join(workers[--made].thread, NULL);
}

static void with_threads(struct machine_costs *costs, int threads, size_t bytes, uint64_t budget_ns)
{
	struct pass p = {.mutex = PTHREAD_MUTEX_INITIALIZER,
			 .begun = PTHREAD_COND_INITIALIZER,
			 .ended = PTHREAD_COND_INITIALIZER,
			 .threads = threads};
	struct worker *workers = calloc((size_t)threads, sizeof(*workers));
	size_t part = bytes / (size_t)threads / (2 * GRAIN) * (2 * GRAIN);
	char *memory =
	    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (workers && memory != MAP_FAILED) {
		madvise(memory, bytes, MADV_HUGEPAGE);
		int made = start(&p, workers, memory, part);
		if (made == threads)
			run_passes(costs, &p, part * (size_t)threads, budget_ns);
		end(&p, workers, made);
	}
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
