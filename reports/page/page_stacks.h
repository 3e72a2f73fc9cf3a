/*
 * The stacks a page uses, numbered from 1 in order of first use; 0 is none. Each name is written
 * once.
 *
 * JSON: strings[]; codes[]: of each place in the program its lines, the innermost first, as
 * function, file, line, runtime, function, …: function and file are places in strings, -1 unknown,
 * runtime 1: of a library that is left out unless asked for; stacks[]: places in codes, the
 * innermost first. Stack n of the page is stacks[n - 1].
 */
#ifndef PARPROF_PAGE_STACKS_H
#define PARPROF_PAGE_STACKS_H

#include "profiler/hash.h"
#include <stdint.h>

struct store;
struct text;

struct page_stacks {
	struct hash number; /* by stack.id */
};

void page_stacks_begin(struct page_stacks *);
int64_t page_stacks_number(struct page_stacks *, int64_t stack);
/* Appends the JSON. 0, or -1 after error(). */
int page_stacks_write(const struct page_stacks *, struct store *, struct text *out);
void page_stacks_end(struct page_stacks *);

#endif
