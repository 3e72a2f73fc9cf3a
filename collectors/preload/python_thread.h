/*
 * The name that Python gives a thread: `_name` of its Thread object, which is the first local
 * variable of the thread's outermost frame. Versions before 3.14 tell the kernel nothing, the
 * others 15 bytes of it. Looked for at the first, second, fourth … stack of a thread, so that a
 * thread which names itself as it begins is known by that; written when it is another one.
 *
 * Nothing changes the object while the thread has the GIL: then it is read directly. Else, and for
 * the first few names, all is read through the kernel: up to 20 calls for a name that is new, one
 * for one that is not.
 */
#ifndef PARPROF_PYTHON_THREAD_H
#define PARPROF_PYTHON_THREAD_H

#include "collectors/preload/python_walk.h"

/* The walk is over, and the thread stands in a call. Guard set. */
void python_thread_name(struct thread *t, const struct python_walk *w);

#endif
