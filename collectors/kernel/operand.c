#include "collectors/kernel/operand.h"
#include "collectors/kernel/ring.h"
#include <capstone/capstone.h>
#include <stdbool.h>
#include <stdlib.h>

#define INSTRUCTIONS 12 /* that are looked at */
#define CHUNK 64	/* bytes of code read at once */
#define LONGEST 15	/* bytes of an instruction */

struct operand_decoder {
	csh capstone;
	cs_insn *instruction;
};

/* Of each register of a sample, all its parts. */
static const x86_reg parts[RING_REGISTERS][5] = {
    {X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH},
    {X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH},
    {X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH},
    {X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH},
    {X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL},
    {X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL},
    {X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL},
    {X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL},
    {X86_REG_RIP, X86_REG_EIP, X86_REG_IP},
    {X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B},
    {X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B},
    {X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B},
    {X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B},
    {X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B},
    {X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B},
    {X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B},
    {X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B},
};

struct operand_decoder *operand_decoder_open(void)
{
	struct operand_decoder *d = calloc(1, sizeof(*d));
	if (!d || cs_open(CS_ARCH_X86, CS_MODE_64, &d->capstone) != CS_ERR_OK) {
		free(d);
		return NULL;
	}
	cs_option(d->capstone, CS_OPT_DETAIL, CS_OPT_ON);
	d->instruction = cs_malloc(d->capstone);
	return d;
}

void operand_decoder_close(struct operand_decoder *d)
{
	if (!d)
		return;
	cs_free(d->instruction, 1);
	cs_close(&d->capstone);
	free(d);
}

/* -1: no register; -2: one that no sample has. */
static int place_of(x86_reg reg)
{
	if (reg == X86_REG_INVALID)
		return -1;
	for (int i = 0; i < RING_REGISTERS; i++)
		for (int k = 0; k < 5; k++)
			if (parts[i][k] == reg)
				return i;
	return -2;
}

static bool touches_memory(const cs_insn *i)
{
	switch (i->id) {
	case X86_INS_LEA:
	case X86_INS_NOP:
	case X86_INS_PREFETCH:
	case X86_INS_PREFETCHW:
	case X86_INS_PREFETCHNTA:
	case X86_INS_PREFETCHT0:
	case X86_INS_PREFETCHT1:
	case X86_INS_PREFETCHT2:
		return false;
	default:
		return true;
	}
}

/* What instructions before did to registers. */
struct before {
	uint32_t changed;	       /* a bit each: nobody knows to what; */
	int64_t moved[RING_REGISTERS]; /* by a constant, else */
};

static bool changed(const struct before *b, int place)
{
	return place >= 0 && (b->changed & 1u << place);
}

static int64_t moved(const struct before *b, int place)
{
	return place >= 0 ? b->moved[place] : 0;
}

/* "add $8,%rax", as loops go on: by how much, and which register; else -1. */
static int moves(const cs_insn *i, int64_t *by)
{
	const cs_x86_op *to = &i->detail->x86.operands[0], *from = &i->detail->x86.operands[1];
	int operands = i->detail->x86.op_count;
	bool add = i->id == X86_INS_ADD, sub = i->id == X86_INS_SUB;
	bool one = i->id == X86_INS_INC || i->id == X86_INS_DEC;
	if (operands < 1 || to->type != X86_OP_REG || to->size != 8 || !(add || sub || one) ||
	    (!one && (operands != 2 || from->type != X86_OP_IMM)))
		return -1;
	*by = one ? 1 : from->imm;
	if (sub || i->id == X86_INS_DEC)
		*by = -*by;
	return place_of(to->reg);
}

/* capstone 4 says of lock cmpxchg that it only reads: what is locked writes. Where it knows
 * nothing, both. */
