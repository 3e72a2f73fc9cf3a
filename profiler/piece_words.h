/*
 * What pieces of work did to one word of memory, by the list of what was hit in one moment: each
 * begin of a piece, and each use of the word. Pure.
 *
 * Only whole pieces count: from one begin to the next, while the word was watched all the time.
 * What came before the first begin is not known.
 *
 *  - unmet: no whole piece used it
 *  - read: no whole piece wrote it
 *  - own: each piece that used it wrote it first, or what it read no piece of this moment had
 *    written before it
 *  - accumulated: it is only read to be written anew by one operation that may be done in any
 *    order, in one instruction or in a few (collectors/kernel/accesses.h)
 *  - carried: a piece read what another one had written: it has to wait for that one
 */
#ifndef PARPROF_PIECE_WORDS_H
#define PARPROF_PIECE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In order of what counts: the last one that any moment showed. */
enum piece_kind { PIECE_UNMET, PIECE_READ, PIECE_OWN, PIECE_ACCUMULATED, PIECE_CARRIED };
const char *piece_kind_name(enum piece_kind);

struct piece_event {
	uint64_t time; /* ns */
	bool begin;    /* of a piece; else a use of memory: */
	uint64_t address, pc;
	uint8_t bytes;
	bool known; /* what the instruction does */
	bool reads, writes;
	bool adds; /* both, by an operation that may be done in any order */
};

/* Do the two instructions, a load and a store of one word, do such an operation? */
typedef bool piece_accumulates(void *data, uint64_t load_pc, uint64_t store_pc);

struct piece_moment_events {
	const struct piece_event *event; /* in order of time */
	size_t count;
	uint64_t armed_ns, until_ns; /* uses were seen in between */
	uint64_t trap_ns;
	piece_accumulates *accumulates;
	void *data;
};

struct piece_word_seen {
	enum piece_kind kind;
	uint32_t pieces; /* that used it */
	uint32_t whole;	 /* that were looked at */
	bool timed;
	double
	    delay; /* timed: last write in a piece minus first read in a piece, part of its time */
};

struct piece_word_seen piece_word_look(const struct piece_moment_events *, uint64_t address,
				       uint8_t bytes);

#endif
