/* What the user reads of a deadlock. */
#include "profiler/deadlock.h"
#include "profiler/live_names.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/target_state.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMBERS_SHOWN 8
#define FRAMES_SHOWN 6

struct told { /* a member, with what its words are made of */
	const struct deadlock_member *member;
	char given[TASK_NAME]; /* its name, when it was given one */
	bool named;
	uint64_t routine; /* where its thread began, 0: not known */
	struct live_code made, stack, sites;
	struct live_lock lock; /* waited for */
	struct text name;
};

struct speech {
	const struct deadlock *deadlock;
	struct told told[MEMBERS_SHOWN];
	uint32_t count;
	struct live_names names;
	int64_t ns; /* since it formed */
};

/* What it runs, and where it was made. */
static void read_birth(struct told *t, struct store *store, int64_t image)
{
	struct query *q = store_query(
	    store, "SELECT c.address, t.stack FROM thread t LEFT JOIN code c ON c.id = t.routine "
		   "WHERE t.process = ?1 AND t.tid = ?2 ORDER BY t.id DESC LIMIT 1");
	query_bind_int(q, 1, t->member->process);
	query_bind_int(q, 2, t->member->tid);
	if (query_step(q)) {
		t->routine = (uint64_t)query_int(q, 0);
		live_stack_by_id(&t->made, store, image, query_int(q, 1));
	}
	query_close(q);
}

static void gather(struct told *t, const struct deadlock_member *m, struct store *store)
{
	int64_t image = live_image(store, m->process);
	t->member = m;
	t->named = !m->foreign && task_given_name(m->pid, m->tid, t->given);
	read_birth(t, store, image);
	live_stack(&t->stack, store, image, m->wait.stack);
	if (!t->stack.count)
		t->stack.frame[t->stack.count++] = m->caller;
	t->sites = (struct live_code){.image = image};
	for (uint32_t i = 0; i < m->sites && i < SITES_MAX; i++)
		t->sites.frame[t->sites.count++] = m->site[i];
	if (m->object)
		live_lock(&t->lock, store, m->process, m->object);
}

/* Its routine is a library's: std::thread. */
static void name_by_birth(struct speech *s, struct told *t)
{
	text_add(&t->name, "a thread");
	if (!t->made.count)
		return;
	text_add(&t->name, " made in ");
	live_add_stack(&s->names, &t->name, &t->made, 1);
}

/* The name it was given, else what it runs. */
static void name_thread(struct speech *s, struct told *t)
{
	const struct deadlock_member *m = t->member;
	if (t->named)
		text_add(&t->name, t->given);
	else if (m->tid == m->pid)
		text_add(&t->name, "main");
	else if (!t->routine || !live_add_function(&s->names, &t->name, t->stack.image, t->routine))
		name_by_birth(s, t);
	text_format(&t->name, " (tid %" PRIu32 ")", m->tid);
}

static bool several_processes(const struct speech *s)
{
	for (uint32_t i = 1; i < s->count; i++)
		if (s->told[i].member->pid != s->told[0].member->pid)
			return true;
	return false;
}

static void add_waited_for(struct speech *s, struct text *out, const struct told *t,
			   const struct told *next)
{
	const struct deadlock_member *m = t->member;
	if (m->hook->family == FAMILY_join && next)
		text_format(out, "%s to end", text_string(&next->name));
	else if (m->hook->family == FAMILY_join)
		text_format(out, "thread %" PRIu32 " to end", m->wait.holder);
	else if (m->hook->family == FAMILY_child && next)
		text_format(out, "process %" PRIu32 " to end", next->member->pid);
	else if (m->hook->family == FAMILY_child)
		text_add(out, "a child process to end");
	else
		live_add_lock(&s->names, out, &t->lock, false);
}

static bool is_held(const struct told *t)
{
	return t->member->hook->family != FAMILY_join && t->member->hook->family != FAMILY_child;
}

/* before, next: in the cycle; NULL when there is none. */
static void say_member(struct speech *s, struct told *t, const struct told *before,
		       const struct told *next)
{
	struct text line = {0};
	text_format(&line, "  %s ", text_string(&t->name));
	if (several_processes(s))
		text_format(&line, "of process %" PRIu32 " ", t->member->pid);
	if (before && is_held(before)) {
		text_add(&line, "holds ");
		live_add_lock(&s->names, &line, &before->lock, false);
		text_add(&line, ", ");
	}
	text_add(&line, "waits for ");
	add_waited_for(s, &line, t, next);
	text_format(&line, ", in %s", t->member->hook->name);
	error("%s", text_string(&line));
	text_clear(&line);
	text_add(&line, "    at ");
	live_add_stack(&s->names, &line, &t->stack, FRAMES_SHOWN);
	error("%s", text_string(&line));
	text_free(&line);
}

