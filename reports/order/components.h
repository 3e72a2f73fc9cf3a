/* Strongly connected components of a graph (Tarjan 1972), without recursion: time and memory are
 * linear in nodes and edges. */
#ifndef PARPROF_COMPONENTS_H
#define PARPROF_COMPONENTS_H

#include <stdint.h>

#define COMPONENT_END UINT32_MAX

/* The n-th node that `from` leads to; COMPONENT_END: there are no more. */
typedef uint32_t components_next(const void *data, uint32_t from, uint32_t n);

/* The number of each node's component; to be freed. */
uint32_t *components_of(uint32_t nodes, components_next *next, const void *data);

#endif
