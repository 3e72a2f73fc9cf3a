/*
 * The forest of who waits for whom: each waiting thread hangs on a source, each source on a thread.
 * A root is a thread that does not hang. Changes cost the length of a chain and the number of
 * sources behind what changes, not the number of waiters.
 */
#ifndef PARPROF_SOURCE_H
#define PARPROF_SOURCE_H

#include "reports/sweep/pass.h"

/* Accounts all that hangs on a thread, directly or not, until now: to be called before it changes
 * what it does. */
void source_flush_held(struct pass *, struct actor *);
static inline void source_flush_behind(struct pass *p, struct actor *a)
{
	if (a->held)
		source_flush_held(p, a);
}

/* The thread hangs from now on; it polls: its loss is its own affair. */
void source_hang(struct pass *, struct actor *, struct source *, bool polls);
void source_leave(struct pass *, struct actor *, bool polls);

/* Those that wait for what a thread does: found, or made. */
struct source *source_of_thread(struct pass *, uint32_t thread, uint32_t group,
				enum account_part_kind, enum tier);
/* Those that wait for an object, on whom releases it next. */
struct source *source_of_object(struct pass *, uint32_t object, enum account_part_kind, enum tier);
/* The time of its next change has come. */
void source_turn(struct pass *, size_t source);

/* The next release of an object after now, NULL: none. */
const struct history_hold *source_next_hold(struct pass *, uint32_t object);

#endif
