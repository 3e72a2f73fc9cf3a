#include "collectors/kernel/code_values.h"
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 4096 /* of a loop that is looked at */

struct state {
	bool reached;
	uint32_t value[ALL_PLACES];
};

struct cell {
	struct effect_memory at;
	bool loaded, stored;
};

struct reader {
	const struct carry_loop *loop;
	struct values *to;
	struct effect *effect; /* of each step, in the order of the blocks */
	uint32_t effects;
	struct cell cell[CELLS];
	int cells;
	uint64_t written; /* places */
	struct state *state, end;
	uint32_t *place_of_block; /* in loop->block, FLOW_NONE */
	bool failed;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	a ^= b + UINT64_C(0x9e3779b97f4a7c15) + (a << 12) + (a >> 4);
	return (a ^ (a >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
}

static void *grow(struct reader *r, void *memory, uint32_t *room, uint32_t count, size_t size)
{
	if (count < *room)
		return memory;
	uint32_t more = *room ? *room * 2 : 256;
	void *grown = realloc(memory, more * size);
	if (!grown) {
		r->failed = true;
		return memory;
	}
	*room = more;
	return grown;
}

static uint32_t add_value(struct reader *r, struct value v)
{
	struct values *to = r->to;
	to->value = grow(r, to->value, &to->room, to->count, sizeof(*to->value));
	if (r->failed)
		return 0;
	v.first = to->inputs;
	to->value[to->count] = v;
	return to->count++;
}

/* To the value that was added last. */
static void add_input(struct reader *r, struct value_input i)
{
	struct values *to = r->to;
	to->input = grow(r, to->input, &to->inputs_room, to->inputs, sizeof(*to->input));
	if (r->failed)
		return;
	struct value *v = &to->value[to->count - 1];
	to->input[to->inputs++] = i;
	v->inputs++;
	v->varies |= to->value[i.value].varies;
	v->hash = mix(v->hash, to->value[i.value].hash);
}

static uint32_t merge_values(struct reader *r, uint32_t a, uint32_t b)
{
	if (a == b || r->to->value[a].hash == r->to->value[b].hash)
		return a;
	uint32_t m = add_value(r, (struct value){.kind = VALUE_MERGED, .varies = true});
	add_input(r, (struct value_input){.value = a});
	add_input(r, (struct value_input){.value = b});
	if (!r->failed)
		r->to->value[m].hash = mix(r->to->value[m].hash, m);
	return m;
}

static void flow_into(struct reader *r, struct state *to, const struct state *from)
{
	if (!to->reached) {
		*to = *from;
		return;
	}
	for (int p = 0; p < r->to->places && !r->failed; p++)
		to->value[p] = merge_values(r, to->value[p], from->value[p]);
}

static bool is_fixed(const struct reader *r, const struct effect_memory *m)
{
	return m->fixed && !(m->base >= 0 && (r->written & PLACE_BIT(m->base))) &&
	       !(m->index >= 0 && (r->written & PLACE_BIT(m->index)));
}

static bool is_same(const struct effect_memory *a, const struct effect_memory *b)
{
	return a->base == b->base && a->index == b->index && a->offset == b->offset &&
	       (a->index < 0 || a->scale == b->scale);
}

/* Its cell, -1: none. */
static int cell_of(const struct reader *r, const struct effect_memory *m)
{
	for (int c = 0; c < r->cells; c++)
		if (is_same(&r->cell[c].at, m))
			return is_fixed(r, m) ? c : -1;
	return -1;
}

static void note_cell(struct reader *r, const struct effect_memory *m)
{
	int c = cell_of(r, m);
	if (!is_fixed(r, m) || (c < 0 && r->cells == CELLS))
		return;
	if (c < 0)
		r->cell[c = r->cells++] = (struct cell){.at = *m};
	r->cell[c].loaded |= m->reads;
	r->cell[c].stored |= m->writes;
}

/* Those that are only loaded or only stored are memory like any other. */
static void find_cells(struct reader *r)
{
	int kept = 0;
	for (uint32_t i = 0; i < r->effects; i++)
		for (unsigned k = 0; k < r->effect[i].memories; k++)
			note_cell(r, &r->effect[i].memory[k]);
	for (int c = 0; c < r->cells; c++)
		if (r->cell[c].loaded && r->cell[c].stored)
			r->cell[kept++] = r->cell[c];
	r->cells = kept;
	r->to->places = PLACES + kept;
}

/* What a call leaves: its result, made of its arguments. Other registers that are the callee's to
 * change are nobody's to use behind it, unless the compiler knew that it leaves them alone. How
 * long it takes is not known: more than all around it. */
#define CALL_CYCLES 100
#define ARGUMENTS 0x03c6 /* rcx rdx rsi rdi r8 r9 */
static struct effect call_effect(void)
{
	return (struct effect){.class = EFFECT_CALL,
			       .latency = CALL_CYCLES,
			       .throughput = CALL_CYCLES,
			       .writes = PLACE_BIT(PLACE_GENERAL) | PLACE_BIT(PLACE_VECTOR) |
					 PLACE_BIT(PLACE_CARRY) | PLACE_BIT(PLACE_FLAGS)};
}

/* Decodes all of it once; 1: something is strange. */
static int read_effects(struct reader *r, csh capstone, cs_insn *instruction)
{
	const struct carry_loop *l = r->loop;
	for (uint32_t b = 0; b < l->blocks; b++) {
		const struct code_block *block = &l->flow->block[l->block[b]];
		for (uint32_t s = block->first; s <= block->last; s++) {
			const struct code_step *step = &l->flow->step[s];
			const uint8_t *from = l->bytes + step->offset;
			size_t left = l->count - step->offset;
			uint64_t address = l->address + step->offset;
			if (!cs_disasm_iter(capstone, &from, &left, &address, instruction))
				return 1;
			struct effect e = step->kind == CODE_CALL
					      ? call_effect()
					      : effect_of(capstone, instruction);
			r->written |= e.writes;
			r->to->throughput += e.throughput;
			r->to->steps += step->kind != CODE_NOP;
			r->effect[r->effects++] = e;
			if (e.strange)
				return 1;
		}
	}
	return 0;
}

/* What comes from memory: a cell's value, or a new one by its address. */
static void add_memory(struct reader *r, const struct effect *e, const struct state *s,
		       const struct effect_memory *m)
{
	int c = cell_of(r, m);
	if (c >= 0) {
		if (m->reads)
			add_input(r, (struct value_input){
					 .value = s->value[PLACES + c],
					 .latency = (uint8_t)(e->latency + LATENCY_FORWARD),
					 .accumulates = e->memory_accumulates});
		return;
	}
	for (int k = 0; k < 2; k++) {
		int place = k ? m->index : m->base;
		if (place >= 0)
			add_input(
			    r, (struct value_input){.value = s->value[place],
						    .latency = (uint8_t)(e->latency + LATENCY_LOAD),
						    .address = true});
	}
	struct value *v = &r->to->value[r->to->count - 1];
	v->varies = true;
	v->stores |= m->writes && !is_fixed(r, m);
	v->hash = mix(v->hash, r->to->count);
}

/* It may be one: an argument's register that was written in this pass, and not by a call. */
static bool is_argument(const struct reader *r, const struct state *s, int place)
{
	bool first = place < PLACE_VECTOR ? ARGUMENTS >> place & 1 : place < PLACE_VECTOR + 8;
	const struct value *v = &r->to->value[s->value[place]];
	return first &&
	       (v->kind == VALUE_MERGED || (v->kind == VALUE_MADE && v->class != EFFECT_CALL));
}

static void run_step(struct reader *r, const struct effect *e, struct state *s)
{
	uint32_t v = add_value(
	    r, (struct value){.kind = VALUE_MADE,
			      .class = (uint8_t)e->class,
			      .hash = mix(e->class == EFFECT_ADD ? EFFECT_ADD : e->id + 1000u,
					  (uint64_t)e->constant)});
	for (int p = 0; p < PLACES && !r->failed; p++)
		if ((e->reads & PLACE_BIT(p)) || (e->class == EFFECT_CALL && is_argument(r, s, p)))
			add_input(
			    r, (struct value_input){.value = s->value[p],
						    .latency = e->latency,
						    .accumulates = e->accumulates & PLACE_BIT(p)});
	for (unsigned k = 0; k < e->memories && !r->failed; k++)
		add_memory(r, e, s, &e->memory[k]);
	for (int p = 0; p < PLACES; p++)
		if (e->writes & PLACE_BIT(p))
			s->value[p] = v;
	for (unsigned k = 0; k < e->memories; k++) {
		int c = e->memory[k].writes ? cell_of(r, &e->memory[k]) : -1;
		if (c >= 0)
			s->value[PLACES + c] = v;
	}
}

/* To the header: that is the end of the pass. */
static void go_to(struct reader *r, const struct state *s, uint32_t block)
{
	uint32_t place = block == FLOW_NONE ? FLOW_NONE : r->place_of_block[block];
	if (place == 0)
		flow_into(r, &r->end, s);
	else if (place != FLOW_NONE)
		flow_into(r, &r->state[place], s);
}

static void run_blocks(struct reader *r)
{
	const struct carry_loop *l = r->loop;
	const struct effect *e = r->effect;
	for (uint32_t b = 0; b < l->blocks && !r->failed; b++) {
		const struct code_block *block = &l->flow->block[l->block[b]];
		struct state *s = &r->state[b];
		for (uint32_t k = block->first; k <= block->last && !r->failed; k++)
			run_step(r, e++, s);
		go_to(r, s, block->next);
		go_to(r, s, block->jump);
		for (uint32_t c = block->cases; c != FLOW_NONE; c = l->flow->block[c].sibling)
			go_to(r, s, c);
	}
}

static void begin_pass(struct reader *r)
{
	for (int p = 0; p < r->to->places; p++) {
		bool carried = p >= PLACES || (r->written & PLACE_BIT(p));
		r->to->at_begin[p] = r->state[0].value[p] =
		    add_value(r, (struct value){.kind = carried ? VALUE_CARRIED : VALUE_FIXED,
						.varies = carried,
						.hash = mix(7, (uint64_t)p)});
	}
	r->state[0].reached = true;
}

static int read_loop(struct reader *r)
{
	csh capstone;
	int result = -1;
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &capstone) != CS_ERR_OK)
		return -1;
	cs_option(capstone, CS_OPT_DETAIL, CS_OPT_ON);
	cs_insn *instruction = cs_malloc(capstone);
	if (instruction) {
		result = read_effects(r, capstone, instruction);
		cs_free(instruction, 1);
	}
	cs_close(&capstone);
	if (result != 0)
		return result;
	find_cells(r);
	begin_pass(r);
	run_blocks(r);
	memcpy(r->to->at_end, r->end.value, sizeof(r->end.value));
	return r->failed ? -1 : r->end.reached ? 0 : 1;
}