static void take(struct operands *to, const cs_insn *i, const cs_x86_op *op,
		 const struct before *before)
{
	int base = place_of(op->mem.base), index = place_of(op->mem.index);
	bool locked = i->detail->x86.prefix[0] == X86_PREFIX_LOCK;
	if (to->count == OPERANDS_MAX || base == RING_SP || base == -2 || index == -2 ||
	    op->mem.segment != X86_REG_INVALID || changed(before, base) || changed(before, index))
		return;
	to->of[to->count++] = (struct operand){
	    .pc = i->address,
	    .offset = op->mem.disp + (base == RING_IP ? (int64_t)i->address + i->size : 0) +
		      moved(before, base) + moved(before, index) * op->mem.scale,
	    .base = (int8_t)(base == RING_IP ? -1 : base),
	    .index = (int8_t)index,
	    .scale = (uint8_t)op->mem.scale,
	    .size = op->size ? op->size : 1,
	    .reads = locked || !op->access || (op->access & CS_AC_READ),
	    .writes = locked || !op->access || (op->access & CS_AC_WRITE),
	};
}

static void take_all(struct operand_decoder *d, struct operands *to, struct before *before)
{
	const cs_insn *i = d->instruction;
	int64_t by = 0;
	cs_regs read, written;
	uint8_t reads, writes;
	if (touches_memory(i))
		for (int k = 0; k < i->detail->x86.op_count; k++)
			if (i->detail->x86.operands[k].type == X86_OP_MEM)
				take(to, i, &i->detail->x86.operands[k], before);
	if (cs_regs_access(d->capstone, i, read, &reads, written, &writes) != CS_ERR_OK) {
		before->changed = UINT32_MAX;
		return;
	}
	int goes_on = moves(i, &by);
	if (goes_on >= 0)
		before->moved[goes_on] += by;
	for (int k = 0; k < writes; k++) {
		int place = place_of(written[k]);
		if (place >= 0 && place != goes_on)
			before->changed |= 1u << place;
	}
}

/* Where it goes on, 0: that is not known. */
static uint64_t next_of(const struct operand_decoder *d)
{
	const cs_insn *i = d->instruction;
	uint64_t behind = i->address + i->size, target;
	if (!cs_insn_group(d->capstone, i, CS_GRP_JUMP))
		return cs_insn_group(d->capstone, i, CS_GRP_CALL) ||
			       cs_insn_group(d->capstone, i, CS_GRP_RET) ||
			       cs_insn_group(d->capstone, i, CS_GRP_INT)
			   ? 0
			   : behind;
	if (i->detail->x86.op_count != 1 || i->detail->x86.operands[0].type != X86_OP_IMM)
		return 0;
	target = (uint64_t)i->detail->x86.operands[0].imm;
	return i->id == X86_INS_JMP || target < behind ? target : 0;
}

int operands_decode(struct operand_decoder *d, uint64_t pc, operand_code *code, void *data,
		    struct operands *to)
{
	unsigned char chunk[CHUNK];
	uint64_t begin = 0, at = pc;
	size_t have = 0;
	struct before before = {0};
	*to = (struct operands){0};
	for (int n = 0; n < INSTRUCTIONS && at && to->count < OPERANDS_MAX; n++) {
		if (at < begin || at + LONGEST > begin + have) {
			begin = at;
			have = code(data, at, chunk, sizeof(chunk));
		}
		if (!have || (n && at == pc))
			break;
		const uint8_t *from = chunk + (at - begin);
		size_t left = have - (at - begin);
		uint64_t address = at;
		if (!cs_disasm_iter(d->capstone, &from, &left, &address, d->instruction))
			break;
		take_all(d, to, &before);
		at = next_of(d);
	}
	return begin != 0 && have != 0;
}

uint64_t operand_address(const struct operand *o, const uint64_t *registers)
{
	uint64_t at = (uint64_t)o->offset;
	if (o->base >= 0)
		at += registers[o->base];
	if (o->index >= 0)
		at += registers[o->index] * o->scale;
	return at;
}
