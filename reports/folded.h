/*
 * Processes that say nothing of the program a report is about (view process_fold), in the tables
 * processes and threads: a shell's that led to a Python program, multiprocessing's own. The text
 * report, its sums and the verdict leave such rows out, and a line says so; tables for programs,
 * and
 * --full, keep them.
 */
#ifndef PARPROF_FOLDED_H
#define PARPROF_FOLDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct style;
struct table;
struct text;

bool folded_row(const struct table *, size_t row);
size_t folded_count(const struct table *, const char *why); /* why: around, plumbing, NULL: any */
/* Of the rows that are not folded. */
size_t folded_rest(const struct table *);
int64_t folded_rest_sum(const struct table *, const char *key);
/* Which ones were left out of the table processes. */
void folded_say(struct text *, const struct table *processes, const struct style *);

#endif
