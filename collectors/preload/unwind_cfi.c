/* DWARF call frame instructions, as the Linux Standard Base's .eh_frame has them, to one rule. */
#include "collectors/preload/unwind.h"
#include <stddef.h>

enum { REGISTER_FP = 6, REGISTER_SP = 7, REGISTER_RA = 16 };
enum { REMEMBER_MAX = 8 };

struct state {
	struct rule rule;
	bool undefined_ra;
	bool odd; /* something a rule cannot express */
};

struct cie {
	const uint8_t *instructions, *end;
	int64_t data_align;
	uint64_t code_align;
	uint8_t pointer_encoding;
	bool signal, augmented;
};

struct machine {
	struct state now, initial, kept[REMEMBER_MAX];
	int depth;
	uint64_t location;
};

static uint64_t read_uleb(const uint8_t **p)
{
	uint64_t value = 0;
	int shift = 0;
	do
		value |= shift < 64 ? (uint64_t)(**p & 0x7f) << shift : 0, shift += 7;
	while (*(*p)++ & 0x80);
	return value;
}

static int64_t read_sleb(const uint8_t **p)
{
	int64_t value = 0;
	int shift = 0;
	uint8_t byte;
	do {
		byte = *(*p)++;
		value |= shift < 64 ? (int64_t)(byte & 0x7f) << shift : 0;
		shift += 7;
	} while (byte & 0x80);
	return shift < 64 && byte & 0x40 ? value | -((int64_t)1 << shift) : value;
}

#define READ(type, p)                                                                              \
	({                                                                                         \
		type value_;                                                                       \
		__builtin_memcpy(&value_, *(p), sizeof(value_));                                   \
		*(p) += sizeof(value_);                                                            \
		value_;                                                                            \
	})

/* DW_EH_PE_*: format in the low half, base in the high one. */
static uint64_t read_encoded(const uint8_t **p, uint8_t encoding, uint64_t data_base)
{
	uint64_t here = (uint64_t)*p, value;
	switch (encoding & 0x0f) {
	case 0x00:
	case 0x04:
	case 0x0c:
		value = READ(uint64_t, p);
		break;
	case 0x01:
		value = read_uleb(p);
		break;
	case 0x02:
		value = READ(uint16_t, p);
		break;
	case 0x03:
		value = READ(uint32_t, p);
		break;
	case 0x09:
		value = (uint64_t)read_sleb(p);
		break;
	case 0x0a:
		value = (uint64_t)(int64_t)READ(int16_t, p);
		break;
	case 0x0b:
		value = (uint64_t)(int64_t)READ(int32_t, p);
		break;
	default:
		return 0;
	}
	if ((encoding & 0x70) == 0x10)
		value += here;
	else if ((encoding & 0x70) == 0x30)
		value += data_base;
	return value;
}

static bool read_cie(const uint8_t *p, struct cie *cie)
{
	uint32_t length = READ(uint32_t, &p);
	cie->end = p + length;
	p += 4;
	uint8_t version = *p++;
	if (version != 1 && version != 3)
		return false;
	const char *augmentation = (const char *)p;
	while (*p++)
		;
	cie->code_align = read_uleb(&p);
	cie->data_align = read_sleb(&p);
	if (version == 1)
		p++;
	else
		read_uleb(&p);
	cie->augmented = augmentation[0] == 'z';
	const uint8_t *after = p;
	if (cie->augmented) {
		uint64_t size = read_uleb(&p);
		after = p + size;
	}
	for (const char *a = augmentation + cie->augmented; *a; a++) {
		if (*a == 'R') {
			cie->pointer_encoding = *p++;
		} else if (*a == 'L') {
			p++;
		} else if (*a == 'P') {
			uint8_t encoding = *p++;
			read_encoded(&p, encoding, 0);
		} else if (*a == 'S') {
			cie->signal = true;
		} else if (!cie->augmented) {
			return false;
		}
	}
	cie->instructions = after;
	return true;
}

static void set_cfa(struct state *s, uint64_t reg, int64_t offset)
{
	s->odd = reg != REGISTER_SP && reg != REGISTER_FP;
	s->rule.kind = reg == REGISTER_SP ? RULE_SP : RULE_FP;
	s->rule.cfa = offset;
}

