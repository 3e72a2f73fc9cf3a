/* Text files compiled into the tool by embed.awk: SQL and questions, by their path in the tree. */
#ifndef PARPROF_EMBEDDED_H
#define PARPROF_EMBEDDED_H

struct embedded {
	const char *path; /* profiler/schema.sql; the last entry has NULL */
	const char *text;
};
extern const struct embedded embedded[];
const char *embedded_text(const char *path); /* a path that is not there is a BUG */

#endif
