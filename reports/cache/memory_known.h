/*
 * Is it bound by memory? What a recording without simulated caches knows of it: counted misses of
 * the last level cache decide; else what it touches at a time, beside the caches; else it is not
 * known, and what to run is said.
 */
#ifndef PARPROF_MEMORY_KNOWN_H
#define PARPROF_MEMORY_KNOWN_H

#include "reports/cache/memory_bound.h"
#include <stdbool.h>
#include <stdint.h>

struct model;
struct text;

struct memory_facts {
	double llc_mpki; /* counted, for 1000 instructions; -1: not known */
	/* Of the process that touches most, in the shortest time that tells; 0: not known. */
	int64_t window_ns, touched, each_thread, l2, last;
	bool at_least; /* touched is a lower bound */
};

/* MEMORY_BETWEEN, when more is touched than the caches hold: how often, nobody counted. */
enum memory_bound memory_of_facts(const struct memory_facts *);
void memory_say(const struct model *, struct text *);

#endif
