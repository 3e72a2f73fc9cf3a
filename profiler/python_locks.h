/*
 * Names for the GILs of a run, and for locks that Python's standard library makes for the program:
 * the class that made it and where the program asked for it, "queue.Queue (app.py:33)". Those the
 * program makes itself keep the name of their place. Needs names_resolve(). May be repeated.
 */
#ifndef PARPROF_PYTHON_LOCKS_H
#define PARPROF_PYTHON_LOCKS_H

struct store;

int python_locks_name(struct store *); /* 0, or -1 after error() */

#endif
