/*
 * What the tool says on stderr, each line as "parprof: …": what happened, to what, what to do.
 *
 * Exit statuses: commands that run a program return that program's own, and 125 (the tool failed),
 * 126 (the program cannot be run) or 127 (there is no such program); all others return 1 when they
 * failed and 2 when they were called wrongly.
 */
#ifndef PARPROF_MESSAGE_H
#define PARPROF_MESSAGE_H

#include <stdbool.h>

enum status {
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_TOOL = 125,
	STATUS_CANNOT_RUN = 126,
	STATUS_NOT_FOUND = 127,
};

#define MESSAGE_FORMAT __attribute__((format(printf, 1, 2)))

int error(const char *format, ...) MESSAGE_FORMAT; /* returns -1, to be handed on */
void warning(const char *format, ...) MESSAGE_FORMAT;
/* A plain line without "warning", for results; nothing under message_quiet. */
void notice(const char *format, ...) MESSAGE_FORMAT;
void die(int status, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
/* The command line is wrong: says so, points to the command's help, exits. */
void usage_error(const char *format, ...) __attribute__((noreturn)) MESSAGE_FORMAT;
/* What cannot happen did: a mistake of ours. */
#define BUG(...) message_bug(__FILE__, __LINE__, __VA_ARGS__)
void message_bug(const char *file, int line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

extern bool message_quiet;

/* The command that runs: decides the statuses of failed() and usage_error(), and what the latter
 * points to. */
void message_command(const char *name, bool runs_program);
int failed(void); /* exit status of "the tool failed" for this command */

/* Called by die() with its status before it exits; may exit with another one. NULL: nothing. */
void message_on_death(void (*last_wish)(int status));

/* A line on stderr that is rewritten in place; only on a terminal, at most ten times a second.
 * Any other message erases it first. */
void progress(const char *format, ...) MESSAGE_FORMAT;
void progress_erase(void);

#endif
