/* The files of both sides, read into changes. */
#ifndef PARPROF_DIFF_SIDES_H
#define PARPROF_DIFF_SIDES_H

#include "reports/advise/kept.h"
#include "reports/diff/change.h"

struct sides {
	char **path[SIDES];
	size_t count[SIDES];
	bool sweeps;			  /* all hold sweeps; else recordings */
	char *command[SIDES];		  /* of the first file */
	char *verdict[SIDES];		  /* of a sweep */
	int64_t best[SIDES], knee[SIDES]; /* of a sweep */
	struct kept_advice advice; /* of A's first recording, for B's cores; speedup 0: none */
	struct changes changes;
};

/* path and count are given. 0, or -1 after error(). */
int sides_read(struct sides *);
void sides_free(struct sides *);

#endif
