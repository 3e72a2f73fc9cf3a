/*
 * From waits to the graph of who can end them, and from its knots to deadlocks. Made twice: first
 * by what costs a microsecond a thread, taking for stuck whoever may be; as a rule nobody is. What
 * is left is looked at again, with what the kernel says of each of these threads.
 */
#include "profiler/deadlock.h"
#include "profiler/lock_state.h"
#include "profiler/process_state.h"
#include "profiler/target_state.h"
#include "profiler/text.h"
#include "profiler/thread_table.h"
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define CHILDREN_MAX 64
#define MEMBERS_MAX 64 /* of a deadlock; of a silent one there may be any number */
#define UNKNOWN UINT32_MAX

/* An owner of a lock that is gone: a node behind those of the threads. */
struct ghost {
	uint64_t object;
	uint32_t process, owner;
	bool elsewhere;
};

/* What was asked about a process once in this look. */
struct answers {
	enum { NOT_ASKED, NO, YES } all_wait, complete, handlers;
};

struct finder {
	const struct blocked *blocked;
	const struct arena *arena;
	struct waitgraph graph;
	struct answers *answers; /* by process */
	struct ghost *ghost;
	uint32_t ghosts;
	bool quick;	  /* the first of the two times */
	bool *suspect;	  /* by thread: stuck then */
	uint64_t *object; /* by thread: what it really waits for */
	struct {
		uint32_t pid;
		uint64_t object;
		struct lock_state state;
	} read; /* the mutex read last, in the graph that is made */
	deadlock_found *each;
	void *data;
};

static const struct blocked_process *process_of(const struct finder *f, uint32_t thread)
{
	return &f->blocked->process[f->blocked->thread[thread].process];
}

/* Every task of the process is a thread we know: nobody else can act in it. */
static bool is_complete(struct finder *f, uint32_t process)
{
	const struct blocked_process *p = &f->blocked->process[process];
	struct answers *a = &f->answers[process];
	struct process_state state;

	if (a->complete != NOT_ASKED)
		return a->complete == YES;
	a->complete = NO;
	if (!p->foreign && process_state_read(p->pid, &state) && state.threads == p->count)
		a->complete = YES;
	return a->complete == YES;
}

/* A handler may post, and sleeping calls come back from one. */
static bool has_handlers(struct finder *f, uint32_t process)
{
	struct answers *a = &f->answers[process];

	if (a->handlers == NOT_ASKED)
		a->handlers = target_has_handlers(f->blocked->process[process].pid) ? YES : NO;
	return a->handlers == YES;
}

static uint32_t ghost_node(struct finder *f, struct ghost ghost)
{
	uint32_t i = 0;

	while (i < f->ghosts &&
	       (f->ghost[i].object != ghost.object || f->ghost[i].process != ghost.process))
		i++;
	if (i == f->ghosts) {
		f->ghost = memory_grow(f->ghost, f->ghosts + 1, sizeof(*f->ghost));
		f->ghost[f->ghosts++] = ghost;
	}
	return f->blocked->threads + i;
}

static bool is_zombie(const struct finder *f, uint32_t thread)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];
	struct task_call call;

	return t->ended && !process_of(f, thread)->foreign &&
	       task_state(process_of(f, thread)->pid, t->tid, &call) == TASK_ZOMBIE;
}

/* Whoever has that tid must act: a thread we know, somebody gone, or somebody unknown. */
static void ends_by_owner(struct finder *f, struct wait_node *n, uint32_t owner, uint64_t object,
			  bool shared)
{
	const struct blocked_process *p = &f->blocked->process[n->process];
	uint32_t thread = blocked_find(f->blocked, n->process, owner);
	bool own = thread != UNKNOWN && f->blocked->thread[thread].process == n->process;
	bool alive = shared ? task_exists(owner) : task_is_of(p->pid, owner);

	if (thread != UNKNOWN && (own || shared) && !is_zombie(f, thread)) {
		n->end = ENDS_BY_THREADS;
		waitgraph_target(&f->graph, thread);
	} else if (!p->foreign && (!alive || (own && is_zombie(f, thread)))) {
		struct ghost g = {object, n->process, owner, !own && task_exists(owner)};
		n->end = ENDS_BY_THREADS;
		waitgraph_target(&f->graph, ghost_node(f, g));
	}
}

