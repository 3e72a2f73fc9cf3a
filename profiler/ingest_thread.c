#include "profiler/ingest_state.h"

#define GONE_MANY 4096 /* entries of threads that are gone, before they are cleaned up */

static struct thread_entry *thread_add(struct ingest *in, uint32_t process, uint32_t tid,
				       struct thread_entry *e)
{
	bool fresh;

	process_get(in, process);
	SQL_RUN(in, THREAD_ADD, process, tid);
	*e = (struct thread_entry){.id = store_last_id(in->store)};
	*(uint32_t *)hash_put(&in->tids, tid, 0, &fresh) = process;
	in->count.threads++;
	return e;
}

static struct thread_entry *thread_entry(struct ingest *in, uint32_t process, uint32_t tid)
{
	bool fresh;
	struct thread_entry *e = hash_put(&in->threads, tid, process, &fresh);

	return fresh ? thread_add(in, process, tid, e) : e;
}

int64_t thread_get(struct ingest *in, uint32_t process, uint32_t tid)
{
	return thread_entry(in, process, tid)->id;
}

int64_t thread_known(struct ingest *in, uint32_t process, uint32_t tid)
{
	const struct thread_entry *e = tid ? hash_get(&in->threads, tid, process) : NULL;
	const uint32_t *other; /* process of the newest thread of that tid */

	if (e)
		return e->id;
	other = tid ? hash_get(&in->tids, tid, 0) : NULL;
	e = other ? hash_get(&in->threads, tid, *other) : NULL;
	return e && !e->ended ? e->id : STORE_NULL;
}

/* A tid that starts again is another thread. */
void thread_started(struct ingest *in, struct writer *w, const struct log_thread_start *r)
{
	uint32_t tid = r->tid ? r->tid : w->tid;
	struct thread_entry *e = thread_entry(in, w->process, tid);
	int64_t id, routine;

	if (e->started || e->ended)
		e = thread_add(in, w->process, tid, e);
	e->started = true;
	id = w->thread = e->id;
	w->tid = tid;
	routine = r->routine ? code_id(in, w->image, r->routine) : STORE_NULL;
	SQL_RUN(in, THREAD_START, id, ingest_time(in, r->time),
		thread_known(in, w->process, r->parent), routine, stack_id(in, w->image, r->stack),
		(int64_t)r->handle, r->created ? ingest_time(in, r->created) : STORE_NULL);
}

void thread_named(struct ingest *in, const struct writer *w, const struct log_thread_name *r)
{
	struct query *q =
	    SQL(in, THREAD_NAME, r->tid ? thread_get(in, w->process, r->tid) : w->thread, r->from);

	query_bind_text(q, 3, r->name);
	query_run(q);
}

void thread_ended(struct ingest *in, const struct writer *w, const struct log_thread_end *r)
{
	static const char *const how[] = {
	    [END_RETURN] = "return", [END_EXIT_OR_CANCEL] = "exit", [END_PROCESS] = "process"};
	struct query *q = SQL(in, THREAD_END, w->thread, ingest_time(in, r->time),
			      (int64_t)r->cpu_ns, r->voluntary, r->involuntary);

	query_bind_text(q, 6, r->how <= END_PROCESS ? how[r->how] : NULL);
	query_bind_text(q, 7, r->name);
	query_run(q);
	thread_entry(in, w->process, w->tid)->ended = true;
}

void thread_gone(struct ingest *in, const struct thread_block *t)
{
	struct thread_entry *e = thread_entry(in, t->head.process, t->head.tid);

	SQL_RUN(in, THREAD_GONE, e->id, (int64_t)t->records, (int64_t)t->dropped,
		(int64_t)t->untabled);
	if (!e->gone)
		in->threads_gone++;
	e->gone = e->ended = true;
}

void threads_forget(struct ingest *in)
{
	struct hash kept;
	struct thread_entry *e;
	uint64_t key[2];
	size_t place = 0;
	bool fresh;

	if (in->threads_gone < GONE_MANY || in->threads_gone * 2 < in->threads.count)
		return;
	hash_init(&kept, sizeof(struct thread_entry));
	while ((e = hash_next(&in->threads, &place, key))) {
		if (!e->gone)
			*(struct thread_entry *)hash_put(&kept, key[0], key[1], &fresh) = *e;
		else
			hash_remove(&in->tids, key[0], 0);
	}
	hash_free(&in->threads);
	in->threads = kept;
	in->threads_gone = 0;
}
