/*
 * What the kernel says a thread used: CPU time and context switches, written as USAGE records so
 * that a reader knows how much of the time between two waits the thread was on no core.
 *
 * getrusage() does not know what the thread used since it got its core, up to a whole tick: CPU
 * times come from the thread's own clock. A mark takes two system calls, 0.4 to 3 us by machine:
 * the time between two grows with what they cost.
 */
#ifndef PARPROF_USAGE_H
#define PARPROF_USAGE_H

#include "collectors/preload/thread.h"

/* At a thread's begin. */
void usage_start(struct thread *t, uint64_t now);
/* What it used before we saw it, exec and the loader, is not counted. */
void usage_forget_past(struct thread *t);

/* Guard set. Writes one, but for sandboxed processes. All keep errno. */
void usage_write(struct thread *t, uint64_t now);
/* Guard set, before a wait, never after one: there a lock may be held. */
static inline void usage_mark(struct thread *t, uint64_t now)
{
	if (unlikely(now >= t->usage.next))
		usage_write(t, now);
}
/* Guard set. A wait took so many ticks, for which the thread surely gave up its core. */
static inline void usage_explain(struct thread *t, uint64_t ticks)
{
	t->usage.explained += ticks;
}
/* Guard set. Whether the thread gave up its core in a call that just ended; writes what it had to
 * ask for when it is time for that. */
bool usage_waited(struct thread *t, uint64_t begin, uint64_t end);

#endif
