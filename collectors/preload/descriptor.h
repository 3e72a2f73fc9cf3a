/*
 * Which file descriptor is which pipe, socket or file, remembered so that a call on a known one
 * costs some ns, and the counts by thread: how many calls, how many bytes.
 *
 * Forgotten when the program closes or replaces the descriptor, and after some ms in any case. So
 * what may be counted for the wrong one is what libc itself closes (fclose) and something opens
 * anew within these ms. Descriptors from DESCRIPTORS on are not counted.
 */
#ifndef PARPROF_DESCRIPTOR_H
#define PARPROF_DESCRIPTOR_H

#include "collectors/preload/table.h"

#define DESCRIPTORS 4096u

/* The object of fd: see channel_find(). Guard set. */
uint64_t descriptor_object(struct thread *t, int fd, uint64_t site, uint64_t now);
/* A call moved so many bytes, 0: none. counted: as a call, by its wait. */
void descriptor_moved(struct thread *t, int fd, uint64_t site, uint64_t bytes, uint64_t now,
		      bool counted);

#endif