/* Many wait for the same one. */
static struct lock_state mutex_state(struct finder *f, uint32_t pid, uint64_t object)
{
	if (f->read.pid != pid || f->read.object != object) {
		f->read.state = lock_state_read(pid, object, FAMILY_mutex);
		f->read.pid = pid;
		f->read.object = object;
	}
	return f->read.state;
}

static void by_mutex(struct finder *f, uint32_t thread, struct wait_node *n, uint64_t object)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];
	const struct blocked_process *p = process_of(f, thread);
	struct lock_state s = {.known = false};

	f->object[thread] = object;
	if (!p->foreign)
		s = mutex_state(f, p->pid, object);
	n->certain = s.known;
	if (s.known && s.owner)
		ends_by_owner(f, n, s.owner, object, s.shared);
	else if (!s.known && t->wait.holder && object == t->wait.object)
		ends_by_owner(f, n, t->wait.holder, object, false);
}

/* Which threads use a lock, by the tables of their calls. */
struct users {
	uint64_t object;
	const char *mode; /* NULL: any */
	bool any;
	struct deadlock_member *member; /* gets the sites; or NULL */
};

static void look_at_slot(void *data, const struct slot *slot, uint64_t count)
{
	struct users *u = data;
	const struct hook *h = hook_get((unsigned)(slot->site >> SITE_HOOK_SHIFT));

	if (slot->object != u->object || !count ||
	    (h->kind != KIND_acquire && h->kind != KIND_try) ||
	    (u->mode && strcmp(u->mode, h->mode) != 0))
		return;
	u->any = true;
	if (u->member && u->member->sites < SITES_MAX)
		u->member->site[u->member->sites] = slot->site & SITE_CALLER_MASK;
	if (u->member)
		u->member->sites++;
}

static bool uses(const struct finder *f, uint32_t thread, uint64_t object, const char *mode)
{
	struct users u = {.object = object, .mode = mode};

	thread_table_each(f->blocked->thread[thread].block, f->arena->header, f->arena->size,
			  look_at_slot, &u);
	return u.any;
}

/* Whoever of its process took it so before: among them are those that hold it now. */
static void by_users(struct finder *f, uint32_t thread, struct wait_node *n, const char *mode,
		     uint32_t holders)
{
	const struct blocked_process *p = process_of(f, thread);
	uint64_t object = f->blocked->thread[thread].wait.object;

	for (uint32_t i = p->first; i < p->first + p->count; i++)
		if (uses(f, i, object, mode))
			waitgraph_target(&f->graph, i);
	n->certain = n->count == holders;
	n->end = n->count >= holders && holders ? ENDS_BY_THREADS : ENDS_FREELY;
}

/* A reader that lets a waiting writer go first waits for it. */
static void by_waiting_writers(struct finder *f, uint32_t thread, struct wait_node *n)
{
	const struct blocked_process *p = process_of(f, thread);
	uint64_t object = f->blocked->thread[thread].wait.object;

	for (uint32_t i = p->first; i < p->first + p->count; i++) {
		const struct blocked_thread *t = &f->blocked->thread[i];
		if (t->waiting && t->wait.object == object && !strcmp(t->hook->mode, "exclusive"))
			waitgraph_target(&f->graph, i);
	}
	n->certain = true;
	n->end = n->count ? ENDS_BY_THREADS : ENDS_FREELY;
}

