#include "collectors/preload/python_stack.h"
#include "collectors/preload/python_code.h"
#include "collectors/preload/unwind.h"

#define FRUITLESS_MAX 64u
static uint32_t fruitless; /* walks in a row without one good frame, while the layout is on trial */

/* Parts that the compiler moved out of a function begin with its whole frame set up. */
static bool is_moved_part(uint64_t pc)
{
	struct rule here = unwind_rule(pc - 1);
	if (!python.eval_frame || here.kind != RULE_SP || here.cfa != python.eval_frame)
		return false;
	uint64_t begin = unwind_function(pc - 1);
	struct rule first = begin ? unwind_rule(begin) : here;
	return first.kind == RULE_SP && first.cfa == python.eval_frame;
}

static bool is_eval(uint64_t pc)
{
	return (pc > python.eval_begin && pc <= python.eval_end) || is_moved_part(pc);
}

/* The native frame that ran the run which ends at `place`. */
static uint32_t frame_around(const struct python_stack *s, uint64_t place)
{
	const struct native_stack *n = &s->native;
	uint32_t i = s->at;
	if (!place && python.minor <= 10)
		while (i < n->count && !is_eval(n->pc[i]))
			i++;
	else if (!place)
		i = n->count;
	else
		while (i < n->count && !(place >= n->sp[i] && place < n->sp[i + 1]))
			i++;
	return i;
}

/* Looks ahead: are there frames left, and which native frame runs them? */
static void place_run(struct python_stack *s)
{
	struct python_walk ahead = s->walk;
	uint32_t frames = 0;
	for (;;) {
		enum python_item item = python_walk_next(&ahead);
		if (item == PYTHON_FRAME) {
			frames++;
			continue;
		}
		if (item == PYTHON_RUN && !frames) { /* C called it, and it has not begun */
			s->walk = ahead;
			continue;
		}
		s->python = frames > 0;
		s->place = item == PYTHON_RUN ? frame_around(s, ahead.place) : s->native.count;
		break;
	}
	s->placed = true;
}

bool python_stack_start(struct python_stack *s, struct thread *t, const struct native_stack *native,
			enum python_care care, bool write)
{
	s->thread = t; /* member by member: the pieces are large */
	s->native = *native;
	s->at = s->place = s->frames = 0;
	s->python = s->placed = s->in_run = s->cut = false;
	s->write = write;
	if (!python_walk_start(&s->walk, t, &s->pieces, care))
		return false;
	place_run(s);
	if (likely(!python.trial))
		return s->python;
	if (s->python) {
		fruitless = 0;
		python.trial--;
	} else if (++fruitless > FRUITLESS_MAX) {
		python_give_up(t);
	}
	return s->python;
}

/* 0: the run is over. */
static uint64_t next_of_run(struct python_stack *s)
{
	if (python_walk_next(&s->walk) != PYTHON_FRAME) {
		s->in_run = s->placed = false;
		return 0;
	}
	uint64_t number = python_code_number(s->thread, s->walk.code, s->write);
	if (++s->frames >= PYTHON_DEPTH_MAX || !number) {
		s->cut = true;
		s->python = s->in_run = false;
	}
	return number ? python_word(number, s->walk.unit) : 0;
}

uint64_t python_stack_next(struct python_stack *s)
{
	for (;;) {
		uint64_t word = s->in_run ? next_of_run(s) : 0;
		if (word)
			return word;
		if (s->python && !s->placed)
			place_run(s);
		if (!s->python || s->at < s->place)
			return s->at < s->native.count ? s->native.pc[s->at++] : 0;
		if (s->at == s->place && s->at < s->native.count)
			s->at++;
		s->in_run = true;
	}
}
