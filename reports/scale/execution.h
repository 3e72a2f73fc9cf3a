/*
 * One run of a program, alone and unwatched: what it took, and how it ended.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT end the program, not us: execution_told() tells that one
 * came.
 */
#ifndef PARPROF_SCALE_EXECUTION_H
#define PARPROF_SCALE_EXECUTION_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

struct execution {
	/* what to run */
	char **argv;
	const char *variable, *value; /* of the environment; variable NULL: none */
	cpu_set_t cores;
	bool pinned;	  /* to these cores; else it may use all that we may */
	bool show_output; /* on stderr; else it goes nowhere */
	/* what came of it */
	int64_t wall_ns, user_ns, system_ns, rss_bytes, voluntary, involuntary;
	int64_t others_ns; /* CPU time that others had on these cores */
	int64_t stolen_ns;
	int status; /* as a shell has it: 128 + n for signal n */
};

/* From here on signals are taken; those our caller ignores stay ignored. */
void execution_signals(void);
int execution_told(void); /* the signal that came, 0: none */

/* 0, or an exit status after error(): the program cannot be run. */
int execution_run(struct execution *);

#endif
