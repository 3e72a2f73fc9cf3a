#include "collectors/kernel/code_effect.h"
#include <string.h>

#define LOCKED 18 /* cycles that it takes more */

/* By how a mnemonic begins, without the "v" of vectors: the first one that fits. A name that ends
 * in a blank must be all of it. */
static const struct kind {
	const char *begin;
	uint8_t class, latency, throughput;
} kinds[] = {
    {"cmpxchg", EFFECT_OTHER, 1, 0},   {"cmov", EFFECT_SELECT, 1, 0},
    {"cmp", EFFECT_COMPARE, 1, 0},     {"test ", EFFECT_COMPARE, 1, 0},
    {"ptest", EFFECT_COMPARE, 3, 0},   {"bt ", EFFECT_COMPARE, 1, 0},
    {"ucomis", EFFECT_COMPARE, 3, 0},  {"comis", EFFECT_COMPARE, 3, 0},
    {"pcmp", EFFECT_COMPARE, 1, 0},    {"set", EFFECT_COMPARE, 1, 0},
    {"blendv", EFFECT_SELECT, 2, 0},   {"pblendv", EFFECT_SELECT, 2, 0},
    {"blendm", EFFECT_SELECT, 1, 0},   {"pblendm", EFFECT_SELECT, 1, 0},
    {"fmaddsub", EFFECT_OTHER, 4, 0},  {"fmadd", EFFECT_ADD, 4, 0},
    {"fnmadd", EFFECT_ADD, 4, 0},      {"fmsub", EFFECT_OTHER, 4, 0},
    {"fnmsub", EFFECT_OTHER, 4, 0},    {"addsub", EFFECT_OTHER, 4, 0},
    {"adds", EFFECT_ADD, 4, 0},	       {"addp", EFFECT_ADD, 4, 0},
    {"subs", EFFECT_ADD, 4, 0},	       {"subp", EFFECT_ADD, 4, 0},
    {"add ", EFFECT_ADD, 1, 0},	       {"sub ", EFFECT_ADD, 1, 0},
    {"inc ", EFFECT_ADD, 1, 0},	       {"dec ", EFFECT_ADD, 1, 0},
    {"adc ", EFFECT_ADD, 1, 0},	       {"sbb ", EFFECT_ADD, 1, 0},
    {"lea ", EFFECT_ADD, 1, 0},	       {"padds", EFFECT_OTHER, 1, 0},
    {"paddus", EFFECT_OTHER, 1, 0},    {"padd", EFFECT_ADD, 1, 0},
    {"psubs", EFFECT_OTHER, 1, 0},     {"psubus", EFFECT_OTHER, 1, 0},
    {"psub", EFFECT_ADD, 1, 0},	       {"imul ", EFFECT_MUL, 3, 0},
    {"muls", EFFECT_MUL, 4, 0},	       {"mulp", EFFECT_MUL, 4, 0},
    {"mul", EFFECT_OTHER, 4, 0},       {"pmulld", EFFECT_MUL, 10, 0},
    {"pmullw", EFFECT_MUL, 5, 0},      {"pmul", EFFECT_OTHER, 5, 0},
    {"pmadd", EFFECT_OTHER, 5, 0},     {"and ", EFFECT_AND, 1, 0},
    {"or ", EFFECT_OR, 1, 0},	       {"xor ", EFFECT_XOR, 1, 0},
    {"pandn", EFFECT_OTHER, 1, 0},     {"pand", EFFECT_AND, 1, 0},
    {"por", EFFECT_OR, 1, 0},	       {"pxor", EFFECT_XOR, 1, 0},
    {"andp", EFFECT_AND, 1, 0},	       {"orp", EFFECT_OR, 1, 0},
    {"xorp", EFFECT_XOR, 1, 0},	       {"mins", EFFECT_MIN, 4, 0},
    {"minp", EFFECT_MIN, 4, 0},	       {"maxs", EFFECT_MAX, 4, 0},
    {"maxp", EFFECT_MAX, 4, 0},	       {"pmin", EFFECT_MIN, 1, 0},
    {"pmax", EFFECT_MAX, 1, 0},	       {"movmsk", EFFECT_OTHER, 3, 0},
    {"pmovmsk", EFFECT_OTHER, 3, 0},   {"movzx", EFFECT_MOVE, 1, 0},
    {"movsx", EFFECT_MOVE, 1, 0},      {"cdqe", EFFECT_MOVE, 1, 0},
    {"cwde", EFFECT_MOVE, 1, 0},       {"cbw", EFFECT_MOVE, 1, 0},
    {"movbe", EFFECT_MOVE, 1, 0},      {"movd ", EFFECT_MOVE, 2, 0},
    {"movq ", EFFECT_MOVE, 2, 0},      {"movh", EFFECT_OTHER, 1, 0},
    {"movl", EFFECT_OTHER, 1, 0},      {"movddup", EFFECT_OTHER, 1, 0},
    {"movshdup", EFFECT_OTHER, 1, 0},  {"movsldup", EFFECT_OTHER, 1, 0},
    {"mov", EFFECT_MOVE, 0, 0},	       {"lddqu", EFFECT_MOVE, 0, 0},
    {"shld", EFFECT_OTHER, 3, 0},      {"shrd", EFFECT_OTHER, 3, 0},
    {"shuf", EFFECT_OTHER, 1, 0},      {"sh", EFFECT_SHIFT, 1, 0},
    {"sar", EFFECT_SHIFT, 1, 0},       {"sal", EFFECT_SHIFT, 1, 0},
    {"rol", EFFECT_SHIFT, 1, 0},       {"ror", EFFECT_SHIFT, 1, 0},
    {"idiv", EFFECT_OTHER, 13, 6},     {"div ", EFFECT_OTHER, 13, 6},
    {"div", EFFECT_OTHER, 13, 4},      {"sqrt", EFFECT_OTHER, 15, 6},
    {"popcnt", EFFECT_OTHER, 3, 0},    {"lzcnt", EFFECT_OTHER, 3, 0},
    {"tzcnt", EFFECT_OTHER, 3, 0},     {"bsf", EFFECT_OTHER, 3, 0},
    {"bsr", EFFECT_OTHER, 3, 0},       {"crc32", EFFECT_OTHER, 3, 0},
    {"pdep", EFFECT_OTHER, 3, 0},      {"pext", EFFECT_OTHER, 3, 0},
    {"cvt", EFFECT_OTHER, 5, 0},       {"aes", EFFECT_OTHER, 4, 0},
    {"hadd", EFFECT_OTHER, 6, 0},      {"hsub", EFFECT_OTHER, 6, 0},
    {"phadd", EFFECT_OTHER, 3, 0},     {"dpp", EFFECT_OTHER, 11, 0},
    {"round", EFFECT_OTHER, 8, 0},     {"pinsr", EFFECT_OTHER, 2, 0},
    {"perm", EFFECT_OTHER, 3, 0},      {"extract", EFFECT_OTHER, 3, 0},
    {"insert", EFFECT_OTHER, 3, 0},    {"gather", EFFECT_OTHER, 20, 0},
    {"pgather", EFFECT_OTHER, 20, 0},  {"pclmul", EFFECT_OTHER, 6, 0},
    {"rcp", EFFECT_OTHER, 4, 0},       {"rsqrt", EFFECT_OTHER, 4, 0},
    {"broadcast", EFFECT_OTHER, 3, 0}, {"pbroadcast", EFFECT_OTHER, 3, 0},
    {"j", EFFECT_BRANCH, 1, 0},	       {"", EFFECT_OTHER, 1, 0},
};

