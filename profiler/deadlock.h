/*
 * Deadlocks while the program runs: every now and then looks at the waits that have lasted for a
 * second, follows who could end them, and reports what cannot end. Only reads; the targets are not
 * touched, and know nothing of it.
 *
 * Invariants
 *  - Reported is what was found three times in a row with the same waits: the locks' owners were
 *    read while none of the waits moved.
 *  - A deadlock is reported once. "certain": the owners were read from the locks themselves, and
 *    nobody else could end the waits; else "likely".
 *  - Costs nothing but a word per thread, five times a second, while no thread waits for long.
 */
#ifndef PARPROF_DEADLOCK_H
#define PARPROF_DEADLOCK_H

#include "profiler/blocked.h"
#include "profiler/clock.h"
#include "profiler/waitgraph.h"
#include <sys/types.h>

struct ingest;
struct store;

enum deadlock_kind {
	DEADLOCK_CYCLE,	 /* each waits for the next one, the last one for the first */
	DEADLOCK_SELF,	 /* a cycle of one */
	DEADLOCK_LEFT,	 /* all wait for a lock whose owner is gone */
	DEADLOCK_SILENT, /* all threads of a process wait, and nobody is left to wake them */
};
extern const char *const deadlock_kind_names[]; /* as stored: cycle self left silent */

#define SITES_MAX 3
struct deadlock_member {
	uint32_t process, pid, tid; /* process: number in the arena */
	bool foreign;		    /* pid and tid are of another pid namespace */
	const struct hook *hook;
	struct log_wait wait;
	uint64_t caller;	  /* of the waiting call: a return address */
	uint64_t object;	  /* waited for: a condition's mutex when it is that */
	uint64_t site[SITES_MAX]; /* where it takes what the member before it waits for */
	uint32_t sites;		  /* how many there are; the lock was taken at one of them */
};

struct deadlock {
	enum deadlock_kind kind;
	bool certain;
	struct deadlock_member *member;
	uint32_t count;
	uint32_t behind;      /* more threads that wait for members, or for the same */
	uint32_t owner;	      /* DEADLOCK_LEFT: tid of who had the lock */
	bool owner_elsewhere; /* it lives in another process: this one was forked meanwhile */
	uint64_t formed;      /* ticks: begin of the last of the waits */
	uint64_t identity;    /* of members and waits */
};

/* deadlock_find.c: calls each() for what cannot end, by these waits. */
typedef void deadlock_found(void *data, const struct deadlock *);
void deadlock_find(const struct blocked *, const struct arena *, deadlock_found *each, void *data);

/* deadlock_words.c: what the user reads, on stderr, from a process of its own that reads the
 * programs' debug information meanwhile; its pid, -1: there is none. ns since the deadlock formed.
 */
pid_t deadlock_say(const struct deadlock *, struct store *, int64_t ns);

/* deadlock_store.c: rows of tables deadlock and deadlock_member. */
void deadlock_store(const struct deadlock *, struct store *, struct ingest *, uint64_t ticks_now);

/* A deadlock that was found, by its identity, and how often in a row. */
struct deadlock_seen {
	uint64_t identity;
	uint32_t times;
	bool again, reported; /* again: in the look going on */
};

struct deadlock_watch {
	const struct watch *watch;
	struct store *store;
	struct ingest *ingest;
	struct anchor first;
	struct blocked blocked;
	uint64_t next_ns, full_ns; /* next look; next one even when nothing has changed */
	uint64_t pause_ns;	   /* until then */
	uint64_t signature;	   /* of the last look, 0: look again */
	struct deadlock_seen *seen;
	uint32_t seen_count, seen_room;
	pid_t speaker; /* process that writes a report, 0: none */
	uint64_t now;  /* ticks of the look going on */
};

/* first: as the ingest got it. */
void deadlock_open(struct deadlock_watch *, const struct watch *, struct store *, struct ingest *,
		   struct anchor first);
/* Call it after each watch_tick(): looks when it is time to. */
void deadlock_look(struct deadlock_watch *, uint64_t now_ns, uint64_t ticks_now);
/* Waits for a report that is still being written. */
void deadlock_close(struct deadlock_watch *);

#endif
