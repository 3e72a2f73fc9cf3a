#include "profiler/tasks.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* Clocks are read one after the other: so much a time off may reach over the wait that it is of. */
#define SLACK_NS 2000
/* A thread has written of its wait when it has run for so long since. */
#define WRITTEN_NS 200000

void tasks_open(struct tasks *t, struct store *store, bool switches)
{
	*t = (struct tasks){
	    .store = store,
	    .switches = switches,
	    .insert = store_query(
		store,
		"INSERT INTO task (id, pid, tid, begin_ns, maker) VALUES (?1, ?2, ?3, ?4, ?5)"),
	    .update = store_query(store,
				  "UPDATE task SET name = ?2, end_ns = ?3, ended = ?4, on_ns = ?5, "
				  "blocked = ?6, blocked_ns = ?7, preempted = ?8, "
				  "preempted_ns = ?9, migrations = ?10 WHERE id = ?1"),
	    .lost = -1};
	off_rows_open(&t->rows, store);
	hash_init(&t->by_tid, sizeof(size_t));
}

static struct task *find(const struct tasks *t, uint32_t tid)
{
	const size_t *place = hash_get(&t->by_tid, tid, 0);
	return place && *place ? &t->task[*place - 1] : NULL;
}

int64_t tasks_of(const struct tasks *t, uint32_t tid)
{
	const struct task *task = find(t, tid);
	return task ? task->id : 0;
}

static size_t free_place(struct tasks *t)
{
	for (size_t i = t->count; i-- > 0 && t->count - i < 64;)
		if (!t->task[i].id)
			return i;
	if (t->count == t->room) {
		t->room = t->room * 2 + 64;
		t->task = memory_grow(t->task, t->room, sizeof(*t->task));
	}
	return t->count++;
}

static void span_add(struct task_spans *s, struct task_span one)
{
	if (s->count == s->room) {
		s->room = s->room * 2 + 16;
		s->span = memory_grow(s->span, s->room, sizeof(*s->span));
	}
	s->span[s->count++] = one;
}

static void adopt_early(struct tasks *t, struct task *task)
{
	for (size_t i = 0; i < t->earlies; i++)
		if (t->early[i].tid == task->tid && t->early[i].end >= task->begin)
			span_add(&task->waits,
				 (struct task_span){t->early[i].begin, t->early[i].end, false});
}

/* maker: the id of a task, STORE_NULL: not known. */
static struct task *begin(struct tasks *t, const struct happening *h, int64_t ns, int64_t maker)
{
	bool fresh;
	size_t place = free_place(t);
	struct task *task = &t->task[place];
	*(size_t *)hash_put(&t->by_tid, h->tid, 0, &fresh) = place + 1;
	*task = (struct task){.id = ++t->last_id,
			      .pid = h->pid,
			      .tid = h->tid,
			      .cpu = h->cpu,
			      .begin = ns,
			      .maker = maker,
			      .out = -1};
	query_bind_int(t->insert, 1, task->id);
	query_bind_int(t->insert, 2, task->pid);
	query_bind_int(t->insert, 3, task->tid);
	query_bind_int(t->insert, 4, ns);
	if (maker == STORE_NULL)
		query_bind_null(t->insert, 5);
	else
		query_bind_int(t->insert, 5, maker);
	query_run(t->insert);
	adopt_early(t, task);
	return task;
}

static void come_back(struct task *task, int64_t ns, uint32_t cpu)
{
	if (cpu != task->cpu)
		task->migrations++;
	task->cpu = cpu;
	if (task->out < 0)
		return;
	int64_t time = ns - task->out;
	task->preemptions += task->preempted;
	task->blocked += !task->preempted;
	*(task->preempted ? &task->preempted_ns : &task->blocked_ns) += time;
	if (time > 0)
		span_add(&task->off, (struct task_span){task->out, ns, task->preempted});
	task->out = -1;
}

/* Off already: that it came back was lost, in the gap or before. */
static void leave(const struct tasks *t, struct task *task, int64_t ns, bool preempted)
{
	if (task->out >= 0 && t->lost <= task->out)
		return;
	if (task->out >= 0)
		come_back(task, t->lost, task->cpu);
	task->out = ns;
	task->preempted = preempted;
}

static void write_task(struct tasks *t, const struct task *task, int64_t ns, const char *ended)
{
	const int64_t value[] = {ns - task->begin - task->blocked_ns - task->preempted_ns,
				 task->blocked,
				 task->blocked_ns,
				 task->preemptions,
				 task->preempted_ns,
				 task->migrations};
	query_bind_int(t->update, 1, task->id);
	query_bind_text(t->update, 2, *task->name ? task->name : NULL);
	query_bind_int(t->update, 3, ns);
	query_bind_text(t->update, 4, ended);
	for (int i = 0; i < (int)(sizeof(value) / sizeof(*value)); i++)
		if (t->switches)
			query_bind_int(t->update, 5 + i, value[i]);
		else
			query_bind_null(t->update, 5 + i);
	query_run(t->update);
}

static void forget(struct task_spans *s, size_t first)
{
	s->count -= first;
	memmove(s->span, s->span + first, s->count * sizeof(*s->span));
}

