/* A folder for the files of one test case, and what the tool said meanwhile. */
#ifndef PARPROF_SCRATCH_H
#define PARPROF_SCRATCH_H

struct scratch {
	char folder[64];
	char path[96]; /* of a file "t.db" in it, not made yet */
	char said[4096];
	int error_output; /* the real one */
};

void scratch_begin(struct scratch *);
const char *scratch_said(struct scratch *); /* since the begin or the last call */
void scratch_end(struct scratch *);	    /* removes the folder */

#endif
