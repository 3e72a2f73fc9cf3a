/*
 * Numbers for Python's code objects, one set per process; the first use of one writes PYTHON_CODE
 * and PYTHON_LINES. Lock-free; a thread that loses a race, or a signal handler that finds an entry
 * half written, numbers the object once more, which costs a record and nothing else.
 */
#ifndef PARPROF_PYTHON_CODE_H
#define PARPROF_PYTHON_CODE_H

#include "collectors/preload/thread.h"

/* code: address of a code object that lives and is one. 0: it has no number, and with `write` unset
 * none is made. Guard set. */
uint64_t python_code_number(struct thread *t, uint64_t code, bool write);

#endif
