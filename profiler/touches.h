/*
 * Touches: which thread used which word of which cache line, from samples of what runs
 * (collectors/kernel/operand.h) and from watchpoints. Lines that several threads used are written
 * to the tables line_seen and line_touch.
 *
 * Two touches of different threads are near when they are less than TOUCH_NEAR_NS apart, then the
 * line has to go from one core to the other in between if either of them writes. Near touches of
 * one word are counted as `same`, of different words as `apart`.
 *
 * Invariants
 *  - A touch is near to at most one other: the newest of another thread, of the same word if any.
 *  - No more than TOUCH_LINES lines are kept: those that only one thread used make room.
 */
#ifndef PARPROF_TOUCHES_H
#define PARPROF_TOUCHES_H

#include "profiler/hash.h"
#include <sys/types.h>

#define TOUCH_NEAR_NS 10000000
#define TOUCH_LINES 65536u
#define TOUCH_WORDS 16 /* of a line; lines of 128 bytes have so many */
#define TOUCH_RECENT 4 /* threads whose newest touch of a line is known */

struct touch {
	uint32_t pid, tid;
	int64_t task;	  /* of the store, 0: not known */
	uint64_t address; /* of what was used */
	uint64_t pc;	  /* of the instruction, 0: not known */
	int64_t ns;
	bool reads, writes;
	bool trapped; /* by a watchpoint */
};

struct touch_word {	     /* of one thread */
	uint32_t line, next; /* numbers; next: of the same line, 0: the last */
	uint32_t pid, tid;
	int64_t task;
	uint64_t pc; /* of its first write, else its first read */
	uint32_t word, reads, writes, traps;
};

struct touch_line {
	uint32_t pid;
	bool suspect; /* to be watched, whatever was seen of it */
	uint64_t address;
	uint32_t words; /* number of the first one */
	uint32_t threads, apart, same;
	uint32_t windows, windows_apart, windows_same; /* it was watched so often */
	struct {
		uint32_t tid, word;
		int64_t ns;
	} recent[TOUCH_RECENT];
};

struct touches {
	uint64_t line_bytes;
	struct hash by_address; /* (address, pid) -> number of a line, from 1 */
	struct hash by_word;	/* (line << 8 | word, tid) -> number of a word, from 1 */
	struct touch_line *line;
	struct touch_word *word;
	size_t lines, line_room, words, word_room;
	uint64_t dropped; /* touches for which there was no room */
};

void touches_init(struct touches *, uint64_t line_bytes);
void touches_free(struct touches *);
void touches_add(struct touches *, const struct touch *);
/* The line at an address; makes it when it is not known. NULL: no room. */
struct touch_line *touches_line(struct touches *, uint32_t pid, uint64_t address);
/* Calls each() for the words of a line. */
void touches_words(const struct touches *, const struct touch_line *,
		   void (*each)(void *, const struct touch_word *), void *data);
/* Forgets what was seen of a process: its addresses mean something else from now on. */
void touches_forget(struct touches *, uint32_t pid);

#endif
