/* What the control groups of this process allow it, version 1 and 2: the least along the way up. */
#ifndef PARPROF_CGROUP_H
#define PARPROF_CGROUP_H

#include <stdint.h>

enum { CGROUP_FILE = 512 };

struct cgroup_limits {
	double cpus;					       /* CPU time per time; 0: no quota */
	uint64_t memory;				       /* bytes; 0: no limit */
	char cpus_from[CGROUP_FILE], memory_from[CGROUP_FILE]; /* the files that say so; "" none */
};

void cgroup_read(struct cgroup_limits *, const char *root);

#endif
