#include "collectors/kernel/code_loops.h"
#include <stdlib.h>
#include <string.h>

/*
 * Tao Wei, Jian Mao, Wei Zou, Yu Chen: A New Algorithm for Identifying Loops in Decompilation
 * (2007): one depth-first walk that tags each block with the header of its innermost loop, without
 * recursion here.
 */
struct seen {
	uint32_t depth;	 /* in the walk, from 1; 0: not on the way */
	uint32_t header; /* of the innermost loop around it (not its own), FLOW_NONE */
	uint32_t turn;	 /* which way out of it is next: 0 next, 1 jump, 2 cases */
	uint32_t way;	 /* of the cases: the next one */
	uint32_t back;	 /* a block that leads back to it */
	uint32_t loop;	 /* index of the loop that it is header of, FLOW_NONE */
	bool met, heads, entered;
};

struct walk {
	const struct code_flow *flow;
	struct seen *seen;
	uint32_t *path, depth;
	uint32_t *order, met;	/* blocks as they were met */
	uint32_t *behind, left; /* blocks as they were left */
};

/* header is a loop's around block, too: the chain of headers stays in the order of depth. */
static void tag(struct seen *seen, uint32_t block, uint32_t header)
{
	if (block == header || header == FLOW_NONE)
		return;
	while (seen[block].header != FLOW_NONE) {
		uint32_t around = seen[block].header;
		if (around == header)
			return;
		if (seen[around].depth < seen[header].depth) {
			seen[block].header = header;
			block = header;
			header = around;
		} else {
			block = around;
		}
		if (block == header)
			return;
	}
	seen[block].header = header;
}

static void enter(struct walk *w, uint32_t block)
{
	struct seen *s = &w->seen[block];
	s->met = true;
	s->way = w->flow->block[block].cases;
	w->path[w->depth++] = block;
	s->depth = w->depth;
	w->order[w->met++] = block;
}

/* A way to a block that was left already: of a loop that is still open, or into one elsewhere. */
static void meet_left(struct seen *seen, uint32_t from, uint32_t to)
{
	for (uint32_t h = seen[to].header; h != FLOW_NONE; h = seen[h].header) {
		if (seen[h].depth) {
			tag(seen, from, h);
			return;
		}
		seen[h].entered = true;
	}
}

static void meet(struct walk *w, uint32_t from, uint32_t to)
{
	struct seen *s = &w->seen[to];
	if (!s->met) {
		enter(w, to);
	} else if (s->depth) {
		s->heads = true;
		s->back = from;
		tag(w->seen, from, to);
	} else {
		meet_left(w->seen, from, to);
	}
}

/* The next way out, FLOW_NONE: that one is no way; false: there are no more. */
static bool way_of(const struct walk *w, uint32_t block, uint32_t *to)
{
	struct seen *s = &w->seen[block];
	const struct code_block *b = &w->flow->block[block];
	if (s->turn == 2) {
		*to = s->way;
		if (s->way != FLOW_NONE)
			s->way = w->flow->block[s->way].sibling;
		return *to != FLOW_NONE;
	}
	*to = s->turn++ ? b->jump : b->next;
	return true;
}

static void walk_from(struct walk *w, uint32_t root)
{
	enter(w, root);
	while (w->depth) {
		uint32_t block = w->path[w->depth - 1], to;
		if (way_of(w, block, &to)) {
			if (to != FLOW_NONE)
				meet(w, block, to);
			continue;
		}
		w->seen[block].depth = 0;
		w->behind[w->left++] = block;
		if (--w->depth)
			tag(w->seen, w->path[w->depth - 1], w->seen[block].header);
	}
}

