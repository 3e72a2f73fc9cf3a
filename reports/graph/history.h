/*
 * The history of a run: what its threads did and waited for, as plain arrays. The graph and all its
 * readings are made of it. Read from a recording by history_read.c, or written by hand in tests.
 *
 * Threads, objects and stacks are indexes: of thread[], of object[], and stack.id of the store (0:
 * none). NOBODY is no thread, NOTHING no object. Times are ns since the start of the recording.
 *
 * Invariants, after history_sort()
 *  - waits, usages, polls and offs are grouped by thread and in order of time there; thread[i]
 * names its ranges. Waits of one thread do not overlap, and lie in its life; nor do its offs.
 *  - holds and wakes are grouped by object, in order of release, of time; object[i] names its
 * ranges.
 *  - A thread's parent began before it, and created lies in the parent's life, not after begin.
 *  - begin <= end, acquired <= released, and all lie between 0 and end_ns.
 *  - Polls of one thread overlap neither each other nor its waits.
 */
#ifndef PARPROF_HISTORY_H
#define PARPROF_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOBODY UINT32_MAX
#define NOTHING UINT32_MAX

/* What an object is, as hooks.def calls it; the word is that of the store's columns. */
#define HISTORY_FAMILIES(X)                                                                        \
	X(mutex)                                                                                   \
	X(rwlock)                                                                                  \
	X(spin)                                                                                    \
	X(semaphore)                                                                               \
	X(condition)                                                                               \
	X(barrier) X(once) X(join) X(child) X(futex) X(timer) X(io) X(gil) X(other)
enum history_family {
#define X(name) HISTORY_##name,
	HISTORY_FAMILIES(X)
#undef X
	    HISTORY_FAMILY_COUNT
};
extern const char *const history_family_names[HISTORY_FAMILY_COUNT];
enum history_family history_family(const char *name); /* HISTORY_other when unknown */
/* Held by one thread that will release it, while others wait. Semaphores may be: see use. */
static inline bool history_is_held(enum history_family f)
{
	return f == HISTORY_mutex || f == HISTORY_rwlock || f == HISTORY_spin ||
	       f == HISTORY_once || f == HISTORY_gil;
}

/* How it was used: see lock.use in the store. */
enum history_use { USE_LOCK, USE_IDLE, USE_PHASE, USE_TIMER, USE_IO, HISTORY_USE_COUNT };
extern const char *const history_use_names[HISTORY_USE_COUNT];
enum history_use history_use(const char *name); /* USE_idle when unknown */

struct range {
	uint32_t first, count;
};

struct history_thread {
	int64_t id; /* in the store */
	int64_t begin, end;
	int64_t created;		/* call of its creator, 0: none known */
	int64_t cpu_ns;			/* used in its life, -1: not known */
	int64_t voluntary, involuntary; /* switches in its life, -1: not known */
	uint32_t parent;		/* thread that created it, or forked its process; NOBODY */
	uint32_t process;		/* process.id of the store */
	uint32_t group;	  /* threads that run the same routine, created at the same place: the
			     first one of them. Its own index when it is alone */
	int64_t routine;  /* code.id of its start routine, 0 */
	uint32_t stack;	  /* where it was created */
	const char *name; /* never NULL; owned by the history */
	bool scheduled;	  /* its offs are known: all that no wait of it covers */
	struct range waits, usages, polls, offs;
};

struct history_object {
	int64_t lock;	/* lock.id of the store, 0: none (timer, io) */
	uint32_t group; /* the first of the objects made in one place: its own index when alone */
	int64_t leader; /* lock.id of that */
	enum history_family family;
	enum history_use use;
	int64_t init;	  /* when it was initialised, 0: not known */
	const char *name; /* never NULL; owned by the history */
	struct range holds, wakes;
	/* exact sums over all threads, those that left no event too */
	int64_t acquisitions, contended, hold_ns, wait_ns;
};

/* A lock whose acquisitions are known, not only the waits for it: unlike what is made of futexes.
 */
static inline bool history_is_counted_lock(const struct history_object *o)
{
	return o->use == USE_LOCK && o->family != HISTORY_futex && o->family != HISTORY_condition;
}

/* Calls on one object by one thread: exact, also where only a sample was written as events. */
struct history_tally {
	uint32_t thread, object;
	int64_t acquisitions, contended, hold_ns, wait_ns;
};

enum { /* flags of waits: those of log.h, then ours */
       HISTORY_TIMED_OUT = 1,
       HISTORY_ACQUIRED = 2,
       HISTORY_CANCELLED = 4,
       HISTORY_UNFINISHED = 8,
       HISTORY_SHARED = 64,    /* acquired together with others: a reader */
       HISTORY_GIVES_UP = 128, /* the call does not wait for ever: a trylock, a timed one */
};

