#include "reports/advise/steps.h"

/* calls: how many there are. */
static size_t last_of(const struct stack_frame *f, size_t frames, size_t first, uint32_t *calls)
{
	size_t last = first;
	*calls = 1;
	for (size_t i = first + 1; i < frames; i++)
		if (f[i].place.function == f[first].place.function) {
			last = i;
			++*calls;
		}
	return last;
}

size_t steps_last(const struct stack_frame *f, size_t frames, size_t first)
{
	uint32_t calls;
	return last_of(f, frames, first, &calls);
}

void steps_note(struct codes *c, const struct stack_frame *f, size_t frames)
{
	uint32_t calls;
	for (size_t i = 0; i < frames; i++) {
		struct code_function *function = &c->function[f[i].place.function];
		if (function->branches || !function->name || last_of(f, frames, i, &calls) == i)
			continue;
		function->recursive = true;
		function->branches |= f[i].place.loop != CODE_NONE;
		if (function->first_call && function->first_call != f[i].code + 1)
			function->branches = true;
		function->first_call = f[i].code + 1;
	}
}

static size_t add_loops(const struct codes *c, const struct stack_frame *f, struct step *step,
			size_t count, size_t room)
{
	size_t depth = 0;
	if (c->function[f->place.function].runtime || c->function[f->place.function].interpreter)
		return count;
	for (uint32_t l = f->place.loop; l != CODE_NONE; l = c->loop[l].parent)
		depth++;
	size_t end = count + depth < room ? count + depth : room;
	for (uint32_t l = f->place.loop; l != CODE_NONE; l = c->loop[l].parent)
		if (count + --depth < room)
			step[count + depth] = (struct step){REGION_LOOP, l, 0};
	return end;
}

size_t steps_of(const struct codes *c, const struct stack_frame *f, size_t frames,
		struct step *step, size_t room)
{
	size_t count = 0;
	for (size_t i = 0; i < frames && count < room; i++) {
		const struct code_function *function = &c->function[f[i].place.function];
		if (function->recursive && function->branches) {
			struct step s = {REGION_RECURSION, f[i].place.function, 0};
			i = last_of(f, frames, i, &s.level);
			step[count++] = s;
		}
		count = add_loops(c, &f[i], step, count, room);
	}
	return count;
}