static const char *name_of(const cs_insn *i)
{
	const char *blank = strrchr(i->mnemonic, ' ');
	return blank ? blank + 1 : i->mnemonic;
}

static bool begins(const char *name, const char *with)
{
	size_t n = strlen(with);
	if (n && with[n - 1] == ' ')
		return !strncmp(name, with, n - 1) && !name[n - 1];
	return !strncmp(name, with, n);
}

static const struct kind *kind_of(const char *name)
{
	const struct kind *k = kinds;
	name += *name == 'v';
	while (!begins(name, k->begin))
		k++;
	return k;
}

/* All parts of the eight old registers, in the order of their numbers. */
static const uint16_t old[8][5] = {
    {X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH},
    {X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH},
    {X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH},
    {X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH},
    {X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL, X86_REG_SPL},
    {X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL, X86_REG_BPL},
    {X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL, X86_REG_SIL},
    {X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL, X86_REG_DIL},
};
#define PLACE_STACK 4

static const struct {
	uint16_t first, count, place;
} ranges[] = {
    {X86_REG_R8, 8, 8},
    {X86_REG_R8D, 8, 8},
    {X86_REG_R8W, 8, 8},
    {X86_REG_R8B, 8, 8},
    {X86_REG_XMM0, 32, PLACE_VECTOR},
    {X86_REG_YMM0, 32, PLACE_VECTOR},
    {X86_REG_ZMM0, 32, PLACE_VECTOR},
    {X86_REG_K0, 8, PLACE_MASK},
};

/* -1: none; -2: one that is no place. */
static int place_of(unsigned reg)
{
	if (reg == X86_REG_INVALID || reg == X86_REG_RIP || reg == X86_REG_EIP)
		return -1;
	for (size_t k = 0; k < sizeof(ranges) / sizeof(ranges[0]); k++)
		if (reg - ranges[k].first < ranges[k].count)
			return (int)(ranges[k].place + (reg - ranges[k].first));
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 5; k++)
			if (old[i][k] == reg)
				return i;
	return -2;
}

