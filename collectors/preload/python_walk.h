/*
 * The Python frames of the calling thread, innermost first, read from the interpreter's own
 * objects. A stack at a wait, with the numbers of its code objects, takes 20 to 40 ns for each
 * Python frame (8 frames 0.3 us, 500 frames 11 to 24 us).
 *
 * A frame of Python is run by a C call of the interpreter's loop, which may run several: those that
 * one C call runs are a run. Up to 3.10 each is a run of its own. From 3.11 on an object in the C
 * call's own stack frame belongs to the run: its address tells which C call it is.
 *
 * Danger: frames change while the thread runs. At a call that blocks they stand still and are read
 * directly; in a signal handler, and while the interpreter ends, what they point to may be gone:
 * then what may not be there is read through the kernel (PYTHON_CAREFUL): mostly two calls for a
 * stack of up to 20 frames, two more for 20 frames more. A sample takes 16 us with 8 frames, 27 us
 * with 23, 0.26 ms with 900, where a system call takes 2 to 3 us. Up to 3.10 frames need no such
 * care: 7 us, 12 us, 59 us.
 */
#ifndef PARPROF_PYTHON_WALK_H
#define PARPROF_PYTHON_WALK_H

#include "collectors/preload/python.h"
#include "collectors/preload/python_read.h"

#define PYTHON_DEPTH_MAX 1024u

enum python_care {
	PYTHON_AT_CALL = 0, /* the thread stands in a call of its own */
	PYTHON_CAREFUL,	    /* it may have been interrupted anywhere: reads through the kernel */
	PYTHON_NEVER,	    /* native frames only */
};

enum python_item {
	PYTHON_STOP,  /* there are no more */
	PYTHON_FRAME, /* `code` and `unit` are set */
	PYTHON_RUN,   /* the run ends; `place`: in the C frame of its call, 0: not known */
};

struct python_walk {
	struct python_pieces *pieces; /* those of the same walk may share them */
	uint64_t frame, c_frame;
	uint64_t code;
	uint64_t outer, outer_code; /* the last frame that was given, 0: none */
	uint32_t unit; /* instruction, in words of two bytes; PYTHON_UNIT_NONE: not started */
	uint64_t place;
	bool careful, run_ends;
	uint32_t steps;
};

/* false: this thread has no Python frames, or they can't be read now. */
bool python_walk_start(struct python_walk *w, struct thread *t, struct python_pieces *pieces,
		       enum python_care care);
enum python_item python_walk_next(struct python_walk *w);

#endif