/* Only `fp + n, dereferenced` is understood; glibc's PLT expression is never on a stack. */
static void set_cfa_expression(struct state *s, const uint8_t *p, uint64_t length)
{
	const uint8_t *end = p + length;
	s->odd = true;
	if (length < 3 || *p++ != 0x70 + REGISTER_FP)
		return;
	int64_t offset = read_sleb(&p);
	if (p + 1 != end || *p != 0x06)
		return;
	s->odd = false;
	s->rule.kind = RULE_FP_DEREF;
	s->rule.cfa = offset;
}

static void set_register(struct state *s, uint64_t reg, int64_t cfa_offset)
{
	if (reg == REGISTER_FP) {
		s->rule.fp_kind = FP_AT_CFA;
		s->rule.fp = cfa_offset;
	} else if (reg == REGISTER_RA) {
		s->undefined_ra = false;
		s->odd |= cfa_offset != -8;
	}
}

static void set_register_expression(struct state *s, uint64_t reg, const uint8_t *p,
				    uint64_t length)
{
	if (reg != REGISTER_FP) {
		s->odd |= reg == REGISTER_RA;
		return;
	}
	if (length < 2 || *p++ != 0x70 + REGISTER_FP) {
		s->odd = true;
		return;
	}
	s->rule.fp_kind = FP_AT_FP;
	s->rule.fp = read_sleb(&p);
}

static void restore_register(struct machine *m, uint64_t reg)
{
	if (reg == REGISTER_FP) {
		m->now.rule.fp_kind = m->initial.rule.fp_kind;
		m->now.rule.fp = m->initial.rule.fp;
	} else if (reg == REGISTER_RA) {
		m->now.undefined_ra = m->initial.undefined_ra;
	}
}

/* The next three: the DW_CFA_* with zero in the top two bits. false: not one of these. */
static bool location_op(struct machine *m, const struct cie *cie, uint8_t op, const uint8_t **p)
{
	switch (op) {
	case 0x00: /* nop */
		return true;
	case 0x01: /* set_loc */
		m->location = read_encoded(p, cie->pointer_encoding, 0);
		return true;
	case 0x02: /* advance_loc1, 2, 4 */
		m->location += READ(uint8_t, p) * cie->code_align;
		return true;
	case 0x03:
		m->location += READ(uint16_t, p) * cie->code_align;
		return true;
	case 0x04:
		m->location += READ(uint32_t, p) * cie->code_align;
		return true;
	default:
		return false;
	}
}

static bool cfa_op(struct state *s, const struct cie *cie, uint8_t op, const uint8_t **p)
{
	uint64_t reg, length;
	switch (op) {
	case 0x0c: /* def_cfa */
		reg = read_uleb(p);
		set_cfa(s, reg, (int64_t)read_uleb(p));
		return true;
	case 0x0d: /* def_cfa_register */
		set_cfa(s, read_uleb(p), s->rule.cfa);
		return true;
	case 0x0e: /* def_cfa_offset */
		s->rule.cfa = (int64_t)read_uleb(p);
		return true;
	case 0x0f: /* def_cfa_expression */
		length = read_uleb(p);
		set_cfa_expression(s, *p, length);
		*p += length;
		return true;
	case 0x12: /* def_cfa_sf */
		reg = read_uleb(p);
		set_cfa(s, reg, read_sleb(p) * cie->data_align);
		return true;
	case 0x13: /* def_cfa_offset_sf */
		s->rule.cfa = read_sleb(p) * cie->data_align;
		return true;
	case 0x2e: /* GNU_args_size */
		read_uleb(p);
		return true;
	default:
		return false;
	}
}

static bool register_op(struct machine *m, const struct cie *cie, uint8_t op, const uint8_t **p)
{
	uint64_t reg = read_uleb(p), length;
	switch (op) {
	case 0x05: /* offset_extended */
		set_register(&m->now, reg, (int64_t)read_uleb(p) * cie->data_align);
		return true;
	case 0x06: /* restore_extended */
	case 0x08: /* same_value */
		restore_register(m, reg);
		return true;
	case 0x07: /* undefined */
		m->now.undefined_ra |= reg == REGISTER_RA;
		return true;
	case 0x09: /* register */
		read_uleb(p);
		m->now.odd |= reg == REGISTER_FP || reg == REGISTER_RA;
		return true;
	case 0x10: /* expression */
		length = read_uleb(p);
		set_register_expression(&m->now, reg, *p, length);
		*p += length;
		return true;
	case 0x11: /* offset_extended_sf */
		set_register(&m->now, reg, read_sleb(p) * cie->data_align);
		return true;
	case 0x14: /* val_offset, val_offset_sf: never for what we keep */
	case 0x15:
		read_uleb(p);
		return true;
	case 0x16: /* val_expression */
		length = read_uleb(p);
		*p += length;
		m->now.odd |= reg == REGISTER_FP || reg == REGISTER_RA;
		return true;
	case 0x2f: /* GNU_negative_offset_extended */
		set_register(&m->now, reg, -(int64_t)read_uleb(p) * cie->data_align);
		return true;
	default:
		return false;
	}
}

