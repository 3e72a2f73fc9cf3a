/* The other end of a socket, as far as the kernel tells. */
#ifndef PARPROF_PEER_H
#define PARPROF_PEER_H

#include <stdint.h>

#define PEER_ADDRESS_MAX 112

struct peer {
	uint32_t kind;	/* CHANNEL_* of log.h */
	uint64_t inode; /* of a unix socket, 0: not known */
	uint64_t pid;	/* of who connected it, or made it a listener; 0: not known */
	char address[PEER_ADDRESS_MAX]; /* of TCP and UDP: this end, a space, the other one */
};

/* Sets all but of a socket that is not connected; changes errno. Some 10 us. */
void peer_ask(struct peer *p, int fd, uint64_t inode);

#endif