static int walk_open(struct walk *w, const struct code_flow *f)
{
	size_t n = f->blocks + 1;
	*w = (struct walk){.flow = f};
	w->seen = calloc(n, sizeof(*w->seen));
	w->path = malloc(n * sizeof(*w->path));
	w->order = malloc(n * sizeof(*w->order));
	w->behind = malloc(n * sizeof(*w->behind));
	if (!w->seen || !w->path || !w->order || !w->behind)
		return -1;
	for (uint32_t b = 0; b < f->blocks; b++)
		w->seen[b].header = w->seen[b].loop = FLOW_NONE;
	for (uint32_t b = 0; b < f->blocks; b++)
		if (!w->seen[b].met)
			walk_from(w, b);
	return 0;
}

static void walk_close(struct walk *w)
{
	free(w->seen);
	free(w->path);
	free(w->order);
	free(w->behind);
}

/* Index of the innermost loop that a block is of, its header too; -1: none. */
static int loop_of(const struct walk *w, uint32_t block)
{
	const struct seen *s = &w->seen[block];
	if (s->heads)
		return (int)s->loop;
	return s->header == FLOW_NONE ? -1 : (int)w->seen[s->header].loop;
}

/* Headers are met before what is inside: parents come first. */
static int make_loops(struct code_loops *loops, struct walk *w)
{
	const struct code_flow *f = w->flow;
	loops->loop = calloc(f->blocks + 1, sizeof(*loops->loop));
	if (!loops->loop)
		return -1;
	for (uint32_t i = 0; i < w->met; i++) {
		struct seen *s = &w->seen[w->order[i]];
		if (!s->heads)
			continue;
		const struct code_step *first = &f->step[f->block[w->order[i]].first];
		const struct code_step *last = &f->step[f->block[s->back].last];
		s->loop = (uint32_t)loops->count;
		struct code_loop *l = &loops->loop[loops->count++];
		*l = (struct code_loop){
		    .header = loops->address + first->offset,
		    .last = loops->address + last->offset,
		    .parent = s->header == FLOW_NONE ? -1 : (int)w->seen[s->header].loop,
		    .entered = s->entered,
		    .carry = CARRY_UNKNOWN,
		    .recurrence = -1};
		if (l->parent >= 0)
			loops->loop[l->parent].inner = true;
	}
	return 0;
}

static void count_bodies(struct code_loops *loops, const struct walk *w)
{
	const struct code_flow *f = w->flow;
	for (uint32_t i = 0; i < f->steps; i++) {
		int l = f->step[i].block == FLOW_NONE ? -1 : loop_of(w, f->step[i].block);
		if (l < 0 || f->step[i].kind == CODE_NOP)
			continue;
		loops->loop[l].instructions++;
		loops->loop[l].calls |= f->step[i].kind == CODE_CALL;
	}
	for (int l = loops->count - 1; l >= 0; l--)
		if (loops->loop[l].parent >= 0)
			loops->loop[loops->loop[l].parent].calls |= loops->loop[l].calls;
}

/* Stretches of the same loop that touch are one. */
static int make_stretches(struct code_loops *loops, const struct walk *w)
{
	const struct code_flow *f = w->flow;
	loops->stretch = malloc((f->blocks + 1) * sizeof(*loops->stretch));
	loops->instruction = malloc((f->steps + 1) * sizeof(*loops->instruction));
	if (!loops->stretch || !loops->instruction)
		return -1;
	for (uint32_t b = 0; b < f->blocks; b++) {
		const struct code_step *first = &f->step[f->block[b].first];
		const struct code_step *last = &f->step[f->block[b].last];
		struct code_stretch s = {first->offset, last->offset + last->size, loop_of(w, b)};
		struct code_stretch *before = loops->stretch + loops->stretches;
		if (loops->stretches && before[-1].loop == s.loop && before[-1].end == s.begin)
			before[-1].end = s.end;
		else
			loops->stretch[loops->stretches++] = s;
	}
	for (uint32_t i = 0; i < f->steps; i++)
		if (f->step[i].block != FLOW_NONE)
			loops->instruction[loops->instructions++] = f->step[i].offset;
	return 0;
}

/* The blocks of each loop, with those of the loops inside, in the order of code_carry.h; one loop
 * behind the other; begin[loop] is where its first one is, begin[count] where the last one's end.
 * NULL: no memory. */
