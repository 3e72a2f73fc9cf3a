/*
 * Where in the program a lock was initialised or first used: the first frame of that stack that is
 * not of a runtime, or of Python's own library. Many locks share a stack, so sites are kept by
 * stack.
 */
#ifndef PARPROF_NAMES_SITE_H
#define PARPROF_NAMES_SITE_H

#include "profiler/text.h"
#include <stdbool.h>
#include <stdint.h>

struct store;
struct sites;

struct site {
	char *name;  /* Cache::Cache (cache.cc:118), as the name of a lock */
	char *place; /* path:line; module+0x1234 in a function without a symbol; NULL: unknown */
	bool python; /* there is Python code in the stack */
};

struct sites *sites_open(struct store *);
void sites_close(struct sites *);
/* stack 0: none was taken, the caller at its first use has to do. NULL: nothing is known. The
 * result is valid until the next call. */
const struct site *sites_find(struct sites *, int64_t lock, int64_t stack);
/* Appends what a join waited for: "thread NAME". */
void sites_joined(struct sites *, int64_t lock, struct text *);

#endif
