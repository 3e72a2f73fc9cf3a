/* What the store_*.c files share; the only header that knows SQLite. */
#ifndef PARPROF_STORE_INTERNAL_H
#define PARPROF_STORE_INTERNAL_H

#include "profiler/store.h"
#include <sqlite3.h>

struct store {
	sqlite3 *db;
	char *path;
	bool writing, failed, damage_said;
	bool completed;		       /* something was put beside it: see store_complete() */
	struct query *oddity, *unseen; /* made at first use */
};

struct query {
	struct store *store;
	sqlite3_stmt *statement;
	bool failed;
};

/* Reports a result code that is not OK, ROW or DONE, once for what lasts; returns -1. */
int store_problem(struct store *, int code, const char *sql);
bool store_is_fatal(int code); /* no write will succeed any more */
/* Puts what later versions have, empty, beside what an older one recorded. */
void store_complete(struct store *);

#endif
