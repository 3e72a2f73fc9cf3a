/*
 * The cores a program may be given, in the order in which they are: each core's first hardware
 * thread before any second one.
 */
#ifndef PARPROF_SCALE_CORES_H
#define PARPROF_SCALE_CORES_H

#include <sched.h>

enum pin { PIN_COMPACT, PIN_SCATTER, PIN_NONE }; /* order of --pin's words */

struct cores {
	int cpu[CPU_SETSIZE]; /* numbers of the system, in order */
	int count;
};

/* Those that we may use ourselves. Compact: one socket after the other; scatter: sockets in turn.
 */
void cores_find(struct cores *, enum pin);
/* For tests: the topology in `folder` instead of /sys/devices/system/cpu. */
void cores_order(struct cores *, enum pin, const char *folder);
/* The first `count` of them; more than there are: all. */
cpu_set_t cores_first(const struct cores *, int count);
/* CPU time per time that the control group allows, in cores; 0: no limit. */
double cores_quota(void);

#endif