static bool is_segment(unsigned reg)
{
	return reg == X86_REG_FS || reg == X86_REG_GS || reg == X86_REG_DS || reg == X86_REG_ES ||
	       reg == X86_REG_CS || reg == X86_REG_SS;
}

static uint64_t bits_of(struct effect *e, const uint16_t *reg, unsigned count)
{
	uint64_t bits = 0;
	for (unsigned k = 0; k < count; k++) {
		int place = place_of(reg[k]);
		if (reg[k] == X86_REG_EFLAGS)
			bits |= PLACE_BIT(PLACE_CARRY) | PLACE_BIT(PLACE_FLAGS);
		else if (place >= 0)
			bits |= PLACE_BIT(place);
		else if (place == -2 && !is_segment(reg[k]))
			e->strange = true;
	}
	return bits;
}

static uint64_t register_bit(const cs_x86_op *op)
{
	int place = op->type == X86_OP_REG ? place_of(op->reg) : -1;
	return place >= 0 ? PLACE_BIT(place) : 0;
}

static uint64_t address_bits(const cs_x86_op *op)
{
	int base = place_of(op->mem.base), index = place_of(op->mem.index);
	return (base >= 0 ? PLACE_BIT(base) : 0) | (index >= 0 ? PLACE_BIT(index) : 0);
}

/* capstone 4 says of lock cmpxchg that it only reads; where it knows nothing, both. */
static void take_memory(struct effect *e, const cs_insn *i, const cs_x86_op *op)
{
	bool both = i->detail->x86.prefix[0] == X86_PREFIX_LOCK || !op->access;
	bool behind = op->mem.base == X86_REG_RIP;
	struct effect_memory *m = &e->memory[e->memories < 2 ? e->memories++ : 1];
	*m = (struct effect_memory){
	    .base = (int8_t)place_of(op->mem.base),
	    .index = (int8_t)place_of(op->mem.index),
	    .scale = (uint8_t)op->mem.scale,
	    .reads = both || (op->access & CS_AC_READ),
	    .writes = both || (op->access & CS_AC_WRITE),
	    .fixed = op->mem.segment == X86_REG_INVALID,
	    .offset = op->mem.disp + (behind ? (int64_t)i->address + i->size : 0),
	};
	m->fixed &= m->base != -2 && m->index != -2;
	e->addresses |= address_bits(op);
}

/* Registers of operands, and those that an instruction uses without naming them. */
static void take_registers(struct effect *e, csh capstone, const cs_insn *i)
{
	cs_regs read, written;
	uint8_t reads = 0, writes = 0;
	const cs_x86 *x = &i->detail->x86;
	if (cs_regs_access(capstone, i, read, &reads, written, &writes) != CS_ERR_OK) {
		e->strange = true;
		return;
	}
	e->reads = bits_of(e, read, reads);
	e->writes = bits_of(e, written, writes);
	uint64_t named = 0, addresses = 0;
	for (int k = 0; k < x->op_count; k++) {
		if (x->operands[k].type == X86_OP_MEM)
			addresses |= address_bits(&x->operands[k]);
		else if (!(x->operands[k].access & CS_AC_WRITE) ||
			 (x->operands[k].access & CS_AC_READ))
			named |= register_bit(&x->operands[k]);
	}
	e->reads &= ~addresses | named;
}

static void take_constant(struct effect *e, const cs_insn *i, const char *name)
{
	const cs_x86 *x = &i->detail->x86;
	for (int k = 0; k < x->op_count; k++)
		if (x->operands[k].type == X86_OP_IMM)
			e->constant = x->operands[k].imm;
	if (begins(name, "sub "))
		e->constant = -e->constant;
	if (begins(name, "inc ") || begins(name, "dec "))
		e->constant = *name == 'i' ? 1 : -1;
}

/* It only computes an address: one of its registers and a sum, or something scaled. */
static void take_lea(struct effect *e, const cs_insn *i)
{
	const cs_x86_op *op = &i->detail->x86.operands[1];
	e->reads = address_bits(op);
	e->addresses = 0;
	e->accumulates = op->mem.scale == 1 ? e->reads : 0;
	int base = place_of(op->mem.base);
	if (base >= 0 && op->mem.base != op->mem.index)
		e->accumulates |= PLACE_BIT(base);
	if (op->mem.scale != 1 && op->mem.base == op->mem.index)
		e->accumulates = 0;
	e->constant = op->mem.disp;
	if (op->mem.base == X86_REG_RIP)
		e->constant += (int64_t)i->address + i->size;
	if (!e->reads)
		e->class = EFFECT_MOVE;
}

