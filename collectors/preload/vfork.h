/*
 * The child of vfork() runs on its parent's memory, this thread's state included, until it execs or
 * exits: meanwhile the thread's guard is set, so nothing is logged. What the child has to tell is
 * left here for the parent, whose thread only goes on after that.
 */
#ifndef PARPROF_VFORK_H
#define PARPROF_VFORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool vfork_in_child(void);
/* The child is about to exec; preload: PRELOAD_* of log.h. */
void vfork_child_execs(uint32_t preload);
/* A mapping that goes with the child: the parent unmaps it. Does nothing outside of a child. */
void vfork_child_owns(void *page, size_t size);

#endif
