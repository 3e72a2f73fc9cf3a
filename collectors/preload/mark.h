/*
 * Marks that the program sets through collectors/parprof.h: its macros find `parprof_marks_1` here.
 *
 * Counted exactly in the thread's struct marks (log.h). Written besides: of a point of progress a
 * record about each 10 ms, of each phase, and of the tasks of each site, one a ms at most, on
 * average.
 */
#ifndef PARPROF_PRELOAD_MARK_H
#define PARPROF_PRELOAD_MARK_H

#include "collectors/preload/thread.h"

/* Guard set. What is still open ends now. */
void mark_thread_end(struct thread *t);

#endif
