#include "reports/advise/call_stacks.h"
#include "profiler/store.h"
#include <stdio.h>
#include <stdlib.h>

struct reading {
	struct call_stacks *stacks;
	const struct codes *codes;
};

static void add_frame(void *data, const int64_t *value)
{
	struct reading *r = data;
	struct call_stacks *s = r->stacks;
	const struct code_place *place = codes_place(r->codes, value[2]);
	bool fresh;
	if (!place)
		return;
	if (s->frames == s->room) {
		s->room = s->room * 2 + 1024;
		s->frame = memory_grow(s->frame, s->room, sizeof(*s->frame));
	}
	struct stack_span *span = hash_put(&s->by_id, (uint64_t)value[0], 1, &fresh);
	if (fresh)
		span->first = s->frames;
	span->count++;
	s->frame[s->frames++] = (struct stack_frame){(uint32_t)value[2], *place};
}

/* Stored from the innermost on. */
static void turn_round(struct stack_frame *f, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct stack_frame one = f[i];
		f[i] = f[count - 1 - i];
		f[count - 1 - i] = one;
	}
}

int call_stacks_read(struct call_stacks *s, struct store *store, const struct codes *codes,
		     const char *view)
{
	struct reading r = {s, codes};
	struct stack_span *span;
	uint64_t key[2];
	char from[80];
	*s = (struct call_stacks){0};
	hash_init(&s->by_id, sizeof(struct stack_span));
	snprintf(from, sizeof(from), "(SELECT * FROM %s ORDER BY stack, position)", view);
	if (store_scan(store, "stack, position, code", from, add_frame, &r))
		return -1;
	for (size_t i = 0; (span = hash_next(&s->by_id, &i, key));)
		turn_round(s->frame + span->first, span->count);
	return 0;
}

void call_stacks_free(struct call_stacks *s)
{
	free(s->frame);
	hash_free(&s->by_id);
	*s = (struct call_stacks){0};
}

const struct stack_span *call_stacks_get(const struct call_stacks *s, int64_t id)
{
	return hash_get(&s->by_id, (uint64_t)id, 1);
}
