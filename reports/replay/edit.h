/*
 * Changes to a program: what would be if its locks or its code were others.
 *
 * An edit whose outcome depends on what a recording does not tell (which key hashes to which shard,
 * who only reads) has levels: the worst, the likely, the best case.
 */
#ifndef PARPROF_EDIT_H
#define PARPROF_EDIT_H

#include "reports/replay/program.h"

/* Name of the option, its argument, what it does. */
#define EDIT_KINDS(X)                                                                              \
	X(without, "LOCK", "the lock is not there")                                                \
	X(hold, "LOCK=C", "the time under the lock times C")                                       \
	X(split, "LOCK=K", "K locks in its place")                                                 \
	X(rwlock, "LOCK", "a reader-writer lock in its place")                                     \
	X(batch, "LOCK=B", "B sections under the lock become one")                                 \
	X(move, "LOCK=C", "the share C of the time under the lock is spent before it")             \
	X(serial, "FUNCTION=K", "serial phases of a function are done by K threads")               \
	X(function, "FUNCTION=C", "the time in a function times C")
enum edit_kind {
#define X(name, argument, words) EDIT_##name,
	EDIT_KINDS(X)
#undef X
	    EDIT_KIND_COUNT
};
extern const char *const edit_names[EDIT_KIND_COUNT];

enum edit_level { EDIT_WORST, EDIT_LIKELY, EDIT_BEST, EDIT_LEVEL_COUNT };

struct edit {
	enum edit_kind kind;
	double factor; /* C, K, B; rwlock: 1 when it is known who reads */
	/* What it is about, by number: true where it is. */
	bool *object;	    /* of the program, objects long */
	bool *stack;	    /* serial, function: in it; rwlock: only reads, likely */
	bool *stack_surely; /* rwlock: only reads, surely */
	bool *thread;	    /* function: all of it */
	uint32_t objects, stacks, threads;
};

bool edit_has_levels(const struct edit *);
struct edit_case {
	enum edit_level level;
	int cores;     /* that a serial phase can be divided among, on the machine it will run on */
	uint64_t seed; /* of what is left to chance */
};
/* *to is a changed copy. from: each thread has one span, no pool. */
void edit_apply(struct program *to, const struct program *from, const struct edit *,
		const struct edit_case *);

#endif
