/* How long cores were busy, as /proc/stat counts: to see what else ran beside a measured program.
 */
#ifndef PARPROF_SCALE_BUSY_H
#define PARPROF_SCALE_BUSY_H

#include <sched.h>
#include <stdint.h>

struct busy {
	int64_t used_ns;   /* by anybody here */
	int64_t stolen_ns; /* by the host, from this virtual machine */
};

/* Since the machine started, of these cores; zeros where /proc does not tell. */
struct busy busy_now(const cpu_set_t *);

#endif
