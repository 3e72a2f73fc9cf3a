/*
 * Writes the operations of one thread: what its marks say, and between them time on a core or
 * asleep, and the sections that were not written one by one.
 */
#ifndef PARPROF_EMIT_H
#define PARPROF_EMIT_H

#include "reports/replay/make.h"
#include "reports/replay/marks.h"
#include "reports/replay/serial.h"

/* Sections of one kind still to come, evenly in the thread's time. */
struct repeat {
	uint32_t first, count; /* operations of the section; they stay where they are */
	int64_t section_ns;    /* that one takes */
	double merged;	       /* sections that each stands for */
	double left;	       /* of them still to come */
	int64_t every, next;   /* ns between them, until the next */
};
#define REPEATS_MAX 64

#define OPEN_MAX 64
struct open { /* a lock the thread holds */
	uint32_t object, depth;
	uint32_t begin; /* operation */
};

struct emitter {
	struct program *program;
	struct making *making;
	const struct graph *graph;
	const struct marks *marks;
	const struct serial *serial;
	const struct history_tally *tally; /* of this thread, counts that left no holds */
	size_t tallies;
	bool *created; /* by thread: a create begins it */
	/* state of the thread */
	uint32_t thread;
	size_t first; /* operation */
	int64_t at;
	size_t off;
	uint32_t phase;
	struct open open[OPEN_MAX];
	uint32_t opened;
	struct repeat repeat[REPEATS_MAX]; /* [0]: the last sampled section */
	size_t repeats;
	int64_t woke; /* ns of the time to come that went into waking somebody */
	bool ended;
};

/* The operations of the thread as one span of the program's newest thread. */
void emit_thread(struct emitter *, uint32_t thread);

uint32_t emit_stamp(const struct emitter *); /* op.event of what happens now */
/* Time on a core, with the sections that fall into it. emit_time.c */
void emit_time(struct emitter *, int64_t until, uint32_t stack);
void emit_cpu(struct emitter *, int64_t ns, uint32_t stack, uint8_t flags);
void emit_sleep(struct emitter *, int64_t ns, uint32_t stack, uint8_t flags);
/* Asleep, or at input or output, from where it is until then; some of it in serial phases. */
void emit_nap(struct emitter *, int64_t until, uint32_t stack);

#endif
