/* A wait as a reader finds it: the call, what it waited for, and where in the program. */
#ifndef PARPROF_ADVISE_WAITING_PLACE_H
#define PARPROF_ADVISE_WAITING_PLACE_H

#include "profiler/text.h"
#include "reports/graph/history.h"
#include <stdbool.h>

struct store;

/* Of the history. */
struct waiting_at {
	uint32_t thread, object, stack; /* NOBODY, NOTHING, 0 */
};

struct waiting_place { /* each NULL: not known, or nothing to say */
	char *call, *object, *function, *where;
	char *process;	/* its program and pid, unless it is the first one */
	bool behind;	/* that process is who was waited for there */
	bool unwatched; /* no hook is in that process */
};

/* All but the process. 0, or -1 after error(); to be freed in any case. */
int waiting_place_read(struct waiting_place *, struct store *, const struct history *,
		       const struct waiting_at *);
/* Of the first one only when it is unwatched. */
int waiting_place_process(struct waiting_place *, struct store *, uint32_t process, bool first);
void waiting_place_free(struct waiting_place *);
/* "recv of tcp 127.0.0.1:5432 in ask, client.c:40"; nothing where nothing is known. */
void waiting_place_say(struct text *, const struct waiting_place *);

#endif
