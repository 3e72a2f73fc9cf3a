/*
 * Parts of the interpreter's objects that may not be there: read through the kernel. A call costs
 * 1 to 7 us, and hardly more when it brings much: so frames are read by the piece, with those of
 * their callers, which lie before them from 3.11 on; and the types of many code objects at once.
 */
#ifndef PARPROF_PYTHON_READ_H
#define PARPROF_PYTHON_READ_H

#include "collectors/preload/thread.h"

/* It is on the stack of whoever was interrupted, which may be an alternative one of 8 KiB. */
#define PYTHON_PIECES 2u
#define PYTHON_PIECE 2048u
#define PYTHON_CODES 32u
struct python_pieces {
	uint64_t stack_low, stack_top; /* of the thread, needs no kernel; 0: not so */
	uint64_t from[PYTHON_PIECES], to[PYTHON_PIECES];
	uint32_t next, next_code;
	uint64_t codes[PYTHON_CODES]; /* that are code objects, 0: none */
	char bytes[PYTHON_PIECES][PYTHON_PIECE];
};

void python_pieces_start(struct python_pieces *p, const struct thread *t);

/* false where nothing is mapped. Keeps errno. */
bool python_read_careful(uint64_t at, void *to, size_t size);
/* The same of a member of a frame. */
bool python_read_frame(struct python_pieces *p, uint64_t frame, uint64_t offset, void *to,
		       size_t size);
/* Only if that needs no kernel. */
bool python_read_near(const struct python_pieces *p, uint64_t at, void *to, size_t size);

bool python_code_seen(const struct python_pieces *p, uint64_t code);
/* Which of these are code objects is kept; true: the first is. */
#define PYTHON_CODES_ASKED 16u
bool python_codes_ask(struct python_pieces *p, const uint64_t *codes, uint32_t count);

#endif
