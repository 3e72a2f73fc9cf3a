/* How often the files of a folder are opened, by inotify: valgrind opens a
 * process's log again for each program that the process becomes. */
#ifndef PARPROF_OPENINGS_H
#define PARPROF_OPENINGS_H

#include <stdbool.h>

struct openings {
	int fd; /* -1: not counted */
};

typedef void openings_row(void *data, const char *name, unsigned nth); /* from 1 */

/* The kernel refuses it where the user has too many already: then nothing is counted. */
void openings_watch(struct openings *, const char *folder);
/* Each opening so far, once. false: not counted, or there were more than the kernel keeps. */
bool openings_each(struct openings *, openings_row *, void *data);
void openings_close(struct openings *);

#endif
