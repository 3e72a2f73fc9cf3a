/* Source file and line of an address, from the line table of its unit. */
#ifndef PARPROF_LINES_H
#define PARPROF_LINES_H

#include "profiler/text.h"
#include "profiler/units.h"

/* Both stay 0 when unknown. The file lives as long as the debug information. */
void unit_line(struct unit *, uint64_t address, const char **file, unsigned *line);

/* Appends a path without "./", "x/../" and double slashes. */
void path_clean(struct text *, const char *path);

#endif