/* Where it may have got what it holds: one place, or a few of them. */
static void say_sites(struct speech *s, struct told *t, const struct told *before)
{
	struct text line = {0};
	if (!before || !is_held(before) || !t->sites.count)
		return;
	text_add(&line, "    got ");
	live_add_lock(&s->names, &line, &before->lock, true);
	text_add(&line, " at ");
	for (uint32_t i = 0; i < t->sites.count; i++) {
		struct live_code one = {t->sites.image, {t->sites.frame[i]}, 1};
		text_add(&line, i ? ", or " : "");
		live_add_stack(&s->names, &line, &one, 1);
	}
	if (t->member->sites > t->sites.count)
		text_format(&line, ", or %u more places", t->member->sites - t->sites.count);
	error("%s", text_string(&line));
	text_free(&line);
}

static void add_since(struct text *out, const struct speech *s)
{
	text_add(out, ", since ");
	text_add_ns(out, s->ns);
}

static void say_left(struct speech *s, struct text *line)
{
	const struct deadlock *d = s->deadlock;
	text_add(line, "nobody is left to unlock ");
	live_add_lock(&s->names, line, &s->told[0].lock, false);
	text_format(line, ": thread %" PRIu32 ", which locked it, ", d->owner);
	if (d->owner_elsewhere)
		text_format(line, "is not of process %" PRIu32 ", which was forked meanwhile",
			    d->member[0].pid);
	else
		text_add(line, "has ended");
	text_format(line, "; %" PRIu32 " %s", d->count,
		    d->count == 1 ? "thread waits" : "threads wait");
}

static void say_heading(struct speech *s)
{
	const struct deadlock *d = s->deadlock;
	struct text line = {0};
	text_format(&line, "deadlock%s: ", d->certain ? "" : " (likely)");
	if (d->kind == DEADLOCK_LEFT)
		say_left(s, &line);
	else if (d->kind == DEADLOCK_SELF)
		text_add(&line, "a thread waits for what it holds itself");
	else if (d->kind == DEADLOCK_SILENT && d->count + d->behind == 1)
		text_format(&line,
			    "the only thread of process %" PRIu32
			    " waits, and nobody is left to wake it",
			    d->member[0].pid);
	else if (d->kind == DEADLOCK_SILENT)
		text_format(&line,
			    "all %" PRIu32 " threads of process %" PRIu32
			    " wait, and nobody is left to wake them",
			    d->count + d->behind, d->member[0].pid);
	else
		text_format(&line, "%" PRIu32 " threads wait for each other", d->count);
	add_since(&line, s);
	error("%s", text_string(&line));
	text_free(&line);
}

static void say_rest(const struct speech *s)
{
	const struct deadlock *d = s->deadlock;
	uint32_t more = d->count - s->count;
	if (d->kind == DEADLOCK_SILENT)
		more += d->behind;
	if (more)
		error("  and %" PRIu32 " more", more);
	if (d->kind != DEADLOCK_SILENT && d->behind)
		error("  %" PRIu32 " more %s for %s", d->behind,
		      d->behind == 1 ? "thread waits" : "threads wait",
		      d->count == 1 ? "it" : "them");
	if (d->member[0].foreign)
		error("  recording goes on; nothing is done to the program");
	else
		error("  recording goes on; nothing is done to the program: kill %" PRIu32
		      " ends it",
		      d->member[0].pid);
}

static void speak(struct speech *s)
{
	bool cycle = s->deadlock->kind == DEADLOCK_CYCLE || s->deadlock->kind == DEADLOCK_SELF;
	bool whole = s->count == s->deadlock->count;
	for (uint32_t i = 0; i < s->count; i++)
		name_thread(s, &s->told[i]);
	say_heading(s);
	for (uint32_t i = 0; i < s->count; i++) {
		struct told *before =
		    !cycle || (!i && !whole) ? NULL : &s->told[(i + s->count - 1) % s->count];
		struct told *next =
		    !cycle || (i + 1 == s->count && !whole) ? NULL : &s->told[(i + 1) % s->count];
		say_member(s, &s->told[i], before, next);
		say_sites(s, &s->told[i], before);
	}
	say_rest(s);
}

pid_t deadlock_say(const struct deadlock *d, struct store *store, int64_t ns)
{
	struct speech *s = memory_new(1, sizeof(*s));
	s->deadlock = d;
	s->ns = ns;
	for (; s->count < d->count && s->count < MEMBERS_SHOWN; s->count++)
		gather(&s->told[s->count], &d->member[s->count], store);
	live_names_open(&s->names, store);
	progress_erase();
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		message_on_death(NULL);
		speak(s);
		_exit(0);
	}
	if (pid < 0)
		error("deadlock: %" PRIu32 " threads cannot go on; see the report", d->count);
	for (uint32_t i = 0; i < s->count; i++)
		live_lock_free(&s->told[i].lock);
	live_names_close(&s->names);
	free(s);
	return pid;
}
