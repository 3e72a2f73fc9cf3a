/* What the program marked, when the recording ends: its names for locks. */
#ifndef PARPROF_FINISH_MARKS_H
#define PARPROF_FINISH_MARKS_H

struct store;

/* The lock that lived at the address when the program named it; a forked child goes on with the
 * names of its parent. The last name counts. */
int marks_name_locks(struct store *);

#endif
