/*
 * The commands: `parprof NAME …`, one file cmd_NAME.c (or reports/cmd_NAME.c) each, which defines
 * one const struct command command_NAME. Help, completion and suggestions come from the list below.
 */
#ifndef PARPROF_COMMAND_H
#define PARPROF_COMMAND_H

#include "profiler/options.h"
#include <stdbool.h>

struct command {
	const char *name;
	const char *summary; /* one line for the list of commands */
	const char *usage;   /* operands: "[FILE.db] [QUERY]"; options are put before */
	const struct option_row *options; /* may be NULL */
	/* argv[0] is the command's name; returns the exit status. Begins with options_parse(). */
	int (*run)(int argc, char **argv);
	const char *detail; /* paragraphs below the options in help; may be NULL */
	bool runs_program;  /* options end at the first operand; own failures are 125, 126, 127 */
	bool hidden;	    /* not in lists */
};

/* Every command, in the order of lists. */
#define COMMANDS(X)                                                                                \
	X(record)                                                                                  \
	X(report)                                                                                  \
	X(advise)                                                                                  \
	X(predict)                                                                                 \
	X(html)                                                                                    \
	X(scale) X(diff) X(export) X(dump) X(sql) X(ingest) X(doctor) X(machine) X(calibrate)
#define DECLARE(name) extern const struct command command_##name;
COMMANDS(DECLARE)
#undef DECLARE
extern const struct command *const commands[]; /* ends with NULL */

const struct command *command_find(const char *name); /* NULL: no such */
const char *command_similar(const char *name);	      /* the name most like it, or NULL */
void command_list(void);			      /* on stdout */
void command_completion(void);			      /* a bash completion script, on stdout */

#endif
