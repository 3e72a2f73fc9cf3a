/*
 * Whether the work of Python's worker processes is even, in words: of the table workers, a row for
 * each place that started some.
 */
#ifndef PARPROF_REPORTS_PYTHON_WORKERS_H
#define PARPROF_REPORTS_PYTHON_WORKERS_H

#include <stdbool.h>

struct model;
struct style;
struct text;

/* The slowest worker decides how long the run takes, and nothing else that code tells of does. */
bool workers_decide(const struct model *, const char *code);
/* Of those workers; for the verdict. */
void workers_say(const struct model *, struct text *sentence, struct text *consequence);
/* Of all workers; adds nothing when there are none. */
void workers_sentence(struct text *, const struct model *, const struct style *);

#endif
