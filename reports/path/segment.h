/*
 * A path cut into parts: what its thread did in each. They tile the path's legs; of the critical
 * path, with what lies behind its end, all the time of the recording.
 */
#ifndef PARPROF_SEGMENT_H
#define PARPROF_SEGMENT_H

#include "reports/graph/graph.h"
#include "reports/path/path.h"

/* Word in reading_path.what; whether it is work done, which a lock held meanwhile is charged with.
 */
#define PATH_PARTS(X)                                                                              \
	X(run, "run", true)                                                                        \
	X(ready, "ready", false)                                                                   \
	X(io, "io", true)                                                                          \
	X(timer, "timer", true) /* sleep, or a wait that ended by time */                          \
	X(hidden, "hidden", true)                                                                  \
	X(spin, "spin", false)                                                                     \
	X(wake_up, "wake-up", false)   /* from the act that ended a wait to its return */          \
	X(creation, "creation", false) /* from the call that made a thread to its begin */         \
	X(unknown, "unknown", false)   /* a wait that nobody is known to have ended, or no thread */
enum path_part {
#define X(name, word, work) PART_##name,
	PATH_PARTS(X)
#undef X
	    PATH_PART_COUNT
};
extern const char *const path_part_names[PATH_PART_COUNT];
extern const bool path_part_is_work[PATH_PART_COUNT];

struct segment {
	int64_t begin, end;
	enum path_part part;
	uint32_t thread, object; /* NOTHING */
	/* of RUN: of the act that let the next leg's thread go on, else where the thread waits
	 * next; 0: at its end */
	uint32_t stack;
	uint32_t wait; /* of wake-up, unknown, timer, io; NOTHING */
};

/* In order of time. */
typedef void segment_visit(void *data, const struct segment *);
void path_segments(const struct path *, const struct precedence *, const struct graph *,
		   segment_visit *, void *data);

#endif
