#include "reports/advise/study_samples.h"
#include "profiler/store.h"
#include "reports/advise/calls.h"
#include "reports/advise/handed.h"
#include "reports/advise/pages.h"
#include "reports/advise/region_footprints.h"
#include "reports/advise/steps.h"
#include "reports/advise/call_stacks.h"
#include "reports/advise/stream.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 512

struct met_sample {
	int64_t thread, time;
	uint32_t region, call; /* the innermost ones */
	uint32_t run; /* of the outermost recursion around it: from one entry to the next */
	bool lost;    /* its callers could not be found */
};

struct reader {
	struct study *study;
	struct store *store;
	struct call_stacks stacks; /* of samples */
	struct hash threads;	   /* thread.id -> index in the history */
	struct met_sample *met;
	size_t mets, met_room;
	struct hash met_at; /* (thread, time) -> index in met, once these are in order */
	struct calls calls;
	struct step step[FRAMES_MAX];
};

static int read_call_stacks(struct reader *r)
{
	uint64_t key[2];
	const struct stack_span *s;
	if (call_stacks_read(&r->stacks, r->store, &r->study->codes, "sampled_frame"))
		return -1;
	for (size_t i = 0; (s = hash_next(&r->stacks.by_id, &i, key));)
		steps_note(&r->study->codes, r->stacks.frame + s->first, s->count);
	for (size_t i = 0; (s = hash_next(&r->stacks.by_id, &i, key));)
		calls_note(&r->calls, &r->study->codes, r->stacks.frame + s->first, s->count);
	return 0;
}

static const struct code_function *function_at(const struct reader *r, const struct stack_span *s,
					       size_t at)
{
	return &r->study->codes.function[r->stacks.frame[s->first + at].place.function];
}

/* What breakpoints cost is no part of the program. */
static bool is_trap(const struct reader *r, const struct stack_span *s)
{
	return s && s->count && function_at(r, s, s->count - 1)->trap;
}

static bool is_interpreted(const struct reader *r, const struct stack_span *s)
{
	for (size_t i = 0; s && i < s->count; i++) {
		const struct code_function *f = function_at(r, s, i);
		if (f->interpreter || f->python)
			return true;
	}
	return false;
}

/* When it ended in libc: what was called of that. */
static void add_state(struct reader *r, const struct stack_span *s, uint32_t region)
{
	size_t at = s ? s->count : 0;
	while (at > 0 && function_at(r, s, at - 1)->libc)
		at--;
	if (s && at > 0 && at < s->count)
		uses_add_state(&r->study->uses, region, function_at(r, s, at)->name, 1);
}

static void add_met(struct reader *r, const int64_t *value, uint32_t region,
		    const struct stack_span *s)
{
	uint32_t call = s ? calls_add(&r->calls, &r->study->codes, &r->study->regions, region,
				      r->stacks.frame + s->first, s->count)
			  : CALL_NONE;
	if (r->mets == r->met_room) {
		r->met_room = r->met_room * 2 + 1024;
		r->met = memory_grow(r->met, r->met_room, sizeof(*r->met));
	}
	r->met[r->mets++] = (struct met_sample){.thread = value[0],
						.time = value[1],
						.region = region,
						.call = call,
						.lost = !s || s->count < 2};
}

static int compare_met(const void *a, const void *b)
{
	const struct met_sample *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->thread < y->thread ? -1 : x->thread > y->thread;
}

/* After the last one: what lies between two samples elsewhere is one run of a recursion. */
static void settle_met(struct reader *r)
{
	uint32_t last = 0, run = 1;
	int64_t thread = 0;
	bool fresh;
	calls_sum(&r->calls);
	calls_state(&r->calls, &r->study->codes, &r->study->regions);
	if (r->mets)
		qsort(r->met, r->mets, sizeof(*r->met), compare_met);
	for (size_t i = 0; i < r->mets; i++) {
		struct met_sample *m = &r->met[i];
		uint32_t region = calls_region(&r->study->regions, m->region);
		if (!m->lost) {
			run += !region || region != last || m->thread != thread;
			last = region;
			thread = m->thread;
		}
		m->run = run;
		*(size_t *)hash_put(&r->met_at, (uint64_t)m->thread, (uint64_t)m->time + 1,
				    &fresh) = i;
	}
}

