/*
 * The machine in the store: tables machine, machine_part, machine_cost. All of it before there is a
 * second thread: see collectors/machine/topology.h and cost.h.
 */
#ifndef PARPROF_MACHINE_STORE_H
#define PARPROF_MACHINE_STORE_H

struct machine;
struct machine_costs;
struct store;

/* This machine, with the costs that are remembered: some milliseconds. */
void machine_store_this(struct store *);
/* This machine, with costs measured now, which takes seconds, and remembered, unless it is busy and
 * they were measured before. */
void machine_store_measured(struct store *);

/* Its parts. how: fact `costs`; costs NULL: none, and how says why. */
void machine_store(struct store *, const struct machine *);
void machine_store_costs(struct store *, const struct machine_costs *, const char *how);

#endif
