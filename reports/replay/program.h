/*
 * What a run would do again: for each thread the list of its operations, without any time that was
 * spent waiting. Made of a history by program_make(), changed by edits (edit.h), run by the engine.
 *
 * A thread's code is a row of spans: stretches of the operations that all threads share. A pool is
 * a list of stretches, its units: a thread that comes to its span takes one unit after the other,
 * each the next that nobody took, until there are none left. So work is dealt anew by writing
 * spans; operations are never copied for it.
 *
 * Invariants
 *  - Acquire and release of an object are balanced in a thread and nest in units: no unit begins or
 *    ends while a lock is held.
 *  - Spans and units lie inside op[]; an object's, thread's or event's number is below its count.
 */
#ifndef PARPROF_PROGRAM_H
#define PARPROF_PROGRAM_H

#include "reports/graph/history.h"

#define OP_KINDS(X)                                                                                \
	X(cpu)	   /* ns on a core */                                                              \
	X(sleep)   /* ns without one: input, output, timers */                                     \
	X(acquire) /* object */                                                                    \
	X(release) /* object */                                                                    \
	X(await)   /* until event has happened: passed at once when it has */                      \
	X(fire)	   /* event happens */                                                             \
	X(barrier) /* object: until as many as its parties have arrived */                         \
	X(take)	   /* object: a token of it */                                                     \
	X(post)	   /* object: one more token */                                                    \
	X(create)  /* thread begins, ns later */                                                   \
	X(join)	   /* until thread has ended, and ns more; 0: as any other wake */
enum op_kind {
#define X(name) OP_##name,
	OP_KINDS(X)
#undef X
	    OP_KIND_COUNT
};

enum {		       /* op.flags */
       OP_SHARED = 1,  /* acquire: together with others */
       OP_SHARDED = 2, /* acquire, release: the object is number + (the running thread % event) */
       OP_SERIAL = 4,  /* cpu, sleep: no other thread made progress meanwhile */
       OP_UNIT = 8,    /* a unit of work begins before it: crews.h */
       OP_REST = 16,   /* the last unit has ended before it */
};

struct op {
	int64_t ns;
	uint32_t number; /* object, or thread */
	uint32_t event;	 /* await, fire: which; sharded: how many; else when it was recorded, in
			    2^-32 of the run */
	uint32_t stack;	 /* where: of waits and releases; of cpu: where the next of those is */
	uint8_t kind, flags;
};

#define NO_POOL UINT32_MAX
struct span {
	uint32_t first, count; /* operations; when pool: not used */
	uint32_t pool;	       /* NO_POOL: none */
};

struct pool {
	uint32_t first, count; /* its units: spans of operations, in order */
};

struct program_thread {
	struct range spans;
	uint32_t history; /* of which thread's recording, of history.thread */
	uint32_t group;	  /* threads that do the same work: the first one of them */
	uint32_t twin;	  /* one that begins and is joined together with it, NOBODY: none */
	int64_t start;	  /* when it begins; -1: a create begins it */
	bool daemon;	  /* the run ends without it */
	bool absent;	  /* it is not there: creates and joins of it do nothing */
};

enum object_kind { OBJECT_LOCK, OBJECT_SPIN, OBJECT_BARRIER, OBJECT_TOKENS };
struct program_object {
	enum object_kind kind;
	uint32_t history; /* of history.object, NOTHING: made by an edit */
	uint32_t parties; /* of a barrier */
	int64_t tokens;	  /* at the start; of a lock: how many hold it at once, 0 is 1 */
};

struct program {
	struct op *op;
	struct span *span;
	struct span *unit;
	struct pool *pool;
	struct program_thread *thread;
	struct program_object *object;
	size_t ops, spans, units, pools, threads, objects, events;
	size_t op_room, span_room, unit_room, pool_room, thread_room, object_room;
};

/* Each appends one, all zero but for what is given, and returns it until the next call. */
struct op *program_add_op(struct program *, enum op_kind, uint32_t number, int64_t ns);
/* The operations from `first` on that were added last become a span of the newest thread. */
struct span *program_add_span(struct program *, size_t first);
struct program_thread *program_add_thread(struct program *);
struct program_object *program_add_object(struct program *, enum object_kind);
struct span *program_add_unit(struct program *, size_t first,
			      size_t count); /* of the newest pool */
struct pool *program_add_pool(struct program *);
/* The newest thread goes on with the units of a pool. */
struct span *program_add_pull(struct program *, uint32_t pool);
void program_copy(struct program *to, const struct program *from);
void program_free(struct program *);

#endif
