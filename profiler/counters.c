#include "profiler/counters.h"
#include "collectors/kernel/counter.h"
#include "profiler/hash.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/store_rows.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

enum { VALUE_COLUMNS = 8, SAMPLE_COLUMNS = 9, FRAME_COLUMNS = 3 };

struct counters {
	struct counter_choices choices;
	struct counter_plan *plans;
	struct counter_set *set;
	struct store *store;
	struct store_rows *values, *samples, *frames;
	struct hash chains; /* key: chain, 1: those that have rows */
	uint64_t first_ns;
};

static int64_t since_start(const struct counters *c, uint64_t ns)
{
	return ns > c->first_ns ? (int64_t)(ns - c->first_ns) : 0;
}

static void keep_reading(void *data, const struct counter_reading *r)
{
	struct counters *c = data;
	int64_t *row = store_rows_next(c->values);
	row[0] = r->counter + 1;
	row[1] = r->pid;
	row[2] = r->tid;
	row[3] = since_start(c, r->time_ns);
	row[4] = STORE_NULL;
	row[5] = (int64_t)r->value;
	row[6] = (int64_t)r->enabled_ns;
	row[7] = (int64_t)r->running_ns;
}

/* FNV-1a over the words; addresses of different processes may be the same and mean something else.
 */
static uint64_t chain_hash(const struct counter_overflow *o)
{
	uint64_t hash = 0xcbf29ce484222325u ^ o->pid;
	for (int i = 0; i < o->frames; i++)
		hash = (hash ^ o->frame[i]) * 0x100000001b3u;
	hash ^= hash >> 29;
	return hash & INT64_MAX;
}

static int64_t keep_chain(struct counters *c, const struct counter_overflow *o)
{
	uint64_t chain = chain_hash(o);
	bool fresh;
	hash_put(&c->chains, chain, 1, &fresh);
	for (int i = 0; fresh && i < o->frames; i++) {
		int64_t *row = store_rows_next(c->frames);
		row[0] = (int64_t)chain;
		row[1] = i;
		row[2] = (int64_t)(o->frame[i] + (i == 0));
	}
	return (int64_t)chain;
}

static void keep_overflow(void *data, const struct counter_overflow *o)
{
	struct counters *c = data;
	int64_t chain = keep_chain(c, o);
	int64_t *row = store_rows_next(c->samples);
	row[0] = o->counter + 1;
	row[1] = o->pid;
	row[2] = o->tid;
	row[3] = since_start(c, o->time_ns);
	row[4] = row[5] = STORE_NULL;
	row[6] = chain;
	row[7] = STORE_NULL;
	row[8] = (int64_t)o->weight;
}

/* One line for each reason, at the first event that has it. */
static void say_refused(const struct counters *c, size_t first)
{
	const char *why = c->plans[first].why;
	struct text names = {0};
	for (size_t i = 0; i < c->choices.count; i++) {
		if (c->plans[i].native || strcmp(c->plans[i].why, why) != 0)
			continue;
		if (i < first)
			break;
		text_format(&names, "%s%s", names.length ? ", " : "",
			    c->choices.choice[i].event->name);
	}
	if (names.length)
		notice("not counted: %s: %s", text_string(&names), why);
	text_free(&names);
}

struct counters *counters_open(const char *names, struct store *store, pid_t pid)
{
	if (!names || !*names)
		return NULL;
	struct counters *c = memory_new(1, sizeof(*c));
	c->store = store;
	counter_choices_make(&c->choices, names);
	c->plans = memory_new(c->choices.count + 1, sizeof(*c->plans));
	for (size_t i = 0; i < c->choices.count; i++)
		counter_plan(&c->plans[i], c->choices.choice[i].event);
	c->set = counter_open(c->plans, (int)c->choices.count, pid);
	counter_choices_store(&c->choices, c->plans, store);
	c->values = store_rows_open(store, "counter_value", VALUE_COLUMNS, false);
	c->samples = store_rows_open(store, "counter_sample", SAMPLE_COLUMNS, false);
	c->frames = store_rows_open(store, "counter_frame", FRAME_COLUMNS, false);
	hash_init(&c->chains, 0);
	for (size_t i = 0; i < c->choices.count; i++)
		if (!c->plans[i].native)
			say_refused(c, i);
	return c;
}

static void drain(struct counters *c, uint64_t first_ns, bool rest)
{
	struct counter_sink sink = {c, keep_reading, keep_overflow};
	c->first_ns = first_ns;
	counter_drain(c->set, &sink);
	if (rest)
		counter_rest(c->set, &sink);
}

void counters_tick(struct counters *c, uint64_t first_ns)
{
	if (c)
		drain(c, first_ns, false);
}

void counters_end(struct counters *c, uint64_t first_ns)
{
	if (!c)
		return;
	drain(c, first_ns, true);
	if (counter_lost(c->set))
		store_oddity(c->store, "records of counters lost", (int64_t)counter_lost(c->set),
			     NULL);
	counter_close(c->set);
	c->set = NULL;
	store_rows_close(c->values);
	store_rows_close(c->samples);
	store_rows_close(c->frames);
	c->values = c->samples = c->frames = NULL;
}

void counters_free(struct counters *c)
{
	if (!c)
		return;
	counter_close(c->set);
	counter_choices_free(&c->choices);
	hash_free(&c->chains);
	free(c->plans);
	free(c);
}
