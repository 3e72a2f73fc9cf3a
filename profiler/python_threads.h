/*
 * Names for threads of Python that were given none: those that were not made by a Thread object of
 * it, and whose kernel knows them by the name of the process only, get that of the outermost
 * function of their stacks, at waits and in samples, that is not the start of every thread; with a
 * number when several of a process run the same one. Those that Python only numbered, as up to 3.9
 * it does all, get it in parentheses, as from 3.10 on Python itself does. Needs python_resolve().
 * May be repeated.
 */
#ifndef PARPROF_PYTHON_THREADS_H
#define PARPROF_PYTHON_THREADS_H

struct store;

int python_threads_name(struct store *); /* 0, or -1 after error() */

#endif