static void by_rwlock(struct finder *f, uint32_t thread, struct wait_node *n)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];
	const struct blocked_process *p = process_of(f, thread);
	struct lock_state s = {.known = false};

	if (!p->foreign)
		s = lock_state_read(p->pid, t->wait.object, FAMILY_rwlock);
	n->certain = s.known;
	if (s.owner)
		ends_by_owner(f, n, s.owner, t->wait.object, s.shared);
	else if (!s.known && t->wait.holder)
		ends_by_owner(f, n, t->wait.holder, t->wait.object, false);
	else if (s.shared)
		return;
	else if (!strcmp(t->hook->mode, "exclusive"))
		by_users(f, thread, n, "shared", s.readers);
	else if (s.writer_waits)
		by_waiting_writers(f, thread, n);
}

/* The thread it joins: wait.holder, see find_joined(). */
static void by_join(struct finder *f, uint32_t thread, struct wait_node *n)
{
	uint32_t tid = f->blocked->thread[thread].wait.holder;
	uint32_t target = tid ? blocked_find(f->blocked, n->process, tid) : UNKNOWN;

	if (target == UNKNOWN || f->blocked->thread[target].process != n->process ||
	    f->blocked->thread[target].ended)
		return;
	waitgraph_target(&f->graph, target);
	n->end = ENDS_BY_THREADS;
	n->certain = true;
}

/* Every thread of that child could end it; false: nothing is known of the child. */
static bool add_child(struct finder *f, uint32_t pid)
{
	for (uint32_t i = 0; i < f->blocked->processes; i++) {
		const struct blocked_process *p = &f->blocked->process[i];
		if (p->pid != pid || !is_complete(f, i))
			continue;
		for (uint32_t t = p->first; t < p->first + p->count; t++)
			waitgraph_target(&f->graph, t);
		return true;
	}
	return false;
}

static void by_child(struct finder *f, uint32_t thread, struct wait_node *n)
{
	const struct blocked_process *p = process_of(f, thread);
	uint32_t wanted = (uint32_t)f->blocked->thread[thread].wait.other;
	uint32_t child[CHILDREN_MAX];
	bool all_known = !p->foreign && !has_handlers(f, n->process);

	for (uint32_t i = p->first; i < p->first + p->count && all_known; i++) {
		int count = task_children(p->pid, f->blocked->thread[i].tid, child, CHILDREN_MAX);
		all_known = count >= 0;
		for (int c = 0; c < count && all_known; c++)
			if (!wanted || child[c] == wanted)
				all_known = add_child(f, child[c]);
	}
	n->certain = true;
	n->end = all_known && n->count ? ENDS_BY_THREADS : ENDS_FREELY;
}

static bool all_wait(struct finder *f, uint32_t process)
{
	const struct blocked_process *p = &f->blocked->process[process];
	struct answers *a = &f->answers[process];

	if (a->all_wait == NOT_ASKED)
		a->all_wait = YES;
	else
		return a->all_wait == YES;
	for (uint32_t i = p->first; i < p->first + p->count; i++)
		if (!f->blocked->thread[i].waiting && !f->blocked->thread[i].ended)
			a->all_wait = NO;
	return a->all_wait == YES;
}

/* Any thread of its process, when nobody outside can reach the object. */
static void by_anybody(struct finder *f, uint32_t thread, struct wait_node *n,
		       const struct task_call *call)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];
	enum hook_family family = t->hook->family;
	bool handlers_matter = family == FAMILY_semaphore || family == FAMILY_futex;

	if (!all_wait(f, n->process) || !is_complete(f, n->process) ||
	    (handlers_matter && has_handlers(f, n->process)))
		return;
	if (family == FAMILY_futex) {
		/* syscall(FUTEX_WAIT, …, timeout): private, and without one */
		if (f->quick)
			n->end = ENDS_BY_PROCESS;
		if (!call || !(call->argument[1] & FUTEX_PRIVATE_FLAG) || call->argument[3])
			return;
	} else {
		struct lock_state s =
		    lock_state_read(process_of(f, thread)->pid, t->wait.object, family);
		if (!s.known || s.shared)
			return;
	}
	n->end = ENDS_BY_PROCESS;
}

