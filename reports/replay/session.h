/* A recording read and made ready for replays, from its store. */
#ifndef PARPROF_SESSION_H
#define PARPROF_SESSION_H

#include "reports/replay/replay.h"

struct store;

struct session {
	struct store *store;
	struct history history;
	struct graph graph;
	struct sites sites;
	struct replay replay;
};

/* 0, or -1 after error(): then there is nothing to close. */
int session_open(struct session *, struct store *, size_t limit);
void session_close(struct session *);
/* A replay that cannot be relied on: -1 after error(). */
int session_check(const struct session *);

#endif
