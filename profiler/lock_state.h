/*
 * What a lock in a target's memory says of itself, by glibc's layouts (the same from 2.31 to 2.41
 * on x86-64; collectors/preload/object.h reads the same fields inside the target).
 */
#ifndef PARPROF_LOCK_STATE_H
#define PARPROF_LOCK_STATE_H

#include "profiler/hook.h"
#include <stdint.h>

#define LOCK_BYTES 56 /* of the largest: rwlock */

struct lock_state {
	bool known;
	bool shared;	   /* made to be used by several processes */
	uint32_t owner;	   /* mutex, rwlock being written: tid; 0: nobody, or not known */
	uint32_t readers;  /* rwlock */
	bool writer_waits; /* rwlock: readers have to let a waiting writer go first */
};

struct lock_state lock_state_read(uint32_t pid, uint64_t address, enum hook_family);

#endif
