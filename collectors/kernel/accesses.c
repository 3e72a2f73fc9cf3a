#include "collectors/kernel/accesses.h"
#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

struct accesses {
	csh capstone;
	cs_insn *instruction;
};

struct accesses *accesses_open(void)
{
	struct accesses *a = calloc(1, sizeof(*a));
	if (!a || cs_open(CS_ARCH_X86, CS_MODE_64, &a->capstone) != CS_ERR_OK) {
		free(a);
		return NULL;
	}
	cs_option(a->capstone, CS_OPT_DETAIL, CS_OPT_ON);
	a->instruction = cs_malloc(a->capstone);
	return a;
}

void accesses_close(struct accesses *a)
{
	if (!a)
		return;
	cs_free(a->instruction, 1);
	cs_close(&a->capstone);
	free(a);
}

/* Kinds of operations whose order does not matter; 0: it is none. mul and add do not mix. */
enum operation { NONE, SUM, PRODUCT, AND, OR, XOR, MINIMUM, MAXIMUM };

static const struct {
	const char *begin; /* of the mnemonic, without a v in front */
	enum operation operation;
	bool swapped; /* the operands may be */
} operations[] = {
    {"add", SUM, true},	      {"sub", SUM, false},	{"inc", SUM, true},
    {"dec", SUM, true},	      {"padd", SUM, true},	{"psub", SUM, false},
    {"imul", PRODUCT, true},  {"mulss", PRODUCT, true}, {"mulsd", PRODUCT, true},
    {"mulps", PRODUCT, true}, {"mulpd", PRODUCT, true}, {"and", AND, true},
    {"pand", AND, true},      {"or", OR, true},		{"por", OR, true},
    {"xor", XOR, true},	      {"pxor", XOR, true},	{"mins", MINIMUM, true},
    {"minp", MINIMUM, true},  {"pmin", MINIMUM, true},	{"maxs", MAXIMUM, true},
    {"maxp", MAXIMUM, true},  {"pmax", MAXIMUM, true},
};

static enum operation operation_of(const cs_insn *i, bool *swapped)
{
	const char *name = i->mnemonic;
	if (!strncmp(name, "lock ", 5))
		name += 5;
	*swapped = true;
	if (!strncmp(name, "vfmadd231", 9) || !strncmp(name, "vfnmadd231", 10))
		return SUM;
	name += *name == 'v';
	if (!strncmp(name, "addsub", 6) || !strncmp(name, "pandn", 5) || !strncmp(name, "andn", 4))
		return NONE;
	for (size_t k = 0; k < sizeof(operations) / sizeof(*operations); k++)
		if (!strncmp(name, operations[k].begin, strlen(operations[k].begin))) {
			*swapped = operations[k].swapped;
			return operations[k].operation;
		}
	return NONE;
}

static bool decode(struct accesses *a, const unsigned char **code, size_t *count, uint64_t *address)
{
	return cs_disasm_iter(a->capstone, code, count, address, a->instruction);
}

static bool no_memory(const cs_insn *i)
{
	return i->id == X86_INS_LEA || i->id == X86_INS_NOP || !strncmp(i->mnemonic, "prefetch", 8);
}

/* They use memory that is no operand, or the operand and other memory. */
static void take_implied(struct accesses *a, struct access *to)
{
	const cs_insn *i = a->instruction;
	bool call = cs_insn_group(a->capstone, i, CS_GRP_CALL);
	bool pushes = !strncmp(i->mnemonic, "push", 4) || call;
	bool pops = !strncmp(i->mnemonic, "pop", 3) || cs_insn_group(a->capstone, i, CS_GRP_RET) ||
		    !strncmp(i->mnemonic, "leave", 5);
	if (!pushes && !pops)
		return;
	to->known = !to->memory;
	to->memory = true;
	to->reads |= pops && i->id != X86_INS_POPCNT;
	to->writes |= pushes;
}

/* As of the operands of samples: capstone 4 says of lock cmpxchg that it only reads; where it knows
 * nothing, both. */
static void take_operand(const cs_insn *i, const cs_x86_op *op, struct access *to)
{
	bool locked = i->detail->x86.prefix[0] == X86_PREFIX_LOCK;
	to->known = !to->memory;
	to->memory = true;
	to->reads |= locked || !op->access || (op->access & CS_AC_READ);
	to->writes |= locked || !op->access || (op->access & CS_AC_WRITE);
}

struct access access_of(struct accesses *a, const unsigned char *code, size_t count,
			uint64_t address)
{
	struct access to = {.size = 0};
	bool swapped;
	if (!decode(a, &code, &count, &address))
		return to;
	const cs_insn *i = a->instruction;
	const cs_x86 *x = &i->detail->x86;
	to.size = (uint8_t)i->size;
	if (no_memory(i))
		return to;
	for (int k = 0; k < x->op_count; k++)
		if (x->operands[k].type == X86_OP_MEM)
			take_operand(i, &x->operands[k], &to);
	take_implied(a, &to);
	to.repeated = x->prefix[0] == X86_PREFIX_REP || x->prefix[0] == X86_PREFIX_REPNE;
	to.adds = to.known && to.reads && to.writes && x->op_count &&
		  x->operands[0].type == X86_OP_MEM && operation_of(i, &swapped) != NONE &&
		  i->id != X86_INS_XADD;
	return to;
}

