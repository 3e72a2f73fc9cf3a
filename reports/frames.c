#include "reports/frames.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/question.h"
#include <stdlib.h>
#include <string.h>

enum { FUNCTION, FILE_PATH, LINE, RUNTIME, MODULE, ADDRESS }; /* columns of questions/frames.sql */

void stacks_open(struct stacks *s, struct store *store)
{
	*s = (struct stacks){.query = store_query(store, question_find("frames")->sql)};
}

/* The place of id in the sorted list: where it is or belongs. */
static size_t position(const struct stacks *s, int64_t id)
{
	size_t low = 0, high = s->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (s->list[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One query is prepared for all stacks; only its parameter changes. */
static void read_frames(struct stack *stack, struct query *q)
{
	query_reset(q);
	query_bind_int(q, 1, stack->id);
	while (query_step(q)) {
		stack->frames =
		    memory_grow(stack->frames, stack->count + 1, sizeof(*stack->frames));
		stack->frames[stack->count++] = (struct frame){
		    .function = memory_copy(query_text(q, FUNCTION)),
		    .file = memory_copy(query_text(q, FILE_PATH)),
		    .module = memory_copy(query_text(q, MODULE)),
		    .line = query_int(q, LINE),
		    .address = query_int(q, ADDRESS),
		    .runtime = query_int(q, RUNTIME) != 0,
		};
	}
}

const struct stack *stacks_get(struct stacks *s, int64_t id)
{
	size_t at = position(s, id);
	if (at < s->count && s->list[at]->id == id)
		return s->list[at];
	struct stack *stack = memory_new(1, sizeof(*stack));
	stack->id = id;
	if (id > 0)
		read_frames(stack, s->query);
	/* Pointers, so that those handed out stay good while the list moves. */
	s->list = memory_grow(s->list, s->count + 1, sizeof(*s->list));
	memmove(&s->list[at + 1], &s->list[at], (s->count - at) * sizeof(*s->list));
	s->list[at] = stack;
	s->count++;
	return stack;
}

void stacks_free(struct stacks *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct stack *stack = s->list[i];
		for (size_t j = 0; j < stack->count; j++) {
			free(stack->frames[j].function);
			free(stack->frames[j].file);
			free(stack->frames[j].module);
		}
		free(stack->frames);
		free(stack);
	}
	free(s->list);
	query_close(s->query);
	*s = (struct stacks){0};
}

static bool is_python(const struct frame *f)
{
	return f->module && !strcmp(f->module, "python");
}

/* One of nothing but runtime frames is shown by those of Python's library, else whole: better than
 * an empty one. */
size_t stack_show(const struct stack *s, bool native, const struct frame **shown, size_t room)
{
	bool program = native, python = false;
	size_t count = 0;
	for (size_t i = 0; i < s->count; i++) {
		program |= !s->frames[i].runtime;
		python |= is_python(&s->frames[i]);
	}
	for (size_t i = 0; i < s->count && count < room; i++) {
		const struct frame *f = &s->frames[i];
		if (native || (program ? !f->runtime : !python || is_python(f)))
			shown[count++] = f;
	}
	return count;
}
