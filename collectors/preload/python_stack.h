/*
 * The stack of a thread as a Python programmer sees it: the interpreter's C frames that run Python
 * code are replaced by the frames of that code, the other C frames stay where they are between
 * them. Where the two cannot be matched, all C frames come first, then the rest of the Python ones.
 */
#ifndef PARPROF_PYTHON_STACK_H
#define PARPROF_PYTHON_STACK_H

#include "collectors/preload/python_walk.h"

/* A walked stack: frames innermost first; sp[i]: of frame i when it made its call; sp[count]: where
 * the last one ends. */
struct native_stack {
	const uint64_t *pc, *sp;
	uint32_t count;
};

struct python_stack {
	struct thread *thread;
	struct native_stack native;
	struct python_walk walk;
	struct python_pieces pieces;
	uint32_t at;	/* native frames given out or replaced */
	uint32_t place; /* the native frame that the next run replaces, count: none */
	uint32_t frames;
	bool python; /* there are more runs */
	bool placed, in_run, write;
	bool cut; /* there were more than PYTHON_DEPTH_MAX */
};

/* false: no Python frames. write: code objects that are new get their records. */
bool python_stack_start(struct python_stack *s, struct thread *t, const struct native_stack *native,
			enum python_care care, bool write);
/* The next frame as it is in a STACK record, 0: no more. */
uint64_t python_stack_next(struct python_stack *s);

#endif
