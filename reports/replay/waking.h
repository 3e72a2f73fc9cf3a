/*
 * What waking costs the thread that wakes: a release to somebody who waits goes through the kernel,
 * one to nobody does not. A recording tells by the time to what the thread does next: longer
 * behind releases that woke somebody than behind others at the same place.
 */
#ifndef PARPROF_WAKING_H
#define PARPROF_WAKING_H

#include "reports/replay/marks.h"

/* ns, 0 when it cannot be told. */
int64_t waking_cost(const struct marks *);
/* From the act that ended a wait to its return: that many, one as likely as the other, in order of
 * length; a usual time where few were seen. */
void waking_times(const struct history *, int64_t *wakes, size_t count);

#endif
