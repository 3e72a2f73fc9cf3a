#include "collectors/preload/mark.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/module.h"
#include "collectors/preload/segment.h"
#include <errno.h>
#define PARPROF_OFF /* this is what they call */
#include "collectors/parprof.h"

#define SLICE_US 10000u
#define CLOCK_READS_A_SLICE 16u
#define EVERY_MAX (1u << 20)
#define RECORDS_A_MS 1u
#define CREDIT_MAX 1000u
#define OPEN_MAX 24u
/* A segment is left for the next one when it is so full: probing stays short. */
#define USED_MAX (MARKS_PER_SEGMENT * 4 / 5)

enum open_kind { OPEN_SITE, OPEN_TASK, OPEN_LOCK };
struct open_mark {
	struct mark_use *use; /* of a lock: not used */
	uint64_t begin;	      /* ticks */
	enum open_kind kind;
};

/* The first of a thread's segments, with what it has open. More than OPEN_MAX inside each other
 * are not timed: `deeper` counts them, so that each end meets its begin. */
struct open_marks {
	struct marks marks; /* first */
	uint32_t phases, works, deeper_phases, deeper_works;
	struct open_mark phase[OPEN_MAX];
	struct open_mark work[OPEN_MAX]; /* sites, tasks, locks: strictly inside each other */
};
_Static_assert(sizeof(struct open_marks) <= SEGMENT_SIZE, "open marks");

struct mark_key {
	uint64_t name, code;
	enum mark_kind kind;
};

static bool is(const struct mark_use *u, const struct mark_key *k)
{
	return u->name == k->name && u->code == k->code && u->kind == k->kind;
}

static uint32_t place_of(const struct mark_key *k)
{
	uint64_t h =
	    (k->name ^ (k->code + k->kind) * 0xd1342543de82ef95ull) * 0x9e3779b97f4a7c15ull;
	return (uint32_t)((h >> 32) * MARKS_PER_SEGMENT >> 32);
}

/* The entry, or the free one where it belongs in this segment. */
static struct mark_use *probe(struct marks *m, const struct mark_key *k)
{
	uint32_t i = place_of(k);
	while (!is(&m->use[i], k) && m->use[i].kind)
		i = i + 1 < MARKS_PER_SEGMENT ? i + 1 : 0;
	return &m->use[i];
}

static struct mark_use *find(struct thread *t, const struct mark_key *k)
{
	struct marks *m = t->marks ? &t->marks->marks : NULL;
	while (m) {
		struct mark_use *u = probe(m, k);
		if (likely(u->kind))
			return u;
		m = m->next ? arena_at(process.arena, m->next) : NULL;
	}
	return NULL;
}

/* Guard set. The last segment, or a new one behind it; NULL: none is free. */
static struct marks *room(struct thread *t)
{
	struct marks *last = t->marks ? &t->marks->marks : NULL;
	while (last && last->next)
		last = arena_at(process.arena, last->next);
	if (last && last->used < USED_MAX)
		return last;
	struct marks *m = (struct marks *)segment_claim(SEGMENT_MARKS, t);
	if (!m)
		return NULL;
	if (last) {
		__atomic_store_n(&last->next, arena_ref(process.arena, m), __ATOMIC_RELEASE);
		return m;
	}
	t->marks = (struct open_marks *)m;
	__atomic_store_n(&t->block.marks, arena_ref(process.arena, m), __ATOMIC_RELEASE);
	return m;
}

/* Guard set. NULL: no room, counted as such. */
static struct mark_use *get(struct thread *t, const struct mark_key *k)
{
	struct mark_use *u = find(t, k);
	if (likely(u))
		return u;
	struct marks *m = room(t);
	if (!m) {
		t->block.untabled++;
		return NULL;
	}
	if (k->name)
		emit_mark(t, k->name, (const char *)k->name);
	if (k->code)
		module_see(t, k->code);
	u = probe(m, k);
	m->used++;
	u->name = k->name;
	u->code = k->code;
	__atomic_store_n(&u->kind, k->kind, __ATOMIC_RELEASE);
	return u;
}

static uint64_t hash_of(const char *text)
{
	uint64_t hash = 5381;
	while (*text)
		hash = hash * 33 + (uint8_t)*text++;
	return hash;
}

