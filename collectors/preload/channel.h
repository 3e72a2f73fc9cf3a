/*
 * Pipes, sockets and files as objects: by the inode behind a file descriptor, so that both ends of
 * a pipe are one object in all processes. Of a socket each end has its own; what is known of the
 * other one is told with it: of unix sockets the peer's inode (by the kernel's socket diagnosis, or
 * 0) and the process that made it, of TCP and UDP both addresses.
 *
 * So many of a process have an object (OWN_SIZE; as many files), each told once. Once put in, an
 * inode stays.
 */
#ifndef PARPROF_CHANNEL_H
#define PARPROF_CHANNEL_H

#include "collectors/preload/thread.h"

/* Guard set. What is behind fd; 0: none of these, no room, or it must not be asked. Keeps
 * errno. */
uint64_t channel_find(struct thread *t, int fd, uint64_t site);

#endif
