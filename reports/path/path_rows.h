/*
 * The critical path for who draws it: which thread was what counted, from when to when. What
 * follows each other in one thread is one row; where no thread is known to have counted, none is.
 */
#ifndef PARPROF_PATH_ROWS_H
#define PARPROF_PATH_ROWS_H

#include <stddef.h>
#include <stdint.h>

struct path_row {
	int64_t begin, end;
	uint32_t thread;
};

struct path_rows { /* all zero: none */
	struct path_row *row;
	size_t count, room;
};

struct segment;
/* In order of time. */
void path_rows_add(struct path_rows *, const struct segment *);
void path_rows_free(struct path_rows *);

#endif
