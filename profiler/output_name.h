/* The name of the database: a pattern with %n program, %p its pid, %h host, %t time, %% percent. */
#ifndef PARPROF_OUTPUT_NAME_H
#define PARPROF_OUTPUT_NAME_H

#include <sys/types.h>

#define OUTPUT_DEFAULT "parprof.%n.%p.db"

/* To be freed. pattern NULL: OUTPUT_DEFAULT. An unknown %x stays as it is. */
char *output_name(const char *pattern, const char *program, pid_t pid);

#endif