/* It waits to be woken, or was and waits for the mutex to be free: which, only the kernel knows. */
static void by_condition(struct finder *f, uint32_t thread, struct wait_node *n)
{
	by_mutex(f, thread, n, f->blocked->thread[thread].wait.other);
	if (n->end == ENDS_FREELY)
		by_anybody(f, thread, n, NULL);
}

static bool lies_in(uint64_t address, uint64_t object, size_t size)
{
	return object && address - object < size;
}

/* call: what the thread does in the kernel, NULL: not known. */
static void add_wait(struct finder *f, uint32_t thread, struct wait_node *n,
		     const struct task_call *call)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];

	switch (t->hook->family) {
	case FAMILY_mutex:
		by_mutex(f, thread, n, t->wait.object);
		return;
	case FAMILY_rwlock:
		by_rwlock(f, thread, n);
		return;
	case FAMILY_spin:
		by_users(f, thread, n, NULL, 1);
		n->certain = false;
		return;
	case FAMILY_join:
		by_join(f, thread, n);
		return;
	case FAMILY_child:
		by_child(f, thread, n);
		return;
	case FAMILY_condition:
		if (f->quick)
			by_condition(f, thread, n);
		else if (call && lies_in(call->argument[0], t->wait.other, sizeof(pthread_mutex_t)))
			by_mutex(f, thread, n, t->wait.other); /* woken: it waits to go on */
		else
			by_anybody(f, thread, n, call);
		return;
	case FAMILY_semaphore:
	case FAMILY_barrier:
	case FAMILY_once:
	case FAMILY_futex:
		by_anybody(f, thread, n, call);
		return;
	default:
		return;
	}
}

static bool is_wait_call(enum hook_family family, long number)
{
	if (family == FAMILY_child)
		return number == SYS_wait4 || number == SYS_waitid;
	return number == SYS_futex;
}

/* A thread that left its wait by a jump, or runs a signal handler in it, is elsewhere. */
static void add_thread(struct finder *f, uint32_t thread)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];
	const struct blocked_process *p = process_of(f, thread);
	struct wait_node *n = waitgraph_add(&f->graph, t->process);
	enum task_doing doing = TASK_UNKNOWN;
	struct task_call call;

	n->dead = is_zombie(f, thread);
	if (!t->waiting || (!f->quick && !f->suspect[thread]))
		return;
	f->object[thread] = t->wait.object;
	if (!p->foreign && !f->quick)
		doing = task_state(p->pid, t->tid, &call);
	if (t->hook->family == FAMILY_spin ? doing == TASK_RUNS || doing == TASK_UNKNOWN
	    : doing == TASK_CALLS	   ? is_wait_call(t->hook->family, call.number)
					   : doing == TASK_SLEEPS || doing == TASK_UNKNOWN)
		add_wait(f, thread, n, doing == TASK_CALLS ? &call : NULL);
}

static void add_ghosts(struct finder *f)
{
	for (uint32_t i = 0; i < f->ghosts; i++)
		waitgraph_add(&f->graph, f->ghost[i].process)->end = ENDS_BY_THREADS;
}

static void member_fill(const struct finder *f, struct deadlock_member *m, uint32_t thread,
			uint32_t before)
{
	const struct blocked_thread *t = &f->blocked->thread[thread];
	const struct blocked_process *p = process_of(f, thread);
	struct users u = {.member = m};

	*m = (struct deadlock_member){.process = p->number,
				      .pid = p->pid,
				      .tid = t->tid,
				      .foreign = p->foreign,
				      .hook = t->hook,
				      .wait = t->wait,
				      .caller = t->site & SITE_CALLER_MASK,
				      .object = f->object[thread]};
	if (before == UNKNOWN)
		return;
	u.object = f->object[before];
	if (f->blocked->thread[before].hook->family != FAMILY_join)
		thread_table_each(t->block, f->arena->header, f->arena->size, look_at_slot, &u);
}

