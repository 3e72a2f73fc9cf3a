/* The machine in the store: tables machine, machine_part. */
#ifndef PARPROF_MACHINE_STORE_H
#define PARPROF_MACHINE_STORE_H

#include "collectors/machine/machine.h"

struct store;

void machine_store(struct store *, const struct machine *);
/* Looks at this machine and stores it. One thread only: see topology.h. */
void machine_store_this(struct store *);

#endif