static uint64_t longer(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Guard set. May a record of this phase, or of a task of this site, be written? Each has credit of
 * its own: one that comes often leaves that of the others alone. */
static bool pay(struct mark_use *u, uint64_t now)
{
	uint64_t since = now - u->since, ms = 1000u * process.ticks_per_us;
	if (since >= ms) {
		uint64_t credit = (uint64_t)u->left + since / ms * RECORDS_A_MS;
		u->left = credit < CREDIT_MAX ? (int32_t)credit : (int32_t)CREDIT_MAX;
		u->since = now;
	}
	if (!u->left)
		return false;
	u->left--;
	return true;
}

/* Guard set. How often the clock is read follows from how often the point was come by. */
static void tell_progress(struct thread *t, struct mark_use *u)
{
	uint64_t now = ticks_now();
	if (now - u->since >= (uint64_t)SLICE_US * process.ticks_per_us) {
		uint64_t n = u->count - u->told;
		emit_progress(t, now, u->name, n);
		u->told = u->count;
		u->since = now;
		u->every = n / CLOCK_READS_A_SLICE;
		if (u->every > EVERY_MAX)
			u->every = EVERY_MAX;
	}
	u->left = (int32_t)u->every;
}

static void progress(const char *name)
{
	struct thread *t = thread_here();
	if (!t)
		return;
	const struct mark_key key = {(uint64_t)name, 0, MARK_progress};
	struct mark_use *u = find(t, &key);
	if (likely(u)) {
		u->count++;
		if (likely(--u->left >= 0))
			return;
	}
	int saved = errno;
	thread_guard(t);
	if (!u && (u = get(t, &key)))
		u->count++;
	if (u)
		tell_progress(t, u);
	thread_leave(t);
	errno = saved;
}

/* The rest works with the guard set: ENTER … LEAVE. */
#define ENTER                                                                                      \
	int saved = errno;                                                                         \
	struct thread *t = thread_enter();                                                         \
	if (!t)                                                                                    \
	return
#define LEAVE                                                                                      \
	thread_leave(t);                                                                           \
	errno = saved

static void count_end(const struct open_mark *o, uint64_t now)
{
	struct mark_use *u = o->use;
	uint64_t ticks = now - o->begin;
	if (o->kind == OPEN_TASK) {
		u->tasks++;
		u->task_ticks += ticks;
		u->task_ticks_max = longer(u->task_ticks_max, ticks);
		u->task_squares += (double)ticks * (double)ticks;
	} else {
		u->ticks += ticks;
		u->ticks_max = longer(u->ticks_max, ticks);
	}
}

static void phase_begin(const char *name)
{
	ENTER;
	struct mark_use *u = get(t, &(struct mark_key){(uint64_t)name, 0, MARK_phase});
	if (u) {
		struct open_marks *m = t->marks;
		u->told = hash_of(name);
		u->count++;
		if (m->phases < OPEN_MAX && !m->deeper_phases)
			m->phase[m->phases++] = (struct open_mark){u, ticks_now(), OPEN_SITE};
		else
			m->deeper_phases++;
	}
	LEAVE;
}

static void end_phase(struct thread *t, uint32_t at, uint64_t now)
{
	struct open_marks *m = t->marks;
	const struct open_mark ended = m->phase[at];
	for (m->phases--; at < m->phases; at++)
		m->phase[at] = m->phase[at + 1];
	count_end(&ended, now);
	if (pay(ended.use, now))
		emit_phase(t, ended.begin, now, ended.use->name);
}

/* The innermost open one of that name: the same text may lie at several addresses. That of an open
 * one is not looked at: its plugin may be gone. */
static void phase_end(const char *name)
{
	uint64_t now = ticks_now();
	ENTER;
	struct open_marks *m = t->marks;
	if (m && m->deeper_phases) {
		m->deeper_phases--;
	} else if (m) {
		uint32_t i = m->phases;
		uint64_t hash = hash_of(name);
		while (i && m->phase[i - 1].use->told != hash)
			i--;
		if (i)
			end_phase(t, i - 1, now);
	}
	LEAVE;
}

static void push(struct thread *t, struct mark_use *u, enum open_kind kind)
{
	struct open_marks *m = t->marks;
	if (m->works < OPEN_MAX && !m->deeper_works)
		m->work[m->works++] = (struct open_mark){u, ticks_now(), kind};
	else
		m->deeper_works++;
}

/* Of a part that one at a time has to do: it is one of all tasks around it. */
static void count_lock(struct open_marks *m, uint64_t ticks)
{
	if (m->works && m->work[m->works - 1].kind == OPEN_LOCK)
		return; /* inside another one */
	for (uint32_t i = 0; i < m->works; i++)
		if (m->work[i].kind == OPEN_TASK)
			m->work[i].use->lock_ticks += ticks;
}

/* Ends the innermost site, task or lock. */
static void pop(struct thread *t, uint64_t now)
{
	struct open_marks *m = t->marks;
	const struct open_mark ended = m->work[--m->works];
	if (ended.kind == OPEN_LOCK) {
		count_lock(m, now - ended.begin);
		return;
	}
	count_end(&ended, now);
	if (ended.kind == OPEN_TASK && pay(ended.use, now))
		emit_task(t, ended.begin, now, ended.use->name, ended.use->code);
}

static void pop_to(struct thread *t, uint32_t keep, uint64_t now)
{
	while (t->marks->works > keep)
		pop(t, now);
}

/* How many stay open when the innermost of that kind ends; `limit`: it lies inside no other site.
 * As many as are open: there is none. */
static uint32_t below(const struct open_marks *m, enum open_kind kind, bool limit)
{
	for (uint32_t i = m->works; i--;) {
		if (m->work[i].kind == kind)
			return i;
		if (limit && m->work[i].kind == OPEN_SITE)
			break;
	}
	return m->works;
}

/* The innermost of that kind ends, and what is still open in it. */
static void end_work(enum open_kind kind)
{
	uint64_t now = ticks_now();
	ENTER;
	struct open_marks *m = t->marks;
	if (m && m->deeper_works) {
		m->deeper_works--;
	} else if (m) {
		pop_to(t, below(m, kind, kind != OPEN_SITE), now);
	}
	LEAVE;
}

static void site_begin(const char *name)
{
	uint64_t code = (uint64_t)__builtin_return_address(0);
	ENTER;
	struct mark_use *u = get(t, &(struct mark_key){(uint64_t)name, code, MARK_site});
	if (u) {
		u->count++;
		push(t, u, OPEN_SITE);
	}
	LEAVE;
}

static void site_end(void)
{
	end_work(OPEN_SITE);
}

/* A task that the last one of its site did not end ends it. */
static void task_begin(void)
{
	uint64_t code = (uint64_t)__builtin_return_address(0);
	ENTER;
	struct open_marks *m = t->marks;
	uint32_t keep = m && !m->deeper_works ? below(m, OPEN_TASK, true) : 0;
	if (m && !m->deeper_works && keep < m->works) /* the clock is most of the cost */
		pop_to(t, keep, ticks_now());
	uint32_t site = m ? below(m, OPEN_SITE, false) : 0;
	struct mark_use *u = m && site < m->works ? m->work[site].use
						  : get(t, &(struct mark_key){0, code, MARK_site});
	if (u)
		push(t, u, OPEN_TASK);
	LEAVE;
}

static void task_end(void)
{
	end_work(OPEN_TASK);
}

static void lock_begin(void)
{
	ENTER;
	if (t->marks)
		push(t, NULL, OPEN_LOCK);
	LEAVE;
}

static void lock_end(void)
{
	end_work(OPEN_LOCK);
}

static void name_lock(const void *lock, const char *name)
{
	ENTER;
	if (name)
		emit_lock_name(t, (uint64_t)lock, name);
	LEAVE;
}

static void name_thread(const char *name)
{
	ENTER;
	if (name)
		emit_thread_name(t, t->block.head.tid, NAME_MARK, name);
	LEAVE;
}

void mark_thread_end(struct thread *t)
{
	uint64_t now = ticks_now();
	struct open_marks *m = t->marks;
	if (m)
		pop_to(t, 0, now);
	while (m && m->phases)
		end_phase(t, m->phases - 1, now);
}

extern const struct parprof_entries parprof_marks_1;
EXPORT const struct parprof_entries parprof_marks_1 = {
    .progress = progress,
    .phase_begin = phase_begin,
    .phase_end = phase_end,
    .site_begin = site_begin,
    .site_end = site_end,
    .task_begin = task_begin,
    .task_end = task_end,
    .lock_begin = lock_begin,
    .lock_end = lock_end,
    .name_lock = name_lock,
    .name_thread = name_thread,
};
