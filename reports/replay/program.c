#include "reports/replay/program.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* Room for one more behind the last. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 16;
	return memory_grow(array, *room, size);
}

#define APPEND(p, field, fields, room_field)                                                       \
	((p)->field = grown((p)->field, (p)->fields, &(p)->room_field, sizeof(*(p)->field)),       \
	 (p)->fields++, &(p)->field[(p)->fields - 1])

struct op *program_add_op(struct program *p, enum op_kind kind, uint32_t number, int64_t ns)
{
	struct op *op = APPEND(p, op, ops, op_room);
	*op = (struct op){.ns = ns, .number = number, .kind = (uint8_t)kind};
	return op;
}

struct span *program_add_span(struct program *p, size_t first)
{
	struct program_thread *t = &p->thread[p->threads - 1];
	struct span *span = APPEND(p, span, spans, span_room);
	*span = (struct span){(uint32_t)first, (uint32_t)(p->ops - first), NO_POOL};
	if (!t->spans.count++)
		t->spans.first = (uint32_t)p->spans - 1;
	return span;
}

struct span *program_add_pull(struct program *p, uint32_t pool)
{
	struct span *span = program_add_span(p, p->ops);
	span->pool = pool;
	return span;
}

struct program_thread *program_add_thread(struct program *p)
{
	struct program_thread *t = APPEND(p, thread, threads, thread_room);
	*t = (struct program_thread){.start = -1, .history = NOBODY, .twin = NOBODY};
	t->group = (uint32_t)p->threads - 1;
	return t;
}

struct program_object *program_add_object(struct program *p, enum object_kind kind)
{
	struct program_object *o = APPEND(p, object, objects, object_room);
	*o = (struct program_object){.kind = kind, .history = NOTHING};
	return o;
}

struct pool *program_add_pool(struct program *p)
{
	struct pool *pool = APPEND(p, pool, pools, pool_room);
	*pool = (struct pool){(uint32_t)p->units, 0};
	return pool;
}

struct span *program_add_unit(struct program *p, size_t first, size_t count)
{
	struct span *unit = APPEND(p, unit, units, unit_room);
	*unit = (struct span){(uint32_t)first, (uint32_t)count, NO_POOL};
	p->pool[p->pools - 1].count++;
	return unit;
}

static void *copied(const void *from, size_t count, size_t size)
{
	void *to = memory_new(count ? count : 1, size);
	if (count)
		memcpy(to, from, count * size);
	return to;
}

void program_copy(struct program *to, const struct program *from)
{
	*to = *from;
	to->op = copied(from->op, from->ops, sizeof(*from->op));
	to->span = copied(from->span, from->spans, sizeof(*from->span));
	to->unit = copied(from->unit, from->units, sizeof(*from->unit));
	to->pool = copied(from->pool, from->pools, sizeof(*from->pool));
	to->thread = copied(from->thread, from->threads, sizeof(*from->thread));
	to->object = copied(from->object, from->objects, sizeof(*from->object));
	to->op_room = from->ops;
	to->span_room = from->spans;
	to->unit_room = from->units;
	to->pool_room = from->pools;
	to->thread_room = from->threads;
	to->object_room = from->objects;
}

void program_free(struct program *p)
{
	free(p->op);
	free(p->span);
	free(p->unit);
	free(p->pool);
	free(p->thread);
	free(p->object);
	*p = (struct program){0};
}