/* A register and its parts are one: the 64-bit or largest name's place in a row of parts. */
static unsigned whole_of(csh capstone, x86_reg reg)
{
	static const struct {
		const char *part;
		unsigned whole;
	} odd[] = {{"a", 1},  {"b", 2},	 {"c", 3},  {"d", 4},
		   {"si", 5}, {"di", 6}, {"bp", 7}, {"sp", 8}};
	const char *name = reg == X86_REG_INVALID ? NULL : cs_reg_name(capstone, reg);
	if (!name)
		return 0;
	if (strstr(name, "mm") && name[0] != 'm')
		return 100 + (unsigned)atoi(name + 3);
	if (name[0] == 'r' && name[1] >= '0' && name[1] <= '9')
		return 50 + (unsigned)atoi(name + 1);
	if ((name[0] == 'r' || name[0] == 'e') && name[1])
		name++;
	for (size_t k = 8; k-- > 0;)
		if (!strncmp(name, odd[k].part, strlen(odd[k].part)))
			return odd[k].whole;
	return 1000 + reg;
}

struct chain {
	csh capstone;
	unsigned carrier; /* the register with what was loaded */
	enum operation operation;
	bool broken;
};

static bool reads_of(struct accesses *a, unsigned reg, bool *writes)
{
	cs_regs read, written;
	uint8_t reads, writings;
	bool found = false;
	*writes = true;
	if (cs_regs_access(a->capstone, a->instruction, read, &reads, written, &writings) !=
	    CS_ERR_OK)
		return true;
	*writes = false;
	for (int k = 0; k < reads; k++)
		found |= whole_of(a->capstone, read[k]) == reg;
	for (int k = 0; k < writings; k++)
		*writes |= whole_of(a->capstone, written[k]) == reg;
	return found;
}

static unsigned register_at(const struct accesses *a, int operand)
{
	const cs_x86 *x = &a->instruction->detail->x86;
	return operand < x->op_count && x->operands[operand].type == X86_OP_REG
		   ? whole_of(a->capstone, x->operands[operand].reg)
		   : 0;
}

static bool is_move(const cs_insn *i)
{
	const char *name = i->mnemonic + (i->mnemonic[0] == 'v');
	return !strncmp(name, "mov", 3) && strncmp(name, "movs ", 5) != 0;
}

/* One instruction between the load and the store. */
static void follow(struct accesses *a, struct chain *c)
{
	const cs_insn *i = a->instruction;
	bool writes, swapped, reads = reads_of(a, c->carrier, &writes);
	enum operation operation = operation_of(i, &swapped);
	int operands = i->detail->x86.op_count;
	unsigned to = register_at(a, 0), from = register_at(a, operands == 3 ? 1 : 0);
	bool last = operands > 1 && register_at(a, operands - 1) == c->carrier;
	if (cs_insn_group(a->capstone, i, CS_GRP_JUMP) ||
	    cs_insn_group(a->capstone, i, CS_GRP_CALL) || cs_insn_group(a->capstone, i, CS_GRP_RET))
		c->broken = true;
	if (!reads && !writes)
		return;
	if (reads && is_move(i) && operands == 2 && to && last) {
		c->carrier = to;
		return;
	}
	bool fine = reads && to && operation != NONE &&
		    (c->operation == NONE || c->operation == operation) &&
		    (from == c->carrier || (last && swapped)) && !(from == c->carrier && last);
	if (!fine) {
		c->broken = true;
		return;
	}
	c->operation = operation;
	c->carrier = to;
}

/* The first one: a plain load, or one that also does something with it. */
static void begin_chain(struct accesses *a, struct chain *c)
{
	const cs_insn *i = a->instruction;
	bool swapped;
	c->carrier = register_at(a, 0);
	c->broken = !c->carrier;
	if (is_move(i) && i->detail->x86.op_count == 2)
		return;
	c->operation = operation_of(i, &swapped);
	c->broken |= c->operation == NONE || !swapped;
}

bool access_accumulates(struct accesses *a, const unsigned char *code, size_t count, uint64_t load,
			uint64_t store)
{
	struct chain c = {.capstone = a->capstone, .operation = NONE};
	uint64_t at = load;
	if (store <= load || !decode(a, &code, &count, &at))
		return false;
	begin_chain(a, &c);
	for (int n = 0; n < ACCESSES_BETWEEN && at < store && !c.broken; n++) {
		if (!decode(a, &code, &count, &at))
			return false;
		if (a->instruction->address < store)
			follow(a, &c);
	}
	if (c.broken || at != store || !decode(a, &code, &count, &at))
		return false;
	const cs_x86 *x = &a->instruction->detail->x86;
	return c.operation != NONE && is_move(a->instruction) && x->op_count == 2 &&
	       x->operands[0].type == X86_OP_MEM && register_at(a, 1) == c.carrier;
}
