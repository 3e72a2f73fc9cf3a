/* What --lock, --thread and --sort leave of a model's tables, and in which order. */
#ifndef PARPROF_FILTER_H
#define PARPROF_FILTER_H

struct table;

/* Keeps the rows of which the text in one of two columns matches the extended regular expression
 * words; words NULL keeps all, other_key may be NULL. tables ends with NULL. -1 after error(). */
int filter_rows(struct table *const *tables, const char *words, const char *key,
		const char *other_key);
/* Sorts those tables that have the column; -1 after error() when none has. key NULL: as it is. */
int filter_sort(struct table *const *tables, const char *key);

#endif
