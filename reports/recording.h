/* The recording a command of reports/ is about. */
#ifndef PARPROF_RECORDING_H
#define PARPROF_RECORDING_H

struct store;

/* The file given, else the newest parprof.*.db of this folder, with a notice that begins with
 * `what`: "report on". To be freed; ends the tool when there is none. */
char *recording_path(const char *given, const char *what);
/* Read-only: reports work on files one may not write. One that was cut short is finished first.
 * NULL after error(). */
struct store *recording_open(const char *path);

#endif
