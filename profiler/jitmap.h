/*
 * Names of code that a program made while it ran, from the maps that just-in-time compilers leave
 * for profilers: /tmp/perf-PID.map, a line "START SIZE NAME" for each function, in hex.
 */
#ifndef PARPROF_JITMAP_H
#define PARPROF_JITMAP_H

#include <stddef.h>
#include <stdint.h>

struct store;

struct jit_function {
	uint64_t begin, end;
	size_t order; /* in the file: of several at one address the last one counts */
	char *name;
};
struct jitmap {
	struct jit_function *function;
	size_t count, room;
};

/* Lines that are none are passed. 0, or -1: it cannot be read, or is older than that time (s). */
int jitmap_read(struct jitmap *, const char *path, int64_t not_before);
void jitmap_free(struct jitmap *);
const char *jitmap_find(const struct jitmap *, uint64_t address); /* NULL: none */

/* Fills code_line of code in no file. 0, or -1 after error(). */
int jitmaps_resolve(struct store *);

#endif
