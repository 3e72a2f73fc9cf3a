/*
 * What the parts of the sweep share: the state of all threads, and of what they wait for, at one
 * time. Order at a change: first shares_advance() to its time, then flushes of what the change
 * touches, then the change.
 */
#ifndef PARPROF_PASS_H
#define PARPROF_PASS_H

#include "profiler/hash.h"
#include "reports/sweep/shares.h"
#include "reports/sweep/span.h"
#include "reports/sweep/account.h"
#include "reports/sweep/tournament.h"

/* What threads wait for together: the chain's links. An object with waiters; or a thread, by the
 * group of objects for which it is waited for. It hangs on one thread, whose links they are. */
struct source {
	uint32_t object;  /* of whose holds the thread is the next one; NOTHING: a thread itself */
	uint32_t group;	  /* of the object waited for */
	uint32_t thread;  /* it hangs on; NOBODY */
	bool is_lock;	  /* it counts as a lock in a chain */
	bool is_free;	  /* NOBODY: it is between two holders, else they are not known */
	uint8_t kind;	  /* enum account_part_kind of the waiters */
	uint8_t tier;	  /* enum tier of the waiters */
	uint32_t stack;	  /* where the holder will release it */
	uint32_t mark;	  /* the flush that came by last */
	uint32_t waiters; /* their loss is accounted here; pollers account theirs */
	uint32_t hangers; /* waiters and pollers */
	int64_t weight;	  /* of the waiters */
	int64_t pollers;  /* likewise */
	int64_t since;	  /* flushed */
	double share_since;	     /* sum of the tier then */
	struct source *next, **link; /* among those that hang on the thread */
	struct actor *loaded;	     /* waiters that others hang on */
};

enum actor_state {
	ACTOR_UNBORN,
	ACTOR_MADE,  /* by its creator, but it has not begun */
	ACTOR_GOING, /* runs, sleeps, waits for the outside */
	ACTOR_HANGS, /* on at */
	ACTOR_ALONE, /* waits for nobody that is known */
	ACTOR_WOKEN,
	ACTOR_GONE
};

/* A thread at the time. */
struct actor {
	struct span_walk walk;
	struct span span;
	enum actor_state state;
	bool is_active;	 /* counted as making progress, see shares.h */
	uint8_t tier;	 /* while it waits */
	uint8_t kind;	 /* enum account_part_kind, while it waits */
	uint16_t weight; /* of its wait */
	struct source *at;
	struct source *held; /* those that hang on it */
	struct actor *next_loaded, **loaded_link;
	int64_t since;	    /* what it accounts itself began */
	double share_since; /* sum of its tier then; of a run: of the first tier */
	double outside_since, criticality_since, lone_since;
	int64_t synced;	    /* it left a barrier, or was joined by others, last */
	int64_t longest_ns; /* of what it did since */
	uint32_t longest_stack;
};

struct node {
	uint32_t hold; /* of its holds the first one that may be released after now; NOTHING */
	uint32_t generation; /* of a barrier: index in balances; NOTHING */
	uint32_t source;     /* index of source[], NOTHING: nobody waits */
};

struct pass {
	const struct graph *graph;
	const struct history *history;
	struct account *out;
	int64_t now;
	struct tournament next; /* slots: threads, then sources */
	struct actor *actor;
	struct node *node; /* by object */
	struct source *source;
	uint32_t *free_source;
	size_t free_sources;
	uint32_t mark;
	struct shares shares;
	double (*loss)[PART_COUNT]; /* by group: index of its first object */
	struct hash rows;	    /* key of a blame -> ns: see blame_rows.c */
	struct hash serials;	    /* thread + 1, stack -> index of out->serial */
	size_t serial_room;
	struct hash edges; /* who waits for whom, see knot.h */
	struct balances *balances;
};

/* Where a thread was for longest since it met others. */
static inline uint32_t pass_longest(const struct pass *p, const struct actor *a)
{
	bool is_now = a->state == ACTOR_GOING && p->now - a->span.begin > a->longest_ns;

	return is_now ? a->span.stack : a->longest_stack;
}

static inline uint32_t pass_group(const struct pass *p, uint32_t object)
{
	return object == NOTHING ? NOTHING : p->history->object[object].group;
}

static inline uint32_t pass_thread(const struct pass *p, const struct actor *a)
{
	return (uint32_t)(a - p->actor);
}

static inline enum history_family pass_family(const struct pass *p, const struct span *s)
{
	return s->object == NOTHING ? HISTORY_other : p->history->object[s->object].family;
}

static inline bool pass_is_join(const struct pass *p, const struct span *s)
{
	enum history_family f = pass_family(p, s);

	return s->state == TILE_phase && (f == HISTORY_join || f == HISTORY_child);
}

static inline bool pass_is_barrier(const struct pass *p, const struct span *s)
{
	return s->state == TILE_phase && pass_family(p, s) == HISTORY_barrier;
}

static inline void pass_lose(struct pass *p, enum account_part_kind kind, uint32_t group, double ns)
{
	p->loss[group == NOTHING ? p->history->objects : group][kind] += ns;
}

#endif