static void identify(struct deadlock *d)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < d->count; i++) {
		const struct deadlock_member *m = &d->member[i];
		uint64_t h = (m->wait.begin ^ (uint64_t)m->tid << 40) * 0x9e3779b97f4a7c15ull;
		sum += h ^ h >> 31;
		if (m->wait.begin > d->formed)
			d->formed = m->wait.begin;
	}
	d->identity = sum + d->kind + 1;
}

/* Those that wait for a ghost itself. */
static uint32_t waiters_of(const struct finder *f, uint32_t ghost, uint32_t *thread)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < f->blocked->threads && count < MEMBERS_MAX; i++) {
		const struct wait_node *n = &f->graph.node[i];
		if (n->count == 1 && f->graph.target[n->first] == ghost)
			thread[count++] = i;
	}
	return count;
}

static bool all_certain(const struct finder *f, const uint32_t *thread, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!f->graph.node[thread[i]].certain)
			return false;
	return true;
}

static void knot(void *data, enum knot_kind kind, const uint32_t *member, uint32_t count)
{
	struct finder *f = data;
	uint32_t waiters[MEMBERS_MAX], all = count;
	struct deadlock_member filled[MEMBERS_MAX];
	struct deadlock d = {.member = filled};

	d.behind = waitgraph_behind(&f->graph, member, count);
	d.kind = kind == KNOT_SILENT  ? DEADLOCK_SILENT
		 : kind == KNOT_NEVER ? DEADLOCK_LEFT
		 : count == 1	      ? DEADLOCK_SELF
				      : DEADLOCK_CYCLE;
	if (kind == KNOT_NEVER) {
		const struct ghost *g = &f->ghost[member[0] - f->blocked->threads];
		d.owner = g->owner;
		d.owner_elsewhere = g->elsewhere;
		all = count = waiters_of(f, member[0], waiters);
		d.behind -= count;
		member = waiters;
	}
	d.count = count < MEMBERS_MAX ? count : MEMBERS_MAX;
	d.behind += all - d.count;
	d.certain = kind != KNOT_SILENT && all_certain(f, member, d.count);
	for (uint32_t i = 0; i < d.count; i++)
		member_fill(f, &filled[i], member[i],
			    kind == KNOT_CYCLE ? member[(i + count - 1) % count] : UNKNOWN);
	identify(&d);
	f->each(f->data, &d);
}

static void make_graph(struct finder *f, bool quick)
{
	waitgraph_clear(&f->graph);
	f->quick = quick;
	f->read.pid = 0;
	f->ghosts = 0;
	for (uint32_t i = 0; i < f->blocked->threads; i++)
		add_thread(f, i);
	add_ghosts(f);
	waitgraph_solve(&f->graph);
}

static bool find_suspects(struct finder *f)
{
	bool any = false;

	make_graph(f, true);
	for (uint32_t i = 0; i < f->blocked->threads; i++) {
		const struct wait_node *n = &f->graph.node[i];
		any |= f->suspect[i] = n->stuck && !n->dead;
	}
	return any;
}

void deadlock_find(const struct blocked *b, const struct arena *arena, deadlock_found *each,
		   void *data)
{
	struct finder f = {.blocked = b, .arena = arena, .each = each, .data = data};

	f.answers = memory_new(b->processes + 1, sizeof(*f.answers));
	f.object = memory_new(b->threads + 1, sizeof(*f.object));
	f.suspect = memory_new(b->threads + 1, sizeof(*f.suspect));
	if (find_suspects(&f)) {
		make_graph(&f, false);
		waitgraph_knots(&f.graph, knot, &f);
	}
	free(f.suspect);
	waitgraph_free(&f.graph);
	free(f.answers);
	free(f.object);
	free(f.ghost);
}
