/*
 * Names for code and locks while a recording goes on, for the few that a message needs. Everything
 * it needs of the store is read first; then names are looked for in the files, which may take long
 * and is done in a process of its own.
 */
#ifndef PARPROF_LIVE_NAMES_H
#define PARPROF_LIVE_NAMES_H

#include "profiler/modulemap.h"
#include "profiler/text.h"
#include <stdbool.h>
#include <stdint.h>

#define LIVE_FRAMES 64

struct store;
struct binary;

struct live_code { /* return addresses of one process image, innermost first */
	int64_t image;
	uint64_t frame[LIVE_FRAMES];
	uint32_t count;
};

struct live_lock {
	uint64_t address;
	char *path; /* of the file it lies in, when that is shared; NULL */
	int64_t offset;
	bool initialised;
	struct live_code made; /* where it was initialised, else first used */
};

/* image of an arena process number */
int64_t live_image(struct store *, uint32_t process);
void live_stack(struct live_code *, struct store *, int64_t image, uint64_t hash);
void live_stack_by_id(struct live_code *, struct store *, int64_t image, int64_t stack);
void live_lock(struct live_lock *, struct store *, uint32_t process, uint64_t address);
void live_lock_free(struct live_lock *);

/* From here on without the store. */
struct live_names {
	struct modulemap modules;
	struct binary **binary; /* by module.file, opened at first use */
	int64_t binary_count;
};
void live_names_open(struct live_names *, struct store *); /* the last to read it */
void live_names_close(struct live_names *);

/* `book  orders.c:68 < clerk  orders.c:81`: the program's own frames, at most so many. Without any:
 * the innermost one. */
void live_add_stack(struct live_names *, struct text *, const struct live_code *, unsigned most);
/* again: it was named before, an address is enough. */
void live_add_lock(struct live_names *, struct text *, const struct live_lock *, bool again);
/* Name of the function that begins at an address; false: not known. */
bool live_add_function(struct live_names *, struct text *, int64_t image, uint64_t entry);

#endif