/* How many of the first times off are old enough that a wait of them would have been read. */
static size_t written(const struct task *task, int64_t until)
{
	int64_t ran =
	    task->out < 0 && task->off.count ? until - task->off.span[task->off.count - 1].end : 0;
	bool blocked = task->out >= 0 && task->out <= until && !task->preempted;
	for (size_t i = task->off.count; i-- > 0;) {
		const struct task_span *off = &task->off.span[i];
		if (off->end <= until && (ran >= WRITTEN_NS || blocked))
			return i + 1;
		ran += i ? off->begin - task->off.span[i - 1].end : 0;
		blocked |= off->begin <= until && !off->preempted;
	}
	return 0;
}

/* Both come in order of time, and waits do not overlap. */
static void settle(struct tasks *t, struct task *task, int64_t until)
{
	size_t i, w = 0, count = until == INT64_MAX ? task->off.count : written(task, until);
	for (i = 0; i < count; i++) {
		const struct task_span *off = &task->off.span[i], *wait = NULL;
		for (; w < task->waits.count && task->waits.span[w].end + SLACK_NS < off->end; w++)
			off_rows_part(&t->rows);
		if (w < task->waits.count)
			wait = &task->waits.span[w];
		if (!wait || wait->begin - SLACK_NS > off->begin)
			off_rows_add(&t->rows, task->id, off->begin, off->end, off->preempted);
		else
			off_rows_part(&t->rows);
	}
	off_rows_part(&t->rows);
	forget(&task->off, i);
	int64_t open = task->off.count ? task->off.span[0].begin : until;
	while (w < task->waits.count && task->waits.span[w].end + SLACK_NS < open)
		w++;
	forget(&task->waits, w);
}

/* The log was read after the rings: what is that old is of no task that is still to come. */
static void forget_early(struct tasks *t, int64_t until)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->earlies; i++)
		if (t->early[i].end > until)
			t->early[kept++] = t->early[i];
	t->earlies = kept;
}

void tasks_settle(struct tasks *t, int64_t until)
{
	forget_early(t, until);
	for (size_t i = 0; i < t->count; i++)
		if (t->task[i].id)
			settle(t, &t->task[i], until);
	off_rows_round(&t->rows, until);
}

void tasks_waited(struct tasks *t, uint32_t tid, int64_t begin_ns, int64_t end_ns)
{
	struct task *task = find(t, tid);
	if (task && task->begin <= end_ns) {
		span_add(&task->waits, (struct task_span){begin_ns, end_ns, false});
		return;
	}
	if (t->earlies == t->early_room) {
		t->early_room = t->early_room * 2 + 16;
		t->early = memory_grow(t->early, t->early_room, sizeof(*t->early));
	}
	t->early[t->earlies++] = (struct task_wait){tid, begin_ns, end_ns};
}

static void end(struct tasks *t, struct task *task, int64_t ns, const char *ended)
{
	come_back(task, ns, task->cpu);
	write_task(t, task, ns, ended);
	settle(t, task, INT64_MAX);
	*(size_t *)hash_get(&t->by_tid, task->tid, 0) = 0;
	free(task->off.span);
	free(task->waits.span);
	*task = (struct task){.id = 0};
}

/* A new program in the same thread: another task, by the same maker. */
static struct task *named(struct tasks *t, struct task *task, const struct happening *h, int64_t ns)
{
	int64_t maker = task ? task->maker : STORE_NULL;
	if (task && h->flag) {
		end(t, task, ns, "exec");
		task = NULL;
	}
	if (!task)
		task = begin(t, h, ns, maker);
	memcpy(task->name, h->text, strnlen(h->text, sizeof(task->name) - 1) + 1);
	task->name[sizeof(task->name) - 1] = 0;
	return task;
}

static void born(struct tasks *t, struct task *old, const struct happening *h, int64_t ns)
{
	const struct task *maker = find(t, h->other_tid);
	int64_t id = maker ? maker->id : STORE_NULL;
	char name[sizeof(maker->name)] = "";
	if (maker)
		memcpy(name, maker->name, sizeof(name));
	if (old)
		end(t, old, ns, "exit");
	struct task *task = begin(t, h, ns, id);
	memcpy(task->name, name, sizeof(name));
	if (t->switches)
		leave(t, task, ns, true); /* it is ready, but not on a core yet */
}

void tasks_happen(struct tasks *t, const struct happening *h, int64_t ns)
{
	struct task *task = find(t, h->tid);
	switch (h->kind) {
	case HAPPENING_BORN:
		born(t, task, h, ns);
		return;
	case HAPPENING_NAMED:
		named(t, task, h, ns);
		return;
	case HAPPENING_ENDED:
		if (task)
			end(t, task, ns, "exit");
		return;
	case HAPPENING_OUT:
	case HAPPENING_IN:
		if (!task)
			task = begin(t, h, ns, STORE_NULL);
		if (h->kind == HAPPENING_OUT)
			leave(t, task, ns, h->flag);
		else
			come_back(task, ns, h->cpu);
		return;
	case HAPPENING_LOST:
		t->lost = ns;
		return;
	default:
		return;
	}
}

void tasks_close(struct tasks *t, int64_t ns)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->task[i].id)
			end(t, &t->task[i], ns > t->task[i].begin ? ns : t->task[i].begin,
			    "running");
	query_close(t->insert);
	query_close(t->update);
	off_rows_close(&t->rows);
	hash_free(&t->by_tid);
	free(t->task);
	free(t->early);
	*t = (struct tasks){0};
}