/* false: unknown, or more states remembered than we can. */
static bool extended(struct machine *m, const struct cie *cie, uint8_t op, const uint8_t **p)
{
	if (op == 0x0a && m->depth < REMEMBER_MAX) { /* remember_state */
		m->kept[m->depth++] = m->now;
		return true;
	}
	if (op == 0x0b && m->depth > 0) { /* restore_state */
		m->now = m->kept[--m->depth];
		return true;
	}
	if (op == 0x0a || op == 0x0b)
		return false;
	return location_op(m, cie, op, p) || cfa_op(&m->now, cie, op, p) ||
	       register_op(m, cie, op, p);
}

static bool run(struct machine *m, const struct cie *cie, const uint8_t *p, const uint8_t *end,
		uint64_t pc)
{
	while (p < end && m->location <= pc) {
		uint8_t op = *p++, low = op & 0x3f;
		switch (op >> 6) {
		case 1:
			m->location += low * cie->code_align;
			break;
		case 2:
			set_register(&m->now, low, (int64_t)read_uleb(&p) * cie->data_align);
			break;
		case 3:
			restore_register(m, low);
			break;
		default:
			if (!extended(m, cie, op, &p))
				return false;
		}
	}
	return true;
}

/* Binary search in the header's sorted (location, FDE) pairs, both relative to the header; NULL:
 * none at or before pc. */
static const int32_t *find_pair(const uint8_t *header, uint64_t pc)
{
	const uint8_t *p = header + 4;
	if (header[0] != 1 || header[3] != 0x3b || header[2] == 0xff)
		return NULL;
	read_encoded(&p, header[1], (uint64_t)header);
	uint64_t count = read_encoded(&p, header[2], (uint64_t)header);
	const int32_t *table = (const int32_t *)p;
	int64_t target = (int64_t)(pc - (uint64_t)header);
	uint64_t low = 0, high = count;
	while (low < high) {
		uint64_t middle = (low + high) / 2;
		if (table[2 * middle] <= target)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &table[2 * (low - 1)] : NULL;
}

uint64_t unwind_function_parse(const uint8_t *header, uint64_t pc)
{
	const int32_t *pair = find_pair(header, pc);
	return pair ? (uint64_t)header + (uint64_t)(int64_t)pair[0] : 0;
}

static struct rule settle(const struct machine *m)
{
	if (m->now.undefined_ra)
		return (struct rule){.kind = RULE_END};
	if (m->now.odd)
		return (struct rule){.kind = RULE_NONE};
	return m->now.rule;
}

struct rule unwind_parse(const uint8_t *header, uint64_t pc)
{
	struct rule none = {.kind = RULE_NONE};
	struct cie cie = {0};
	const int32_t *pair = find_pair(header, pc);
	if (!pair)
		return none;
	const uint8_t *p = header + pair[1];
	uint32_t length = READ(uint32_t, &p);
	const uint8_t *end = p + length;
	if (length == 0 || length == 0xffffffff)
		return none;
	const uint8_t *cie_at = p;
	cie_at -= READ(uint32_t, &p);
	if (!read_cie(cie_at, &cie))
		return none;
	uint64_t begin = read_encoded(&p, cie.pointer_encoding, 0);
	uint64_t size = read_encoded(&p, cie.pointer_encoding & 0x0f, 0);
	if (pc < begin || pc >= begin + size)
		return none;
	if (cie.signal)
		return (struct rule){.kind = RULE_SIGNAL};
	if (cie.augmented) {
		uint64_t skip = read_uleb(&p);
		p += skip;
	}
	struct machine m = {.location = 0};
	if (!run(&m, &cie, cie.instructions, cie.end, pc))
		return none;
	m.initial = m.now;
	m.location = begin;
	return run(&m, &cie, p, end, pc) ? settle(&m) : none;
}
