#include "tests/unit/tape.h"

#include <stdlib.h>
#include <string.h>

#include "profiler/finish.h"
#include "profiler/hook.h"

void tape_begin(struct tape *t)
{
	scratch_begin(&t->scratch);
	tape_open(t);
}

void tape_open(struct tape *t)
{
	struct arena_header *header = calloc(1, sizeof(*header));
	t->store = store_create(t->scratch.path, false);
	if (!t->store || !header)
		abort();
	header->clock = CLOCK_TICKS_MONOTONIC_NS;
	t->in = ingest_open(t->store, header);
	free(header);
	ingest_anchor(t->in, TAPE_BEGIN, 5000);
	ingest_anchor(t->in, TAPE_BEGIN + 1000, 6000);
}

unsigned tape_hook(const char *name)
{
	unsigned i = 0;
	while (name && i < hook_count && strcmp(hooks[i].name, name) != 0)
		i++;
	return name && i < hook_count ? i : 0;
}

void tape_put(struct tape *t, uint32_t process, uint32_t tid, unsigned event, const char *hook,
	      void *record, size_t size)
{
	struct segment *s = calloc(1, SEGMENT_SIZE);
	struct record *head = record;
	*s = (struct segment){.kind = SEGMENT_LOG, .process = process, .pid = process, .tid = tid};
	*head = (struct record){(uint16_t)((size + 7) & ~7u), (uint16_t)event,
				(uint16_t)tape_hook(hook), head->weight};
	memcpy(s + 1, record, size);
	ingest_records(t->in, s, sizeof(*s), (uint32_t)(sizeof(*s) + head->size));
	free(s);
}

void tape_finish(struct tape *t)
{
	ingest_close(t->in, 0);
	finish(t->store, NULL, NULL);
	t->in = NULL;
}

int64_t tape_value(struct tape *t, const char *sql)
{
	return store_value(t->store, sql, -1);
}

void tape_end(struct tape *t)
{
	if (t->in)
		ingest_close(t->in, 0);
	store_close(t->store);
	scratch_end(&t->scratch);
}
