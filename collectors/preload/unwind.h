/*
 * Unwinding by .eh_frame, lock-free, without allocation: about 5 ns a frame once a rule is cached.
 * libunwind is not used here: its slow path takes mutexes that come back to our hooks, and its
 * first call in a thread costs up to 0.9 ms.
 *
 * A rule tells, for one pc, how to get the caller's registers. Only what x86-64 code needs to find
 * return addresses is kept: pc, sp, and fp (rbp).
 */
#ifndef PARPROF_UNWIND_H
#define PARPROF_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

struct registers {
	uint64_t pc, sp, fp;
	bool exact; /* pc is of an instruction to be executed, not a return address */
};

enum rule_kind {
	RULE_NONE = 0, /* no unwind information: stop */
	RULE_SP,       /* CFA = sp + cfa */
	RULE_FP,       /* CFA = fp + cfa */
	RULE_FP_DEREF, /* CFA = *(fp + cfa): main() and others that realign the stack */
	RULE_SIGNAL,   /* a signal frame: registers are in the ucontext at sp */
	RULE_END,      /* outermost */
};
enum fp_kind { FP_SAME = 0, FP_AT_CFA, FP_AT_FP };

struct rule {
	int64_t kind : 4;
	int64_t fp_kind : 4;
	int64_t cfa : 28;
	int64_t fp : 28;
};
_Static_assert(sizeof(struct rule) == 8, "a rule is one word");

/* The rule at pc, from the cache or the object's .eh_frame. */
struct rule unwind_rule(uint64_t pc);

/* Where the function around pc begins, 0: not known. Not cached: about 50 ns. */
uint64_t unwind_function(uint64_t pc);

/* An .eh_frame_hdr, and where the entries lie that it leads to: nothing else is read. */
struct frame_table {
	const uint8_t *header, *header_end, *low, *high;
};
struct code_range {
	uint64_t begin, size;
};

/* Where it begins by the table alone, which says nothing of its end: 0, or the last before pc. */
uint64_t unwind_function_begin(const struct frame_table *, uint64_t pc);
/* The function around pc; false: not known. */
bool unwind_function_range(const struct frame_table *, uint64_t pc, struct code_range *);
/* The function of the entry at an address. The header is not needed. false: it is not of one. */
bool unwind_entry_range(const struct frame_table *, const uint8_t *at, struct code_range *);

/* Computes the rule for pc. */
struct rule unwind_parse(const struct frame_table *, uint64_t pc);

/* Reads a word of the stack; false: it cannot be read. */
typedef bool unwind_read(const void *data, uint64_t at, uint64_t *word);

static inline bool unwind_step_signal(struct registers *r, unwind_read *read, const void *data)
{
	/* offsets of gregs[REG_RBP 10], [REG_RSP 15], [REG_RIP 16] in struct ucontext */
	uint64_t at = r->sp + 40;
	r->exact = true;
	return read(data, at + 10 * 8, &r->fp) && read(data, at + 16 * 8, &r->pc) &&
	       read(data, at + 15 * 8, &r->sp);
}

/* From the registers of a frame to its caller's, by the rule at its pc. false: there is none that
 * can be known. */
__attribute__((always_inline)) static inline bool unwind_step(struct registers *r, struct rule rule,
							      unwind_read *read, const void *data)
{
	uint64_t cfa, fp = r->fp;
	switch (rule.kind) {
	case RULE_SP:
		cfa = r->sp + (uint64_t)rule.cfa;
		break;
	case RULE_FP:
		cfa = r->fp + (uint64_t)rule.cfa;
		break;
	case RULE_FP_DEREF:
		if (!read(data, r->fp + (uint64_t)rule.cfa, &cfa))
			return false;
		break;
	case RULE_SIGNAL:
		return unwind_step_signal(r, read, data);
	default:
		return false;
	}
	if (cfa <= r->sp)
		return false;
	if (rule.fp_kind == FP_AT_CFA && !read(data, cfa + (uint64_t)rule.fp, &fp))
		return false;
	if (rule.fp_kind == FP_AT_FP && !read(data, r->fp + (uint64_t)rule.fp, &fp))
		return false;
	if (!read(data, cfa - 8, &r->pc))
		return false;
	r->sp = cfa;
	r->fp = fp;
	r->exact = false;
	return r->pc != 0;
}

#endif
