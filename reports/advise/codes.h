/*
 * The code that samples met: which function each address is in, and which loops of it; what is
 * known of each loop: its place, what a pass takes from the one before, how many passes there were.
 *
 * Invariants
 *  - Functions and loops are indexes, of function[] and loop[]. A loop's parent is another loop of
 *    the same function, or CODE_NONE.
 *  - Texts belong to the codes.
 */
#ifndef PARPROF_ADVISE_CODES_H
#define PARPROF_ADVISE_CODES_H

#include "profiler/hash.h"
#include "profiler/text.h"
#include <stdbool.h>
#include <stdint.h>

struct store;

#define CODE_NONE UINT32_MAX

struct code_function {
	char *name, *module, *file; /* NULL: not known */
	int64_t line;
	bool runtime; /* of a threading or language library */
	bool libc;
	bool interpreter;    /* runs programs of another language: its loops are not theirs */
	bool python;	     /* written in it */
	bool trap;	     /* where instructions run that a breakpoint replaced: our own doing */
	bool recursive;	     /* samples met it twice in a stack */
	bool branches;	     /* it calls itself in more than one place, or in a loop */
	uint32_t first_call; /* code, plus 1, of a call of itself; 0: none */
};

/* What a pass of a loop takes from the one before, by its instructions (code_loops.h). */
#define LOOP_CARRIES(X) X(unknown) X(none) X(induction) X(reduction) X(chase) X(recurrence)
enum loop_carry {
#define X(name) CARRY_##name,
	LOOP_CARRIES(X)
#undef X
	    LOOP_CARRY_COUNT
};

/* Words of memory that were watched over several passes. */
struct loop_words {
	uint32_t watched, met; /* met: used in at least two of them */
	uint32_t read, own, accumulated, carried, carried_apart; /* apart: distinct words */
	double delay;		  /* of carried ones: the most, -1: none was timed */
	const char *carried_name; /* of one of them, NULL: not known */
};

struct loop_fact {
	int64_t id; /* in the store */
	uint32_t parent, function;
	char *name, *file;	 /* of the (inlined) function it is written in; NULL: not known */
	int64_t line, line_last; /* 0: not known */
	char *place;	   /* gzip+0x4324, where a pass begins: without a file; NULL: not known */
	bool calls, outer; /* outer: there are loops inside */
	enum loop_carry carry;
	double recurrence; /* part of a pass that the next one waits for; -1: not known */
	/* Passes that were timed: how many, ns; 0: none. */
	double pieces, piece_ns, piece_squares, piece_max_ns, trap_ns;
	struct loop_words words;
	/* The program itself says that its passes are tasks of their own (parprof.h): pieces are
	 * exact then, and so are entries, the times that it was begun. */
	bool marked;
	double entries;
};

struct code_place {
	uint32_t function, loop; /* loop: the innermost, CODE_NONE */
};

/* A variable at a fixed address that a function uses: for more than to add to it. */
struct code_variable {
	uint64_t address;
	char *name; /* NULL: not known */
	uint32_t function;
	bool reads, writes;
};

struct codes {
	struct code_function *function;
	struct loop_fact *loop;
	struct code_variable *variable;
	uint32_t functions, loops, function_room, loop_room, variables, variable_room;
	struct hash place;   /* code.id -> struct code_place */
	struct hash by_name; /* of functions */
	struct hash by_loop; /* code_loop.id -> index */
};

/* All codes of sampled stacks. 0, or -1 after error(). */
int codes_read(struct codes *, struct store *);
void codes_free(struct codes *);
/* Never NULL for a code of a sampled stack. */
const struct code_place *codes_place(const struct codes *, int64_t code);
/* "orders.c:71-80", or "gzip+0x4324": as far as it is known; appends nothing otherwise. */
void loop_where(struct text *, const struct loop_fact *);

#endif
