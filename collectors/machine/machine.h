/*
 * The machine: what its processors, caches and memory are, how much of them this process may use,
 * and which of that is not known here.
 *
 * Invariants
 *  - Every fact may be missing: NULL and 0 are "not known", or "no limit" for the limits. What
 *    could not be found though every machine has it is told in `missing`.
 *  - parts[0] is the machine; a part comes before those in it, its children in the order of their
 * CPUs.
 *  - Nothing is measured: reading takes some milliseconds. What things cost is in cost.h.
 */
#ifndef PARPROF_MACHINE_H
#define PARPROF_MACHINE_H

#include <stddef.h>
#include <stdint.h>

/* kind, key, meaning. Table machine of the store has a row for each that is known. */
#define MACHINE_FACTS(X)                                                                           \
	X(TEXT, cpu_model, "of its processors")                                                    \
	X(INT, packages, "processor packages, or sockets")                                         \
	X(INT, cores, "of all packages")                                                           \
	X(INT, cpus, "hardware threads, as the kernel counts them")                                \
	X(INT, threads_per_core, "the most hardware threads of one core; 1: no SMT")               \
	X(INT, nodes, "NUMA nodes with memory")                                                    \
	X(TEXT, core_kinds, "when cores differ: how many of which kind")                           \
	X(INT, allowed_cpus, "that this process may run on")                                       \
	X(TEXT, allowed_list, "their numbers")                                                     \
	X(REAL, quota_cpus, "CPU time per time that control groups allow; none: no quota")         \
	X(TEXT, quota_from, "the file that says so")                                               \
	X(INT, memory_bytes, "that there is")                                                      \
	X(INT, memory_limit_bytes, "that control groups allow; none: no limit")                    \
	X(TEXT, memory_limit_from, "the file that says so")                                        \
	X(REAL, mhz_base, "clock without boost")                                                   \
	X(REAL, mhz_max, "clock with boost")                                                       \
	X(REAL, mhz_now, "clock when it was looked at")                                            \
	X(TEXT, governor, "of the clock")                                                          \
	X(TEXT, virtual_machine, "what it runs in; none: no hypervisor was seen")                  \
	X(TEXT, container, "what it runs in; none: no container was seen")                         \
	X(TEXT, clocksource, "the kernel's clock")                                                 \
	X(TEXT, kernel, "its release")                                                             \
	X(TEXT, source, "where cores and caches were learnt")                                      \
	X(TEXT, missing, "what could not be learnt, and why")

#define MACHINE_TEXT(key) char *key; /* owned */
#define MACHINE_INT(key) int64_t key;
#define MACHINE_REAL(key) double key;

struct machine_part {
	int parent;	/* index, -1: the machine itself */
	char kind[16];	/* machine package die group node core cpu, L1d L1i L2 L3 … */
	int64_t number; /* the kernel's, -1: it has none */
	char *name;	/* of a core: its kind, when there are several; of a package: its model */
	uint64_t bytes; /* of caches and nodes */
	int line_bytes, ways; /* of caches; ways -1: any line may be anywhere in it, 0: not known */
	int cpus;	      /* that use it */
	char *cpu_list;	      /* "0-3,8" */
};

struct machine {
#define X(kind, key, meaning) MACHINE_##kind(key)
	MACHINE_FACTS(X)
#undef X
	struct machine_part *parts;
	size_t part_count;
};

/* root: "" or, for tests, a folder that has a /proc and a /sys of another machine. */
void machine_read(struct machine *, const char *root);
void machine_free(struct machine *);
/* Size of the largest cache, 0: not known. One that only a hypervisor can have made up is left out.
 */
uint64_t machine_last_cache(const struct machine *);

/* For the files that fill it in: adds to `missing`. */
void machine_lacks(struct machine *, const char *what, const char *why);

#endif