/* A call that blocked. */
struct history_wait {
	int64_t begin, end;
	int64_t woken;	/* when the waker acted; filled in by graph_resolve() */
	uint32_t waker; /* the thread that ended it, NOBODY: unknown, or nobody had to; likewise */
	uint32_t thread, object, stack;
	uint32_t holder; /* who held it at begin, NOBODY: not known */
	uint32_t other;	 /* condition: object of its mutex; join, child: thread waited for */
	uint16_t weight; /* stands for so many: waits that came too fast to keep all */
	uint8_t flags;
};

/* An acquisition that was timed, with its release; or a post of a semaphore (acquired 0). */
struct history_hold {
	int64_t acquired; /* 0: not timed */
	int64_t released;
	uint32_t thread, object, stack;
	uint16_t weight;  /* stands for so many acquisitions */
	uint16_t waiters; /* seen at the release */
	uint8_t flags;	  /* HISTORY_SHARED, HISTORY_GIVES_UP */
};

struct history_wake { /* a signal, or a broadcast, of a condition; a futex wake */
	int64_t time;
	uint32_t thread, object, stack;
	uint32_t count; /* how many it may wake; UINT32_MAX: all */
};

struct history_poll { /* a run of failed trylocks, until the one that got it, when one did */
	int64_t first, last;
	int64_t slept;	/* of it, in naps between tries; these are no waits then */
	int64_t woken;	/* as of a wait: whose release ended the run */
	uint32_t waker; /* likewise */
	uint32_t thread, object, stack, count;
};
/* A run of tries no further apart than this, but for naps, is polling; else the thread did
 * something else meanwhile, and only tried now and then. */
#define HISTORY_POLL_STEP_NS 50000
static inline bool history_is_polling(const struct history_poll *p)
{
	return p->count > 1 &&
	       p->last - p->first - p->slept <= HISTORY_POLL_STEP_NS * ((int64_t)p->count - 1);
}

/* What the kernel says of a thread, at one time: all since its birth. */
struct history_usage {
	int64_t time, cpu_ns;
	int64_t ready_ns; /* without a core, -1: not known */
	uint32_t voluntary, involuntary;
	uint32_t thread;
};

/* A time on no core, as the scheduler saw it; or one in which many such lie: shares of it. */
struct history_off {
	int64_t begin, end;
	uint32_t thread;
	float ready;  /* it could have run on */
	float hidden; /* it blocked */
};

struct history {
	int64_t end_ns; /* of the recording: its wall time */
	int cores;	/* the program could use */
	struct history_thread *thread;
	struct history_object *object;
	struct history_wait *wait;
	struct history_hold *hold;
	struct history_wake *wake;
	struct history_poll *poll;
	struct history_usage *usage;
	struct history_off *off;
	struct history_tally *tally;
	size_t threads, objects, waits, holds, wakes, polls, usages, offs, tallies;
	size_t thread_room, object_room, wait_room, hold_room, wake_room, poll_room, usage_room,
	    off_room, tally_room;
	size_t mended; /* events that broke an invariant and were cut to fit it */
};

/* Each appends one, all zero but for indexes (NOBODY, NOTHING), weight 1, unknown -1, and returns
 * it until the next call. Name: copied. */
struct history_thread *history_add_thread(struct history *, const char *name);
struct history_object *history_add_object(struct history *, enum history_family, const char *name);
struct history_wait *history_add_wait(struct history *);
struct history_hold *history_add_hold(struct history *);
struct history_wake *history_add_wake(struct history *);
struct history_poll *history_add_poll(struct history *);
struct history_usage *history_add_usage(struct history *);
struct history_off *history_add_off(struct history *);
struct history_tally *history_add_tally(struct history *);

/* Makes room for so many at once, in an empty history. */
void history_reserve(struct history *, size_t waits, size_t holds, size_t usages);
/* Brings the arrays into order, mends what breaks an invariant, fills in the ranges. Where end_ns
 * is 0 it becomes the time of the last event. A second call changes nothing. */
void history_sort(struct history *);
void history_free(struct history *);
/* A thread's first wait that ends behind a time, of all its waits; the end of the range: none. */
uint32_t history_wait_behind(const struct history *, const struct range *waits, int64_t time);

struct store;
/* From the views of a finished recording. 0, or -1 after error(). history_read.c */
int history_read(struct history *, struct store *);

#endif