static void add_sample(void *data, const int64_t *value)
{
	struct reader *r = data;
	struct study *study = r->study;
	const uint32_t *thread = hash_get(&r->threads, (uint64_t)value[0], 1);
	const struct stack_span *s = call_stacks_get(&r->stacks, value[2]);
	size_t steps = 0;
	if (!thread || !alone_at(&study->alone, *thread, value[1]) || is_trap(r, s))
		return;
	study->facts.interpreted += is_interpreted(r, s);
	if (s)
		steps = steps_of(&study->codes, r->stacks.frame + s->first, s->count, r->step,
				 FRAMES_MAX);
	uint32_t function = s && s->count ? r->stacks.frame[s->first + s->count - 1].place.function
					  : REGION_NOBODY - 1;
	uint32_t region = regions_add(&study->regions, r->step, steps, 1, value[3], function);
	add_met(r, value, region, s);
	add_state(r, s, region);
	study->samples++;
}

struct touches_read {
	struct reader *reader;
	struct touch_sample *list;
	size_t count, room;
};

static void add_touch(void *data, const int64_t *value)
{
	struct touches_read *t = data;
	const size_t *at = hash_get(&t->reader->met_at, (uint64_t)value[0], (uint64_t)value[1] + 1);
	if (!at)
		return;
	const struct met_sample *met = &t->reader->met[*at];
	if (t->count == t->room) {
		t->room = t->room * 2 + 1024;
		t->list = memory_grow(t->list, t->room, sizeof(*t->list));
	}
	t->list[t->count++] = (struct touch_sample){.thread = value[0],
						    .time = value[1],
						    .pc = (uint64_t)value[2],
						    .address = (uint64_t)value[3],
						    .region = met->region,
						    .reads = value[4] != 0,
						    .writes = value[5] != 0,
						    .call = met->call,
						    .run = met->run};
}

/* Of a region's time the share in which it, or what is inside, uses up the memory's bandwidth. */
static void spread_memory(struct study *s)
{
	for (uint32_t i = 0; i < s->regions.count; i++) {
		double used = s->prices.read_bytes > 0 ? s->bytes[i] / s->prices.read_bytes : 0;
		s->memory[i] += s->regions.region[i].own * fmin(1, used);
	}
	for (uint32_t i = s->regions.count; i-- > 1;)
		s->memory[s->regions.region[i].parent] += s->memory[i];
	for (uint32_t i = 0; i < s->regions.count; i++)
		s->memory[i] /= fmax(1, s->regions.region[i].total);
}

static double pass_ns(const struct study *s, uint32_t region)
{
	const struct region *r = &s->regions.region[region];
	const struct loop_fact *l = r->kind == REGION_LOOP ? &s->codes.loop[r->key] : NULL;
	return l && l->pieces ? l->piece_ns / l->pieces : INFINITY;
}

/* A region begins anew with each pass of the one around it. */
static struct region_times *region_times(const struct study *s)
{
	struct region_times *times = memory_new(s->regions.count, sizeof(*times));
	for (uint32_t i = 0; i < s->regions.count; i++)
		times[i] =
		    (struct region_times){pass_ns(s, i), pass_ns(s, s->regions.region[i].parent)};
	return times;
}

static int read_memory(struct reader *r)
{
	struct touches_read t = {.reader = r};
	struct study *s = r->study;
	s->memory = memory_new(s->regions.count, sizeof(double));
	s->bytes = memory_new(s->regions.count, sizeof(double));
	int result = store_scan(r->store, "thread, time_ns, pc, address, reads, writes",
				"address_use", add_touch, &t);
	struct region_times *times = region_times(s);
	pages_count(&s->regions, t.list, t.count, times);
	handed_count(&s->regions, &r->calls, t.list, t.count);
	region_footprints(&s->regions, &s->codes, t.list, t.count, r->store);
	streams_rate(t.list, t.count, &s->regions, times, s->bytes);
	spread_memory(s);
	free(times);
	free(t.list);
	return result;
}

static void index_threads(struct reader *r, const struct history *h)
{
	bool fresh;
	for (uint32_t t = 0; t < h->threads; t++)
		*(uint32_t *)hash_put(&r->threads, (uint64_t)h->thread[t].id, 1, &fresh) = t;
}

int study_samples(struct study *study, struct store *store, const struct history *h)
{
	struct reader r = {.study = study, .store = store};
	hash_init(&r.threads, sizeof(uint32_t));
	hash_init(&r.met_at, sizeof(size_t));
	calls_init(&r.calls);
	regions_init(&study->regions);
	index_threads(&r, h);
	int result = codes_read(&study->codes, store) || read_call_stacks(&r) ||
		     store_scan(store, "thread, time, coalesce(stack, 0), kernel", "sample_all",
				add_sample, &r);
	regions_sum(&study->regions);
	settle_met(&r);
	result = result || read_memory(&r) ||
			 uses_read(&study->uses, store, &study->codes, &study->regions, &r.stacks)
		     ? -1
		     : 0;
	call_stacks_free(&r.stacks);
	hash_free(&r.threads);
	hash_free(&r.met_at);
	calls_free(&r.calls);
	free(r.met);
	return result;
}
