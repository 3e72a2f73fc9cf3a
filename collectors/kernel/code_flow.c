#include "collectors/kernel/code_flow.h"
#include <capstone/capstone.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	csh capstone;
	cs_insn *instruction;
	const unsigned char *bytes;
	size_t count;
	uint64_t address;
	const struct code_around *around; /* NULL: nothing is known */
	uint32_t *at; /* of each byte: the step that begins there; then: is a block's begin */
	struct code_flow *flow;
};

/* The length of an instruction of AVX-512 that capstone does not know; 0: it is none. */
static size_t evex_size(const unsigned char *b, size_t left)
{
	if (left < 7 || b[0] != 0x62)
		return 0;
	unsigned map = b[1] & 7, mod = b[5] >> 6, rm = b[5] & 7;
	bool sib = mod != 3 && rm == 4;
	bool wide = mod == 2 || (mod == 0 && (rm == 5 || (sib && (b[6] & 7) == 5)));
	bool immediate = map == 3 || (map == 1 && ((b[4] >= 0x70 && b[4] <= 0x73) || b[4] == 0xc2 ||
						   (b[4] >= 0xc4 && b[4] <= 0xc6)));
	return 6u + sib + (wide ? 4u : mod == 1) + immediate;
}

static bool is_direct(const cs_insn *i)
{
	return i->detail->x86.op_count == 1 && i->detail->x86.operands[0].type == X86_OP_IMM;
}

static enum code_kind kind_of(csh capstone, const cs_insn *i)
{
	switch (i->id) {
	case X86_INS_NOP:
		return CODE_NOP;
	case X86_INS_HLT:
	case X86_INS_INT3:
	case X86_INS_UD2:
		return CODE_END;
	case X86_INS_SYSCALL:
		return CODE_CALL;
	case X86_INS_JMP:
		return is_direct(i) ? CODE_JUMP : CODE_INDIRECT;
	case X86_INS_LOOP:
	case X86_INS_LOOPE:
	case X86_INS_LOOPNE:
		return CODE_BRANCH;
	default:
		break;
	}
	if (cs_insn_group(capstone, i, CS_GRP_CALL) || cs_insn_group(capstone, i, CS_GRP_INT))
		return CODE_CALL;
	if (cs_insn_group(capstone, i, CS_GRP_RET))
		return CODE_RETURN;
	return cs_insn_group(capstone, i, CS_GRP_JUMP) && is_direct(i) ? CODE_BRANCH : CODE_PLAIN;
}

/* Of jumps: the byte of the function that they lead to, FLOW_NONE. Becomes a step in link(). */
static uint32_t target_of(const struct reading *r, enum code_kind kind)
{
	if (kind != CODE_BRANCH && kind != CODE_JUMP)
		return FLOW_NONE;
	uint64_t to = (uint64_t)r->instruction->detail->x86.operands[0].imm - r->address;
	return to < r->count ? (uint32_t)to : FLOW_NONE;
}

static struct code_step decode(const struct reading *r, size_t at)
{
	const uint8_t *from = r->bytes + at;
	size_t left = r->count - at;
	uint64_t address = r->address + at;
	struct code_step s = {.offset = (uint32_t)at, .block = FLOW_NONE, .target = FLOW_NONE};
	if (!cs_disasm_iter(r->capstone, &from, &left, &address, r->instruction)) {
		size_t size = evex_size(r->bytes + at, left);
		s.kind = CODE_UNKNOWN;
		s.size = (uint8_t)(size && size <= left ? size : 1);
		return s;
	}
	s.kind = (uint8_t)kind_of(r->capstone, r->instruction);
	s.size = (uint8_t)r->instruction->size;
	s.target = target_of(r, s.kind);
	return s;
}

/* Bytes inside of an instruction belong to it: a jump behind a prefix. */
static int read_steps(struct reading *r)
{
	size_t room = r->count;
	r->flow->step = malloc(room * sizeof(*r->flow->step));
	if (!r->flow->step)
		return -1;
	for (size_t at = 0; at < r->count;) {
		struct code_step s = decode(r, at);
		for (size_t k = 0; k < s.size; k++)
			r->at[at + k] = r->flow->steps;
		r->flow->step[r->flow->steps++] = s;
		at += s.size;
	}
	void *less = realloc(r->flow->step, (r->flow->steps + 1) * sizeof(*r->flow->step));
	r->flow->step = less ? less : r->flow->step;
	return 0;
}

static bool goes_on(const struct code_step *s)
{
	return s->kind != CODE_JUMP && s->kind != CODE_INDIRECT && s->kind != CODE_RETURN &&
	       s->kind != CODE_END;
}

