/*
 * Finishing a closed recording in a process of its own: it reads whatever the program had mapped,
 * damaged files too, and must not take the program's exit status down with it.
 */
#ifndef PARPROF_FINISH_APART_H
#define PARPROF_FINISH_APART_H

/* 0, or -1 when the file is as it was recorded, still without names. SIGTERM and SIGHUP end the
 * finishing only. */
int finish_apart(const char *path);

#endif