/* Of fused multiply-add the operand that is added to: the number in its name tells which. */
static int addend_of(const char *name)
{
	if (strstr(name, "231"))
		return 0;
	return strstr(name, "213") ? 2 : 1;
}

static void take_accumulated(struct effect *e, const cs_insn *i, const char *name)
{
	const cs_x86 *x = &i->detail->x86;
	bool subtracts = strstr(name, "sub") || begins(name, "sbb ");
	bool fused = begins(name, "vfm") || begins(name, "vfnm");
	int minuend = x->op_count == 3 ? 1 : 0;
	for (int k = 0; k < x->op_count; k++) {
		if (fused ? k != addend_of(name) : subtracts && k != minuend)
			continue;
		e->accumulates |= register_bit(&x->operands[k]);
		e->memory_accumulates |= x->operands[k].type == X86_OP_MEM;
	}
	/* Twice the same is something else. */
	if (x->op_count >= 2 && x->operands[x->op_count - 1].type == X86_OP_REG &&
	    x->operands[x->op_count - 2].type == X86_OP_REG &&
	    x->operands[x->op_count - 1].reg == x->operands[x->op_count - 2].reg)
		e->accumulates &= ~register_bit(&x->operands[x->op_count - 1]);
	if (e->class == EFFECT_MUL && x->op_count == 1)
		e->class = EFFECT_OTHER;
}

/* Zero, or all ones, whatever was there. */
static bool is_constant(const cs_x86 *x, const char *name)
{
	static const char *const names[] = {"xor ", "sub ", "pxor", "psub", "xorp", "pcmpeq"};
	int n = x->op_count;
	if (n < 2 || x->operands[n - 1].type != X86_OP_REG ||
	    x->operands[n - 2].type != X86_OP_REG ||
	    x->operands[n - 1].reg != x->operands[n - 2].reg)
		return false;
	name += *name == 'v';
	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		if (begins(name, names[k]))
			return true;
	return false;
}

/* What capstone calls a use and is none, as the header says. */
static void leave_out(struct effect *e, const cs_insn *i, const char *name)
{
	const cs_x86 *x = &i->detail->x86;
	const char *plain = name + (*name == 'v');
	const cs_x86_op *last = &x->operands[x->op_count ? x->op_count - 1 : 0];
	uint64_t carry = PLACE_BIT(PLACE_CARRY), flags = PLACE_BIT(PLACE_FLAGS);
	if (is_constant(x, name)) {
		e->reads = 0;
		e->class = EFFECT_MOVE;
	}
	if (begins(name, "sbb ") && x->op_count == 2 && last->type == X86_OP_REG &&
	    x->operands[0].type == X86_OP_REG && x->operands[0].reg == last->reg)
		e->reads = carry;
	if (begins(name, "adc ") || begins(name, "sbb "))
		e->reads &= ~flags;
	if (begins(name, "inc ") || begins(name, "dec "))
		e->writes &= ~carry;
	if (begins(plain, "cvt") || begins(plain, "sqrt") || begins(plain, "movss ") ||
	    begins(plain, "movsd "))
		e->reads &= register_bit(last);
	if (begins(name, "push") || begins(name, "pop ")) {
		e->reads &= ~PLACE_BIT(PLACE_STACK);
		e->writes &= ~PLACE_BIT(PLACE_STACK);
		e->addresses = 0;
	}
	if (i->detail->x86.prefix[0] == X86_PREFIX_REP ||
	    i->detail->x86.prefix[0] == X86_PREFIX_REPNE)
		e->reads &= ~(carry | flags);
}

struct effect effect_of(csh capstone, const cs_insn *i)
{
	const char *name = name_of(i);
	const struct kind *kind = kind_of(name);
	const cs_x86 *x = &i->detail->x86;
	struct effect e = {.class = kind->class,
			   .latency = kind->latency,
			   .throughput = kind->throughput,
			   .id = i->id};
	e.strange = *name == 'f';
	if (i->id == X86_INS_NOP)
		return e;
	take_registers(&e, capstone, i);
	take_constant(&e, i, name);
	for (int k = 0; k < x->op_count; k++)
		if (x->operands[k].type == X86_OP_MEM && i->id != X86_INS_LEA)
			take_memory(&e, i, &x->operands[k]);
	if (i->id == X86_INS_LEA)
		take_lea(&e, i);
	else
		take_accumulated(&e, i, name);
	leave_out(&e, i, name);
	if (x->prefix[0] == X86_PREFIX_LOCK || (i->id == X86_INS_XCHG && e.memories))
		e.latency += LOCKED;
	return e;
}
