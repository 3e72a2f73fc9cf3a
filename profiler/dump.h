/* What `parprof dump` prints: recordings, raw logs and the list of events as text. */
#ifndef PARPROF_DUMP_H
#define PARPROF_DUMP_H

int dump_store(const char *path, const char *table); /* table: only this one; NULL: all */
int dump_log(const char *path);
int dump_events(void);

#endif
