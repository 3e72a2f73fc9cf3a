/*
 * What threads of Python are at, by the functions of the standard library they are in: fills the
 * tables python_class and python_stack by python_classes.def, and sets lock.use of what their waits
 * tell: a semaphore may be a lock, a queue's, or the end of a thread.
 *
 * Needs the names of python_names_resolve(). May be repeated.
 */
#ifndef PARPROF_PYTHON_CLASSES_H
#define PARPROF_PYTHON_CLASSES_H

struct store;

int python_classes_make(struct store *); /* 0, or -1 after error() */
int python_parks_merge(struct store *);	 /* before locks get names */
int python_uses_make(struct store *);	 /* after groups: lock.use */

#endif
