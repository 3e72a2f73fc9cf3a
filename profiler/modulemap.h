/*
 * Which file was mapped where in which process image, and the addresses somebody wants to know
 * about, ordered so that each file is opened once.
 *
 * Invariants
 *  - Modules are sorted by process, then by id: of several at one address the last one counts,
 *    the one that was mapped there most recently.
 *  - `file` numbers distinct (path, build id) from 1.
 */
#ifndef PARPROF_MODULEMAP_H
#define PARPROF_MODULEMAP_H

#include <stddef.h>
#include <stdint.h>

struct binary;
struct store;

struct module {
	int64_t id, process;
	uint64_t bias, begin, end;
	int64_t file;
	char *path, *build_id; /* build_id NULL: none */
};

struct modulemap {
	struct module *module;
	size_t count, room;
};

void modulemap_read(struct modulemap *, struct store *);
void modulemap_free(struct modulemap *);
const struct module *modulemap_find(const struct modulemap *, int64_t process, uint64_t address);

/* An address in a module, wanted by a row of the caller's. */
struct wanted {
	const struct module *module;
	uint64_t address; /* in the file */
	int64_t row;
};

struct wanted_list {
	struct wanted *wanted;
	size_t count, room;
};

void wanted_add(struct wanted_list *, const struct module *, uint64_t process_address, int64_t row);
/* Those of one file, which is open for the call, in order of their addresses. */
typedef void wanted_file(void *data, struct binary *, struct wanted *, size_t count);
/* Opens each file once. Frees the list, and leaves it empty. */
void wanted_each_file(struct wanted_list *, wanted_file *, void *data);

#endif
