/*
 * Finishing a recording: what needs to be seen as a whole. Objects become locks, addresses get
 * names, threads and processes their ends; indexes. Also works on the file of a recorder that
 * was killed; may be repeated.
 */
#ifndef PARPROF_FINISH_H
#define PARPROF_FINISH_H

struct store;

/* Called before each step, with a word for a progress line; NULL: nobody wants to know. */
typedef void finish_progress(void *data, const char *step);

int finish(struct store *, finish_progress *, void *data);

#endif
