/* The programs of tests/programs as binaries: where they are, and where in them things are. */
#ifndef PARPROF_KNOWN_BINARY_H
#define PARPROF_KNOWN_BINARY_H

#include "profiler/binary.h"
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Beside the folder of the running test; to be freed. */
static inline char *known_path(const char *program)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct text path = {0};

	self[n > 0 ? n : 0] = 0;
	text_format(&path, "%s/../programs/%s", dirname(self), program);
	return path.data;
}

static inline struct binary *known_open(const char *program)
{
	char *path = known_path(program);
	struct binary *b = binary_open(path, NULL);

	free(path);
	return b;
}

static inline const struct symbol *known_symbol(const struct symtab *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (!strcmp(t->symbol[i].name, name))
			return &t->symbol[i];
	return NULL;
}

static inline uint64_t known_object(struct binary *b, const char *name)
{
	const struct symbol *s;

	binary_object(b, 0); /* reads the table */
	s = known_symbol(&b->objects, name);
	return s ? s->address : 0;
}

#endif
