/*
 * The CPython interpreter in this process, if there is one: where its objects keep what a stack
 * needs. Offsets are those of CPython's own headers up to 3.12, one set for each minor version;
 * from 3.13 on the interpreter tells most of them itself (_Py_DebugOffsets).
 *
 * Invariants
 *  - `python.known` is set last: who sees it sees the rest. It goes back to false when the objects
 *    are not what the offsets promise.
 *  - Nothing here calls into Python but for two getters that take no lock and touch no object.
 */
#ifndef PARPROF_PYTHON_H
#define PARPROF_PYTHON_H

#include "collectors/preload/thread.h"

#define PYTHON_MINOR_FIRST 8u
#define PYTHON_MINOR_LAST 15u
#define PYTHON_NONE 0xffffu /* an offset: this version has no such member */

/* Offsets of members, in bytes. */
struct python_layout {
	uint16_t top;		 /* PyThreadState: the innermost frame, or the _PyCFrame */
	uint16_t c_top, c_back;	 /* _PyCFrame: its frame, the outer _PyCFrame */
	uint16_t back;		 /* frame: the caller's */
	uint16_t code;		 /* frame: its code object */
	uint16_t instruction;	 /* frame: a number up to 3.10, then an address */
	uint16_t entry;		 /* frame of 3.11: 1: it was entered from C */
	uint16_t owner;		 /* frame: OWNER_* */
	uint16_t bytecode_index; /* frame, free-threaded 3.14: which copy of the bytecode runs */
	uint16_t locals;	 /* frame: its first local variable */
	uint16_t file, name, first_line, lines, bytecode, traceable, bytecodes; /* code object */
	uint16_t type;								/* of all objects */
	uint16_t text_ascii, text_other, text_kind_shift;			/* str */
	uint16_t cached_keys; /* type: those of its instances' attributes */
	uint16_t values;      /* values of attributes: the first */
};

struct python {
	bool known;
	uint32_t minor;
	struct python_layout at;
	uint64_t code_type, text_type, bytes_type;
	void *(*thread_state)(void); /* of the calling thread, NULL: it runs no Python */
	int (*finalizing)(void);     /* 1: objects of other threads go away */
	uint64_t begin, end;	     /* of the object file it is in, as it is mapped */
	uint64_t eval_begin, eval_end;
	int64_t eval_frame; /* bytes of its C frame, 0: not fixed */
	uint32_t trial;	    /* walks that still read with care: the layout may be wrong */
};
extern struct python python;

/* runtime: address of _PyRuntime. Guard set. Only the first call counts. */
void python_found(struct thread *t, const void *runtime);

/* Looks for an interpreter that is linked to the program, or in the object file at `path`:
 * libpython may be loaded late, where the program's own symbols do not lead. Guard set. */
void python_look(struct thread *t, const char *path);

/* The objects are not what they should be: no Python stacks from now on. */
void python_give_up(struct thread *t);

/*
 * From PYTHON_MINOR_PARKS on a lock may be a byte, and who has to wait for it does so at a
 * semaphore on its own stack, behind the address of the byte. That address, if it is the
 * interpreter that waits so at `caller`, else 0.
 */
uint64_t python_parked(const struct thread *t, const void *semaphore, uint64_t caller);

#endif