static uint32_t count_steps(const struct carry_loop *l)
{
	uint32_t steps = 0;
	for (uint32_t b = 0; b < l->blocks; b++) {
		const struct code_block *block = &l->flow->block[l->block[b]];
		steps += block->last - block->first + 1;
	}
	return steps;
}

int values_read(struct values *v, const struct carry_loop *l)
{
	uint32_t steps = count_steps(l);
	struct reader r = {.loop = l, .to = v};
	int result = -1;
	*v = (struct values){0};
	if (!l->blocks || steps > STEPS_MAX)
		return 1;
	r.effect = malloc(steps * sizeof(*r.effect));
	r.state = calloc(l->blocks, sizeof(*r.state));
	r.place_of_block = malloc(l->flow->blocks * sizeof(*r.place_of_block));
	if (r.effect && r.state && r.place_of_block) {
		memset(r.place_of_block, 0xff, l->flow->blocks * sizeof(*r.place_of_block));
		for (uint32_t b = 0; b < l->blocks; b++)
			r.place_of_block[l->block[b]] = b;
		result = read_loop(&r);
	}
	free(r.effect);
	free(r.state);
	free(r.place_of_block);
	return result;
}

void values_free(struct values *v)
{
	free(v->value);
	free(v->input);
	*v = (struct values){0};
}
