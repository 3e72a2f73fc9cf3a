/*
 * Slack: how much longer what a thread does may take before the run takes longer. One pass over the
 * stops, the latest first (the backward pass of the critical path method, Kelley and Walker, 1959):
 * a thread that ended before the last one has the time between, a wait absorbs what was waited
 * until the waker acted, and a waker has no more than those it woke.
 *
 * Invariant: 0 on the critical path, nowhere less.
 */
#ifndef PARPROF_SLACK_H
#define PARPROF_SLACK_H

#include "reports/path/precedence.h"

/* At the act that ended this stop, its waker had this slack. */
typedef void slack_visit(void *data, const struct stop *, int64_t slack);

/* by_thread: of each thread's begin: of all that it did. visit: may be NULL. */
void slack_pass(const struct precedence *, int64_t *by_thread, slack_visit *visit, void *data);

#endif
