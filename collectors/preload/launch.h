/*
 * One program about to be run by an exec or spawn wrapper: whether it gets our library, and the
 * environment to hand to the real function.
 *
 *   struct launch l;
 *   launch_begin(&l, hook, directory, path, flags, envp);
 *   … REAL(execve)(path, argv, l.envp) …
 *   launch_end(&l);              when that returned
 *
 * Works in the child of fork in a program with threads and in the child of vfork, on small stacks.
 */
#ifndef PARPROF_LAUNCH_H
#define PARPROF_LAUNCH_H

#include "collectors/preload/real.h"

/* Environments of up to about a hundred variables are built in here, others in a mapping. */
#define LAUNCH_ROOM 1024
#define LAUNCH_PATH_MAX 512

struct launch {
	uint32_t preload; /* PRELOAD_* of log.h */
	char *const *envp;
	void *page; /* NULL: built in room, or nothing to build */
	size_t size;
	char room[LAUNCH_ROOM] __attribute__((aligned(8)));
};

/* directory, path and flags as for execveat. Keeps errno. */
void launch_begin(struct launch *l, int directory, const char *path, int flags, char *const envp[]);
void launch_end(struct launch *l);

/* The file execvp() would run, in room if it had to be joined; file itself when none is found. */
const char *launch_search(const char *file, char room[LAUNCH_PATH_MAX]);

#endif
