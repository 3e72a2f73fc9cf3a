/* Packages, cores, caches and NUMA nodes, from hwloc. */
#ifndef PARPROF_TOPOLOGY_H
#define PARPROF_TOPOLOGY_H

struct machine;

/* Fills in the parts and the facts counted from them. HWLOC_XMLFILE and HWLOC_SYNTHETIC name
 * another machine, as everywhere. Changes the environment for a moment: one thread only. */
void topology_read(struct machine *);

#endif
