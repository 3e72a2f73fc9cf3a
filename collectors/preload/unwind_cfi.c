/* DWARF call frame instructions, as the Linux Standard Base's .eh_frame has them, to one rule. The
 * bytes may be anything: what is read behind their end is 0. */
#include "collectors/preload/unwind.h"
#include <stddef.h>

enum { REGISTER_FP = 6, REGISTER_SP = 7, REGISTER_RA = 16 };
enum { REMEMBER_MAX = 8 };

struct state {
	struct rule rule;
	bool undefined_ra;
	bool odd; /* something a rule cannot express */
};

/* at <= end */
struct bytes {
	const uint8_t *at, *end;
};

struct cie {
	struct bytes instructions;
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

#define READ(type, p)                                                                              \
	({                                                                                         \
		type value_ = 0;                                                                   \
		if ((size_t)((p)->end - (p)->at) >= sizeof(value_)) {                              \
			__builtin_memcpy(&value_, (p)->at, sizeof(value_));                        \
			(p)->at += sizeof(value_);                                                 \
		} else {                                                                           \
			(p)->at = (p)->end;                                                        \
		}                                                                                  \
		value_;                                                                            \
	})

/* The next so many, as far as they are there; p moves behind them. */
static struct bytes take(struct bytes *p, uint64_t length)
{
	struct bytes taken = *p;
	if (length < (uint64_t)(p->end - p->at))
		taken.end = p->at + length;
	p->at = taken.end;
	return taken;
}

/* A number of LEB128; bits: that were read, last: the byte that ended it. */
static uint64_t read_leb(struct bytes *p, int *bits, uint8_t *last)
{
	uint64_t value = 0;
	*bits = 0;
	do {
		*last = READ(uint8_t, p);
		value |= *bits < 64 ? (uint64_t)(*last & 0x7f) << *bits : 0;
		*bits += 7;
	} while (*last & 0x80);
	return value;
}

static uint64_t read_uleb(struct bytes *p)
{
	int bits;
	uint8_t last;
	return read_leb(p, &bits, &last);
}

static int64_t read_sleb(struct bytes *p)
{
	int bits;
	uint8_t last;
	uint64_t value = read_leb(p, &bits, &last);
	return (int64_t)(bits < 64 && last & 0x40 ? value | -((uint64_t)1 << bits) : value);
}

/* DW_EH_PE_*: format in the low half, base in the high one. */
static uint64_t read_encoded(struct bytes *p, uint8_t encoding, uint64_t data_base)
{
	uint64_t here = (uint64_t)p->at, value;
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

/* What its augmentation string says, of the bytes that go with it. */
static bool read_augmentation(struct bytes string, struct bytes *p, struct cie *cie)
{
	for (uint8_t a = READ(uint8_t, &string); a; a = READ(uint8_t, &string)) {
		if (a == 'R') {
			cie->pointer_encoding = READ(uint8_t, p);
		} else if (a == 'L') {
			READ(uint8_t, p);
		} else if (a == 'P') {
			uint8_t encoding = READ(uint8_t, p);
			read_encoded(p, encoding, 0);
		} else if (a == 'S') {
			cie->signal = true;
		} else if (!cie->augmented) {
			return false;
		}
	}
	return true;
}

static bool read_cie(struct bytes p, struct cie *cie)
{
	uint32_t length = READ(uint32_t, &p);
	p = take(&p, length);
	if (READ(uint32_t, &p)) /* not of a CIE */
		return false;
	uint8_t version = READ(uint8_t, &p);
	if (version != 1 && version != 3)
		return false;
	struct bytes augmentation = p;
	while (READ(uint8_t, &p))
		;
	cie->code_align = read_uleb(&p);
	cie->data_align = read_sleb(&p);
	if (version == 1)
		READ(uint8_t, &p);
	else
		read_uleb(&p);
	cie->augmented = augmentation.at < p.end && *augmentation.at == 'z';
	if (cie->augmented) {
		struct bytes data = take(&p, read_uleb(&p));
		READ(uint8_t, &augmentation);
		cie->instructions = p;
		return read_augmentation(augmentation, &data, cie);
	}
	bool known = read_augmentation(augmentation, &p, cie);
	cie->instructions = p;
	return known;
}

/* Wraps around. */
static int64_t scaled(const struct cie *cie, int64_t factor)
{
	return (int64_t)((uint64_t)factor * (uint64_t)cie->data_align);
}

static void set_cfa(struct state *s, uint64_t reg, int64_t offset)
{
	s->odd = reg != REGISTER_SP && reg != REGISTER_FP;
	s->rule.kind = reg == REGISTER_SP ? RULE_SP : RULE_FP;
	s->rule.cfa = offset;
}

/* Only `fp + n, dereferenced` is understood; glibc's PLT expression is never on a stack. */
static void set_cfa_expression(struct state *s, struct bytes p)
{
	s->odd = true;
	if (READ(uint8_t, &p) != 0x70 + REGISTER_FP)
		return;
	int64_t offset = read_sleb(&p);
	if (READ(uint8_t, &p) != 0x06 || p.at != p.end)
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

static void set_register_expression(struct state *s, uint64_t reg, struct bytes p)
{
	if (reg != REGISTER_FP) {
		s->odd |= reg == REGISTER_RA;
		return;
	}
	if (READ(uint8_t, &p) != 0x70 + REGISTER_FP) {
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
static bool location_op(struct machine *m, const struct cie *cie, uint8_t op, struct bytes *p)
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

static bool cfa_op(struct state *s, const struct cie *cie, uint8_t op, struct bytes *p)
{
	uint64_t reg;
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
		set_cfa_expression(s, take(p, read_uleb(p)));
		return true;
	case 0x12: /* def_cfa_sf */
		reg = read_uleb(p);
		set_cfa(s, reg, scaled(cie, read_sleb(p)));
		return true;
	case 0x13: /* def_cfa_offset_sf */
		s->rule.cfa = scaled(cie, read_sleb(p));
		return true;
	case 0x2e: /* GNU_args_size */
		read_uleb(p);
		return true;
	default:
		return false;
	}
}

static bool register_op(struct machine *m, const struct cie *cie, uint8_t op, struct bytes *p)
{
	uint64_t reg = read_uleb(p);
	switch (op) {
	case 0x05: /* offset_extended */
		set_register(&m->now, reg, scaled(cie, (int64_t)read_uleb(p)));
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
		set_register_expression(&m->now, reg, take(p, read_uleb(p)));
		return true;
	case 0x11: /* offset_extended_sf */
		set_register(&m->now, reg, scaled(cie, read_sleb(p)));
		return true;
	case 0x14: /* val_offset, val_offset_sf: never for what we keep */
	case 0x15:
		read_uleb(p);
		return true;
	case 0x16: /* val_expression */
		take(p, read_uleb(p));
		m->now.odd |= reg == REGISTER_FP || reg == REGISTER_RA;
		return true;
	case 0x2f: /* GNU_negative_offset_extended */
		set_register(&m->now, reg, scaled(cie, (int64_t)-read_uleb(p)));
		return true;
	default:
		return false;
	}
}

/* false: unknown, or more states remembered than we can. */
static bool extended(struct machine *m, const struct cie *cie, uint8_t op, struct bytes *p)
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

static bool run(struct machine *m, const struct cie *cie, struct bytes p, uint64_t pc)
{
	while (p.at < p.end && m->location <= pc) {
		uint8_t op = READ(uint8_t, &p), low = op & 0x3f;
		switch (op >> 6) {
		case 1:
			m->location += low * cie->code_align;
			break;
		case 2:
			set_register(&m->now, low, scaled(cie, (int64_t)read_uleb(&p)));
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
static const int32_t *find_pair(const struct frame_table *t, uint64_t pc)
{
	struct bytes p = {t->header, t->header_end};
	uint32_t form = READ(uint32_t, &p);
	uint8_t count_encoding = form >> 16 & 0xff;
	if ((form & 0xff) != 1 || form >> 24 != 0x3b || count_encoding == 0xff)
		return NULL;
	read_encoded(&p, form >> 8 & 0xff, (uint64_t)t->header);
	uint64_t count = read_encoded(&p, count_encoding, (uint64_t)t->header);
	uint64_t room = (uint64_t)(p.end - p.at) / (2 * sizeof(int32_t));
	const int32_t *table = (const int32_t *)p.at;
	int64_t target = (int64_t)(pc - (uint64_t)t->header);
	uint64_t low = 0, high = count < room ? count : room;
	while (low < high) {
		uint64_t middle = (low + high) / 2;
		if (table[2 * middle] <= target)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &table[2 * (low - 1)] : NULL;
}

uint64_t unwind_function_begin(const struct frame_table *t, uint64_t pc)
{
	const int32_t *pair = find_pair(t, pc);
	return pair ? (uint64_t)t->header + (uint64_t)(int64_t)pair[0] : 0;
}

static struct rule settle(const struct machine *m)
{
	if (m->now.undefined_ra)
		return (struct rule){.kind = RULE_END};
	if (m->now.odd)
		return (struct rule){.kind = RULE_NONE};
	return m->now.rule;
}

struct frame_entry {
	struct cie cie;
	uint64_t begin, size;
	struct bytes rest;
};

static bool read_entry(struct frame_entry *e, const struct frame_table *t, uint64_t at)
{
	struct bytes p = {(const uint8_t *)at, t->high};
	if (at < (uint64_t)t->low || at >= (uint64_t)t->high)
		return false;
	uint32_t length = READ(uint32_t, &p);
	if (length == 0 || length == 0xffffffff)
		return false;
	p = take(&p, length);
	uint64_t here = (uint64_t)p.at;
	uint32_t back = READ(uint32_t, &p);
	if (!back || back > here - (uint64_t)t->low ||
	    !read_cie((struct bytes){(const uint8_t *)(here - back), t->high}, &e->cie))
		return false;
	e->begin = read_encoded(&p, e->cie.pointer_encoding, 0);
	e->size = read_encoded(&p, e->cie.pointer_encoding & 0x0f, 0);
	e->rest = p;
	return true;
}

/* The entry whose code pc is in. */
static bool find_entry(struct frame_entry *e, const struct frame_table *t, uint64_t pc)
{
	const int32_t *pair = find_pair(t, pc);
	return pair && read_entry(e, t, (uint64_t)t->header + (uint64_t)(int64_t)pair[1]) &&
	       pc - e->begin < e->size;
}

bool unwind_function_range(const struct frame_table *t, uint64_t pc, struct code_range *range)
{
	struct frame_entry e = {.size = 0};
	if (!find_entry(&e, t, pc))
		return false;
	*range = (struct code_range){e.begin, e.size};
	return true;
}

bool unwind_entry_range(const struct frame_table *t, const uint8_t *at, struct code_range *range)
{
	struct frame_entry e = {.size = 0};
	if (!read_entry(&e, t, (uint64_t)at))
		return false;
	*range = (struct code_range){e.begin, e.size};
	return e.size != 0;
}

struct rule unwind_parse(const struct frame_table *t, uint64_t pc)
{
	struct rule none = {.kind = RULE_NONE};
	struct frame_entry e = {.size = 0};
	if (!find_entry(&e, t, pc))
		return none;
	if (e.cie.signal)
		return (struct rule){.kind = RULE_SIGNAL};
	if (e.cie.augmented)
		take(&e.rest, read_uleb(&e.rest));
	struct machine m = {.location = 0};
	if (!run(&m, &e.cie, e.cie.instructions, pc))
		return none;
	m.initial = m.now;
	m.location = e.begin;
	return run(&m, &e.cie, e.rest, pc) ? settle(&m) : none;
}
