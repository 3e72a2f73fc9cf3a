/* Threads, who made them, and their groups. */
#include "profiler/text.h"
#include "reports/graph/history_read.h"
#include <stdlib.h>

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_pid(const void *a, const void *b)
{
	const struct process_fact *x = a, *y = b;
	int order = compare(x->pid, y->pid);

	order = order ? order : compare(x->begin, y->begin);
	return order ? order : compare(x->id, y->id);
}

static int by_handle(const void *a, const void *b)
{
	const struct handle_fact *x = a, *y = b;
	int order = compare(x->process, y->process);

	order = order ? order : compare(x->handle, y->handle);
	return order ? order : compare(x->begin, y->begin);
}

uint32_t reader_find_process(const struct reader *r, int64_t pid, int64_t time)
{
	size_t low = 0, high = r->processes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct process_fact *p = &r->process[middle];
		if (p->pid < pid || (p->pid == pid && p->begin <= time))
			low = middle + 1;
		else
			high = middle;
	}
	return low && r->process[low - 1].pid == pid ? r->process[low - 1].first : NOBODY;
}

uint32_t reader_find_handle(const struct reader *r, int64_t process, int64_t handle, int64_t time)
{
	size_t low = 0, high = r->handles;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct handle_fact key = {process, handle, time, 0};
		if (by_handle(&r->handle[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || r->handle[low - 1].process != process || r->handle[low - 1].handle != handle)
		return NOBODY;
	return r->handle[low - 1].thread;
}

static int read_processes(struct reader *r)
{
	struct query *q = store_query(
	    r->store, "SELECT process, pid, parent, begin_ns, execed FROM graph_process");
	size_t room = 0;
	int result;

	while (query_step(q)) {
		if (r->processes == room) {
			room = room ? 2 * room : 16;
			r->process = memory_grow(r->process, room, sizeof(*r->process));
		}
		r->process[r->processes++] =
		    (struct process_fact){query_int(q, 0), query_int(q, 1), query_int(q, 2),
					  query_int(q, 3), query_int(q, 4), NOBODY};
	}
	if (r->processes)
		qsort(r->process, r->processes, sizeof(*r->process), by_pid);
	for (size_t i = 0; i < r->processes; i++)
		index_put(&r->process_place, r->process[i].id, (uint32_t)i);
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static struct process_fact *process_of(const struct reader *r, int64_t id)
{
	uint32_t index = index_of(&r->process_place, id);

	return index == NOBODY ? NULL : &r->process[index];
}

static int64_t int_or(struct query *q, int column, int64_t otherwise)
{
	return query_is_null(q, column) ? otherwise : query_int(q, column);
}

static void add_handle(struct reader *r, const struct history_thread *t, int64_t handle,
		       uint32_t index, size_t *room)
{
	if (r->handles == *room) {
		*room = *room ? 2 * *room : 16;
		r->handle = memory_grow(r->handle, *room, sizeof(*r->handle));
	}
	r->handle[r->handles++] = (struct handle_fact){t->process, handle, t->begin, index};
}

/* Its process's main thread is the one with the number of the process, if it was seen. */
static void add_to_process(struct reader *r, const struct history_thread *t, int64_t tid,
			   uint32_t index)
{
	struct process_fact *p = process_of(r, t->process);

	if (p && (p->first == NOBODY || p->pid == tid))
		p->first = index;
}

static const char threads_sql[] =
    "SELECT thread, process, tid, name, coalesce(begin_ns, 0), end_ns, created_ns, parent, cpu_ns, "
    "voluntary, involuntary, routine, stack, handle, scheduled FROM graph_thread ORDER BY thread";

static void add_thread(struct reader *r, struct query *q, size_t *room)
{
	struct history *h = r->history;
	struct history_thread *t = history_add_thread(h, query_text(q, 3));
	uint32_t index = (uint32_t)h->threads - 1;

	t->id = query_int(q, 0);
	t->process = (uint32_t)query_int(q, 1);
	t->begin = query_int(q, 4);
	t->end = query_int(q, 5);
	t->created = query_int(q, 6);
	t->parent = (uint32_t)int_or(q, 7, NOBODY); /* an id for now: it may come later */
	t->cpu_ns = int_or(q, 8, -1);
	t->voluntary = int_or(q, 9, -1);
	t->involuntary = int_or(q, 10, -1);
	t->routine = query_int(q, 11);
	t->stack = (uint32_t)query_int(q, 12);
	t->scheduled = query_int(q, 14);
	index_put(&r->thread, t->id, index);
	add_handle(r, t, query_int(q, 13), index, room);
	add_to_process(r, t, query_int(q, 2), index);
}

/* A call that made a process, or made one another program. */
struct birth {
	int64_t pid, time;
	uint32_t thread, stack;
};

static int by_birth(const void *a, const void *b)
{
	const struct birth *x = a, *y = b;
	int order = compare(x->pid, y->pid);

	return order ? order : compare(x->time, y->time);
}

/* The last one of that pid before a time. */
static const struct birth *birth_before(const struct birth *birth, size_t count, int64_t pid,
					int64_t time)
{
	struct birth key = {pid, time, 0, 0};
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_birth(&birth[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && birth[low - 1].pid == pid ? &birth[low - 1] : NULL;
}

/* Without the call, by the process it came from. */
static void bear(struct reader *r, const struct process_fact *p, const struct birth *b)
{
	struct history_thread *t = &r->history->thread[p->first];
	const struct process_fact *from = process_of(r, p->parent);

	if (b && b->thread != p->first) {
		t->parent = b->thread;
		t->created = b->time;
		if (!p->execed)
			t->stack = b->stack;
	} else if (from && from->first != p->first) {
		t->parent = from->first;
	}
}

static int read_births(struct reader *r)
{
	struct query *q =
	    store_query(r->store, "SELECT pid, time_ns, thread, stack FROM graph_birth");
	struct birth *birth = NULL;
	size_t count = 0, room = 0;
	int result;

	while (query_step(q)) {
		uint32_t thread = index_of(&r->thread, query_int(q, 2));
		if (thread == NOBODY)
			continue;
		if (count == room) {
			room = room ? 2 * room : 16;
			birth = memory_grow(birth, room, sizeof(*birth));
		}
		birth[count++] = (struct birth){query_int(q, 0), query_int(q, 1), thread,
						(uint32_t)query_int(q, 3)};
	}
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	if (count)
		qsort(birth, count, sizeof(*birth), by_birth);
	for (size_t i = 0; i < r->processes; i++) {
		const struct process_fact *p = &r->process[i];
		if (p->first != NOBODY && r->history->thread[p->first].parent == NOBODY)
			bear(r, p, birth_before(birth, count, p->pid, p->begin));
	}
	free(birth);
	return result;
}

/* Those that run the same routine and were made in one place. */
static void group_threads(struct reader *r)
{
	struct history *h = r->history;
	struct hash seen;

	hash_init(&seen, sizeof(uint32_t));
	for (uint32_t i = 0; i < h->threads; i++) {
		struct history_thread *t = &h->thread[i];
		uint32_t *first;
		bool fresh;
		if (!t->routine && !t->stack)
			continue;
		first = hash_put(&seen, (uint64_t)t->routine, t->stack, &fresh);
		if (fresh)
			*first = i;
		t->group = *first;
	}
	hash_free(&seen);
}

int read_threads(struct reader *r)
{
	struct query *q;
	size_t room = 0;
	int result = read_processes(r);

	if (result)
		return result;
	q = store_query(r->store, threads_sql);
	while (query_step(q))
		add_thread(r, q, &room);
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	if (r->handles)
		qsort(r->handle, r->handles, sizeof(*r->handle), by_handle);
	for (size_t i = 0; i < r->history->threads; i++) {
		struct history_thread *t = &r->history->thread[i];
		t->parent = t->parent == NOBODY ? NOBODY : index_of(&r->thread, t->parent);
	}
	if (!result)
		result = read_births(r);
	group_threads(r);
	return result;
}
