/*
 * Stacks with names, each read once from the store.
 *
 * Invariants
 *  - Frames are innermost first, inlined functions included.
 *  - Stack 0 is "none was taken": no frames.
 */
#ifndef PARPROF_FRAMES_H
#define PARPROF_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct frame {
	char *function, *file, *module; /* NULL: unknown */
	int64_t line, address;
	bool runtime;
};
struct stack {
	int64_t id;
	struct frame *frames;
	size_t count;
};
struct stacks {
	struct stack **list; /* sorted by id */
	size_t count;
	struct query *query;
};

void stacks_open(struct stacks *, struct store *);
const struct stack *stacks_get(struct stacks *, int64_t id); /* lives as long as the stacks */
void stacks_free(struct stacks *);

/* The frames a reader wants: all, or without those of runtime libraries unless there is nothing
 * else. Returns how many, at most room; shown[i] points into the stack. */
size_t stack_show(const struct stack *, bool native, const struct frame **shown, size_t room);

#endif
