#include "reports/advise/calls.h"
#include "profiler/text.h"
#include <stdlib.h>

static uint32_t add(struct calls *c, struct call call)
{
	if (c->count == c->room) {
		c->room = c->room * 2 + 1024;
		c->call = memory_grow(c->call, c->room, sizeof(*c->call));
	}
	c->call[c->count] = call;
	return c->count++;
}

void calls_init(struct calls *c)
{
	*c = (struct calls){0};
	hash_init(&c->place, sizeof(uint32_t));
	hash_init(&c->site, sizeof(bool));
	hash_init(&c->in, sizeof(bool));
	add(c, (struct call){.parent = CALL_NONE});
}

void calls_free(struct calls *c)
{
	free(c->call);
	hash_free(&c->place);
	hash_free(&c->site);
	hash_free(&c->in);
	*c = (struct calls){0};
}

static bool recurs(const struct codes *c, const struct stack_frame *f)
{
	const struct code_function *function = &c->function[f->place.function];
	return function->recursive && function->branches;
}

/* The outermost frame of the outermost function that calls itself; frames: none does, or the stack
 * begins inside of it. */
static size_t first_of(const struct codes *c, const struct stack_frame *f, size_t frames)
{
	if (!frames || c->function[f[0].place.function].recursive)
		return frames;
	for (size_t i = 1; i < frames; i++)
		if (recurs(c, &f[i]))
			return i;
	return frames;
}

void calls_note(struct calls *calls, const struct codes *c, const struct stack_frame *f,
		size_t frames)
{
	bool fresh;
	size_t first = first_of(c, f, frames);
	if (first == frames)
		return;
	for (size_t i = first, last = steps_last(f, frames, first); i < last; i++)
		hash_put(&calls->site, f[i].code + UINT64_C(1), 1, &fresh);
}

static uint32_t enter(struct calls *c, uint32_t parent, uint32_t region, uint32_t code)
{
	bool fresh;
	uint64_t outer = parent == CALL_NONE ? (uint64_t)region << 32 : parent;
	uint32_t *place = hash_put(&c->place, outer, code + UINT64_C(1), &fresh);
	if (fresh)
		*place = add(c, (struct call){.parent = parent,
					      .code = code,
					      .level = c->call[parent].level + 1,
					      .region = region});
	return *place;
}

uint32_t calls_region(const struct regions *r, uint32_t region)
{
	uint32_t outermost = 0;
	for (uint32_t i = region; i; i = r->region[i].parent)
		if (r->region[i].kind == REGION_RECURSION)
			outermost = i;
	return outermost;
}

uint32_t calls_add(struct calls *calls, const struct codes *c, struct regions *r, uint32_t region,
		   const struct stack_frame *f, size_t frames)
{
	size_t first = first_of(c, f, frames);
	bool fresh;
	region = calls_region(r, region);
	if (first == frames || !region)
		return CALL_NONE;
	size_t end = steps_last(f, frames, first);
	end += hash_get(&calls->site, f[end].code + UINT64_C(1), 1) != NULL;
	for (size_t i = first; i < frames; i++)
		hash_put(&calls->in, region, f[i].place.function + UINT64_C(1), &fresh);
	uint32_t at = enter(calls, CALL_NONE, region, 0);
	for (size_t i = first; i < end; i++) {
		r->region[region].handed.alike |= f[i].place.loop != CODE_NONE;
		at = enter(calls, at, region, f[i].code);
	}
	calls->call[at].samples++;
	return at;
}

void calls_sum(struct calls *c)
{
	for (uint32_t i = c->count; i-- > 1;)
		if (c->call[i].parent != CALL_NONE)
			c->call[c->call[i].parent].samples += c->call[i].samples;
	for (uint32_t i = 1; i < c->count; i++) {
		struct call *call = &c->call[i];
		const struct call *outer = &c->call[call->parent];
		bool outermost = call->parent == CALL_NONE;
		call->all = outermost ? call->samples : outer->all;
		bool inside = !outermost && outer->samples * CALLS_TASKS < outer->all;
		call->task = inside ? outer->task : i;
	}
}

static void find_state(const struct calls *calls, const struct codes *c, struct handed *h,
		       uint32_t region)
{
	struct hash uses; /* address -> 1: it is read, 2: written */
	bool fresh;
	hash_init(&uses, sizeof(uint32_t));
	for (uint32_t i = 0; i < c->variables && !h->state; i++) {
		const struct code_variable *v = &c->variable[i];
		if (!hash_get(&calls->in, region, v->function + UINT64_C(1)))
			continue;
		uint32_t *use = hash_put(&uses, v->address, 1, &fresh);
		*use |= (uint32_t)v->reads | (uint32_t)v->writes << 1;
		if (*use == 3)
			h->state = v;
	}
	hash_free(&uses);
}

void calls_state(const struct calls *calls, const struct codes *c, struct regions *r)
{
	for (uint32_t i = 1; i < r->count; i++)
		if (calls_region(r, i) == i)
			find_state(calls, c, &r->region[i].handed, i);
}

bool calls_are_relatives(const struct calls *c, uint32_t a, uint32_t b)
{
	while (c->call[a].level > c->call[b].level)
		a = c->call[a].parent;
	while (c->call[b].level > c->call[a].level)
		b = c->call[b].parent;
	return a == b;
}
