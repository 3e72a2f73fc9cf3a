/*
 * Our variables in the environments of this process and of those it starts.
 *
 * At start they are taken out of `environ`, so that the program and what it prints stay as they are
 * alone, and remembered in static buffers. The exec and spawn wrappers put them into the
 * environment of a new image; for system() and popen(), which read `environ` itself, they are there
 * for the duration of the call.
 *
 * Async-signal-safe, no allocation but anonymous pages. An environment that already names an arena
 * belongs to somebody else's recording and is passed on as it is.
 */
#ifndef PARPROF_ENVIRONMENT_H
#define PARPROF_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* In the constructor. Does nothing when the library was preloaded without an arena. */
void environment_start(char **envp);

/* There is something to carry, and a new image could open library and arena from here. */
bool environment_can_carry(void);

/* What was in PARPROF_ARENA, NULL: nothing. */
const char *environment_arena(void);

/* Bytes environment_carry() needs, 0: envp can be passed on unchanged. envp may be NULL. */
size_t environment_size(char *const envp[]);
/* envp with our variables, built in room (8-aligned, environment_size() bytes). */
char **environment_carry(char *const envp[], void *room);

/* Puts the variables into `environ` until the matching environment_conceal(). */
bool environment_expose(void);
void environment_conceal(void);
/* In a forked child, whose other threads and their calls of environment_conceal() are gone. */
void environment_forked(void);

#endif
