/*
 * Starting the program to be watched, in two steps: the child is forked and held, so that its pid
 * is known and everything else can be got ready, and then let go into exec.
 *
 * The program finds signals, their mask, limits and descriptors as our caller left them; only
 * LD_PRELOAD and PARPROF_ARENA differ. Nothing of ours stays open in it. A held child ends by
 * itself, without a trace, when we do.
 */
#ifndef PARPROF_LAUNCH_H
#define PARPROF_LAUNCH_H

#include "profiler/elf_kind.h"
#include "profiler/text.h"
#include <signal.h>
#include <sys/types.h>

struct launch {
	char *path; /* of the program, as found */
	char **argv;
	enum elf_kind kind;
	char *decisive;	    /* what kind is about: path, or the interpreter of a script */
	char **runner;	    /* arguments of a program that runs it, NULL: runs by itself */
	char **environment; /* for the program */
	char *made[2];	    /* its entries that are ours */
	pid_t pid;	    /* 0: not forked yet */
	int go;		    /* written to: exec; closed: end */
	int failure;	    /* errno of exec comes from here; end of file: it worked */
	sigset_t caller_mask;
	struct sigaction caller_actions[65];
};

/* Finds the program as execvp does. Dies with 127 or 126 when there is none to run. */
void launch_find(struct launch *, char **argv);
/* A program along PATH, to be freed; NULL: there is none. */
char *launch_search(const char *name);
/* arena_path NULL: run it unwatched. */
void launch_environment(struct launch *, const char *library, const char *arena_path);
/* First: notes how our caller left the signals. From here on SIGINT, SIGQUIT, SIGPIPE and SIGXFSZ
 * leave us alone, and those in `ours` are blocked for us, to be taken with sigtimedwait(). */
void launch_signals(struct launch *, const sigset_t *ours);
/* Forks the held child; 0, or -1 after error(). */
int launch_hold(struct launch *);
void launch_free(struct launch *);
/* Lets it exec. 0, or the exit status to end with, after error(). */
int launch_go(struct launch *);

/* The preload library, by PARPROF_LIBRARY or next to this executable or installed; to be freed.
 * The first dies without, the second returns NULL and says why. */
char *launch_library(void);
char *launch_library_or(struct text *why);
/* The exit status for a status of wait(2): 128 + n for a signal. */
int launch_exit_status(int wait_status);

#endif