/* Targets become steps; `begins` of each step: something jumps there. */
static void link_steps(struct reading *r, bool *begins)
{
	struct code_flow *f = r->flow;
	for (uint32_t i = 0; i < f->steps; i++)
		if (f->step[i].target != FLOW_NONE) {
			f->step[i].target = r->at[f->step[i].target];
			begins[f->step[i].target] = true;
		}
}

/* call target, or call *slot(%rip); other calls go where only a register tells. */
static bool returns(const struct reading *r, const struct code_step *s)
{
	const unsigned char *b = r->bytes + s->offset;
	bool slot = s->size == 6 && b[0] == 0xff && b[1] == 0x15;
	int32_t distance;
	if (!slot && (s->size != 5 || b[0] != 0xe8))
		return true;
	memcpy(&distance, b + s->size - sizeof(distance), sizeof(distance));
	uint64_t behind = r->address + s->offset + s->size;
	return r->around->returns(r->around->data, behind + (uint64_t)(int64_t)distance, slot);
}

/* Only where something else leads behind it does it matter. */
static void end_calls(struct reading *r, const bool *begins)
{
	struct code_flow *f = r->flow;
	for (uint32_t i = 0; r->around && i < f->steps; i++) {
		uint32_t next = i + 1;
		if (f->step[i].kind != CODE_CALL)
			continue;
		while (next < f->steps && f->step[next].kind == CODE_NOP && !begins[next])
			next++;
		if ((next == f->steps || begins[next]) && !returns(r, &f->step[i]))
			f->step[i].kind = CODE_END;
	}
}

/* Padding behind the end of a block is of none. */
static void make_blocks(struct code_flow *f, const bool *begins)
{
	bool open = false, falls = true;
	for (uint32_t i = 0; i < f->steps; i++) {
		struct code_step *s = &f->step[i];
		if (!falls && !begins[i] && s->kind == CODE_NOP)
			continue;
		if (!open || begins[i])
			f->block[f->blocks++] =
			    (struct code_block){i, i, FLOW_NONE, FLOW_NONE, FLOW_NONE, FLOW_NONE};
		s->block = f->blocks - 1;
		f->block[s->block].last = i;
		falls = goes_on(s);
		open = falls && s->kind != CODE_BRANCH;
	}
}

/* Blocks that nothing known leads to follow the indirect jump before them. */
static void link_blocks(struct code_flow *f, const bool *begins)
{
	uint32_t indirect = FLOW_NONE;
	for (uint32_t b = 0; b < f->blocks; b++) {
		struct code_block *block = &f->block[b];
		const struct code_step *last = &f->step[block->last];
		bool reached = begins[block->first] || !b || f->block[b - 1].next == b;
		if (!reached && indirect != FLOW_NONE) {
			block->sibling = f->block[indirect].cases;
			f->block[indirect].cases = b;
		}
		if (goes_on(last) && b + 1 < f->blocks)
			block->next = b + 1;
		if (last->target != FLOW_NONE)
			block->jump = f->step[last->target].block;
		if (last->kind == CODE_INDIRECT)
			indirect = b;
	}
}

static int read_flow(struct reading *r)
{
	if (read_steps(r) != 0)
		return -1;
	struct code_flow *f = r->flow;
	bool *begins = calloc(f->steps + 1, sizeof(*begins));
	f->block = malloc((f->steps + 1) * sizeof(*f->block));
	if (begins && f->block) {
		link_steps(r, begins);
		end_calls(r, begins);
		make_blocks(f, begins);
		link_blocks(f, begins);
	}
	free(begins);
	return begins && f->block ? 0 : -1;
}

int code_flow_read(struct code_flow *f, const unsigned char *bytes, size_t count, uint64_t address,
		   const struct code_around *around)
{
	struct reading r = {.bytes = bytes, .count = count, .address = address};
	r.around = around;
	r.flow = f;
	*f = (struct code_flow){0};
	if (count >= FLOW_NONE || cs_open(CS_ARCH_X86, CS_MODE_64, &r.capstone) != CS_ERR_OK)
		return -1;
	cs_option(r.capstone, CS_OPT_DETAIL, CS_OPT_ON);
	r.instruction = cs_malloc(r.capstone);
	r.at = malloc((count + 1) * sizeof(*r.at));
	int result = r.at && r.instruction ? read_flow(&r) : -1;
	free(r.at);
	if (r.instruction)
		cs_free(r.instruction, 1);
	cs_close(&r.capstone);
	if (result != 0)
		code_flow_free(f);
	return result;
}

void code_flow_free(struct code_flow *f)
{
	free(f->step);
	free(f->block);
	*f = (struct code_flow){0};
}