static uint32_t *sort_blocks(const struct code_loops *loops, const struct walk *w, uint32_t *begin)
{
	for (uint32_t b = 0; b < w->left; b++)
		for (int l = loop_of(w, b); l >= 0; l = loops->loop[l].parent)
			begin[l + 1]++;
	for (int l = 0; l < loops->count; l++)
		begin[l + 1] += begin[l];
	uint32_t *sorted = malloc((begin[loops->count] + 1) * sizeof(*sorted));
	uint32_t *next = malloc((size_t)(loops->count + 1) * sizeof(*next));
	if (sorted && next) {
		memcpy(next, begin, (size_t)(loops->count + 1) * sizeof(*next));
		for (uint32_t i = w->left; i-- > 0;)
			for (int l = loop_of(w, w->behind[i]); l >= 0; l = loops->loop[l].parent)
				sorted[next[l]++] = w->behind[i];
	}
	free(next);
	return sorted;
}

static int find_carried(struct code_loops *loops, const struct walk *w, struct carry_loop c)
{
	uint32_t *begin = calloc((size_t)loops->count + 1, sizeof(*begin));
	uint32_t *sorted = begin ? sort_blocks(loops, w, begin) : NULL;
	for (int i = 0; sorted && i < loops->count; i++) {
		struct code_loop *l = &loops->loop[i];
		if (l->entered)
			continue;
		c.block = sorted + begin[i];
		c.blocks = begin[i + 1] - begin[i];
		struct carry carry = code_carry_of(&c);
		l->carry = carry.kind;
		l->recurrence = carry.recurrence;
	}
	int result = sorted ? 0 : -1;
	free(sorted);
	free(begin);
	return result;
}

int code_loops_find(struct code_loops *loops, const unsigned char *bytes, size_t count,
		    uint64_t address)
{
	return code_loops_find_in(loops, bytes, count, address, NULL);
}

int code_loops_find_in(struct code_loops *loops, const unsigned char *bytes, size_t count,
		       uint64_t address, const struct code_around *around)
{
	struct code_flow flow;
	struct walk w;
	*loops = (struct code_loops){.address = address};
	if (code_flow_read(&flow, bytes, count, address, around) != 0)
		return -1;
	int result = walk_open(&w, &flow);
	if (result == 0)
		result = make_loops(loops, &w);
	if (result == 0) {
		count_bodies(loops, &w);
		result = make_stretches(loops, &w);
	}
	if (result == 0)
		result = find_carried(
		    loops, &w,
		    (struct carry_loop){
			.flow = &flow, .bytes = bytes, .count = count, .address = address});
	walk_close(&w);
	code_flow_free(&flow);
	if (result != 0)
		code_loops_free(loops);
	return result;
}

void code_loops_free(struct code_loops *loops)
{
	free(loops->loop);
	free(loops->stretch);
	free(loops->instruction);
	*loops = (struct code_loops){0};
}

int code_loops_at(const struct code_loops *loops, uint64_t address)
{
	uint64_t offset = address - loops->address;
	size_t low = 0, high = loops->stretches;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (loops->stretch[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < loops->stretches && loops->stretch[low].begin <= offset
		   ? loops->stretch[low].loop
		   : -1;
}

static bool is_in(const struct code_loops *loops, int loop, int around)
{
	while (loop > around)
		loop = loops->loop[loop].parent;
	return loop == around;
}

void code_loops_each(const struct code_loops *loops, int loop, code_loops_instruction *row,
		     void *data)
{
	size_t i = 0;
	for (size_t s = 0; s < loops->stretches; s++) {
		while (i < loops->instructions && loops->instruction[i] < loops->stretch[s].begin)
			i++;
		if (!is_in(loops, loops->stretch[s].loop, loop))
			continue;
		while (i < loops->instructions && loops->instruction[i] < loops->stretch[s].end)
			row(data, loops->address + loops->instruction[i++]);
	}
}
