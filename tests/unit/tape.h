/* A recording from records made up by a test: a store, its ingest, and one log for each thread. */
#ifndef PARPROF_TAPE_H
#define PARPROF_TAPE_H

#include "profiler/ingest.h"
#include "profiler/store.h"
#include "tests/unit/scratch.h"

struct tape {
	struct scratch scratch;
	struct store *store;
	struct ingest *in;
};

/* Ticks are ns and begin at TAPE_BEGIN. */
#define TAPE_BEGIN 1000000u

void tape_begin(struct tape *);
void tape_open(struct tape *); /* the same behind scratch_begin() */
/* Hands one record, whose head is filled in here, to the ingest. size: with what trails. */
void tape_put(struct tape *, uint32_t process, uint32_t tid, unsigned event, const char *hook,
	      void *record, size_t size);
#define PUT(tape, process, tid, EVENT, type, hook, ...)                                            \
	do {                                                                                       \
		struct log_##type r_ = {__VA_ARGS__};                                              \
		tape_put(tape, process, tid, EVENT_##EVENT, hook, &r_, sizeof(r_));                \
	} while (0)
/* The same with a text behind it. */
#define PUT_TEXT(tape, process, tid, EVENT, type, text, ...)                                       \
	do {                                                                                       \
		union {                                                                            \
			struct log_##type r;                                                       \
			char bytes[sizeof(struct log_##type) + 128];                               \
		} u_ = {.r = {__VA_ARGS__}};                                                       \
		strcpy(u_.bytes + sizeof(struct log_##type), text);                                \
		tape_put(tape, process, tid, EVENT_##EVENT, NULL, &u_, sizeof(u_));                \
	} while (0)
unsigned tape_hook(const char *name);
void tape_finish(struct tape *);		    /* closes the ingest, finishes the recording */
int64_t tape_value(struct tape *, const char *sql); /* -1: no row, or null */
void tape_end(struct tape *);

#endif
