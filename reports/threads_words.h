/* What the threads of a run did, in a sentence: for the section of threads. */
#ifndef PARPROF_THREADS_WORDS_H
#define PARPROF_THREADS_WORDS_H

struct model;
struct style;
struct text;

/* Of the tables states and functions; either may be empty. */
void threads_sentence(struct text *, const struct model *, const struct style *);

#endif
