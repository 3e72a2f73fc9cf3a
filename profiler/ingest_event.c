#include <string.h>

#include "profiler/ingest_state.h"

/*
 * From records to rows, made from events.def: row_NAME_fill() converts each stored event field by
 * field, by the field's type.
 */
#define FILL_TIME(n) v->n = ingest_time(in, r->n);
#define FILL_OBJECT(n) v->n = object_id(in, w->process, r->n, r->generation, r->head.hook);
#define FILL_GEN(n)
#define FILL_STACK(n) v->n = stack_id(in, w->image, r->n);
#define FILL_CODE(n) v->n = (int64_t)r->n;
#define FILL_TID(n) v->n = thread_known(in, w->process, r->n);
#define FILL_U64(n) v->n = (int64_t)r->n;
#define FILL_U32(n) v->n = r->n;
#define FILL_I32(n) v->n = r->n;
#define FILL_TEXT(n) text = r->n;
#define FILL_CODES(n)

#define FILL_state(NAME, name, fields)
#define FILL_row(NAME, name, fields)                                                               \
	static struct row_##name *row_##name##_fill(struct ingest *in, const struct writer *w,     \
						    const struct log_##name *r)                    \
	{                                                                                          \
		struct store_rows *rows = rows_of(in, EVENT_##NAME, sizeof(struct row_##name));    \
		struct row_##name *v = (struct row_##name *)store_rows_next(rows);                 \
		const char *text = NULL;                                                           \
                                                                                                   \
		v->process = w->process;                                                           \
		v->thread = w->thread;                                                             \
		v->hook = r->head.hook < hook_count ? r->head.hook : 0;                            \
		v->weight = r->head.weight ? r->head.weight : 1;                                   \
		fields if (text) store_rows_text(rows, text);                                      \
		return v;                                                                          \
	}
#define FIELD(type, name, doc) FILL_##type(name)

static struct store_rows *rows_of(struct ingest *in, unsigned event, size_t row_size)
{
	const struct event_fact *e;

	if (__builtin_expect(!in->rows[event], 0)) {
		e = event_fact(event);
		in->rows[event] =
		    store_rows_open(in->store, e->name, (int)(row_size / 8), event_has_text(e));
	}
	return in->rows[event];
}

#define EVENT(number, NAME, name, keep, doc, fields) FILL_##keep(NAME, name, fields)
#include "collectors/events.def"
#undef EVENT
#undef FIELD

static void blame_a_wait(struct ingest *in, const struct writer *w, const struct log_wait *r,
			 const struct row_wait *v)
{
	const struct object_entry *o =
	    object_get(in, w->process, r->object, r->generation, r->head.hook);
	struct blame_wait b = {.begin = v->begin,
			       .end = v->end,
			       .object = (uint32_t)v->object,
			       .stack = v->stack == STORE_NULL ? 0 : (uint32_t)v->stack,
			       .weight = (uint32_t)v->weight};

	if (!family_excludes(o->family))
		return;
	b.holder = v->holder == STORE_NULL ? -(int64_t)r->holder : v->holder;
	blame_wait(in->blame, o->blame, &b);
}

static void sample_record(struct ingest *in, const struct writer *w, const struct log_sample *r)
{
	struct store_rows **rows = &in->rows[EVENT_SAMPLE];
	int64_t *v;

	if (!*rows)
		*rows = store_rows_open(in->store, "thread_sample", 5, false);
	v = store_rows_next(*rows);
	v[0] = w->thread;
	v[1] = ingest_time(in, r->time);
	v[2] = stack_id(in, w->image, r->stack);
	v[3] = r->kernel != 0;
	v[4] = STORE_NULL;
}

static void wait_record(struct ingest *in, const struct writer *w, const struct log_wait *r)
{
	struct row_wait *v = row_wait_fill(in, w, r);

	if (v->end < v->begin) {
		ingest_odd(in, ODDITY_BACKWARDS, 1);
		v->end = v->begin;
	}
	in->count.waits++;
	sums_wait(in, v);
	if (in->wait_seen)
		in->wait_seen(in->wait_seen_data, w->tid, v->begin, v->end);
	blame_a_wait(in, w, r, v);
}

static void release_record(struct ingest *in, const struct writer *w, const struct log_release *r)
{
	const struct row_release *v = row_release_fill(in, w, r);
	const struct object_entry *o =
	    object_get(in, w->process, r->object, r->generation, r->head.hook);
	struct blame_release b = {.acquired = v->acquired,
				  .released = v->released,
				  .thread = (uint32_t)v->thread,
				  .stack = v->stack == STORE_NULL ? 0 : (uint32_t)v->stack};

	if (family_excludes(o->family))
		blame_release(in->blame, o->blame, &b);
}

/* A TEXT field is used as a string: its NUL must lie in the record. */
static bool record_is_whole(const struct record *r, const struct event_fact *e)
{
	if (r->size < e->size)
		return false;
	return !event_has_text(e) ||
	       (r->size > e->size && memchr((const char *)r + e->size, 0, r->size - e->size));
}

/* Those that are stored as they are, but for waits and releases. False: it is none of them. */
static bool row_record(struct ingest *in, struct writer *w, const struct record *r)
{
	const void *p = r;

	switch (r->event) {
	case EVENT_WAKE:
		row_wake_fill(in, w, p);
		return true;
	case EVENT_POLL:
		row_poll_fill(in, w, p);
		return true;
	case EVENT_FORK:
		row_fork_fill(in, w, p);
		return true;
	case EVENT_EXEC:
		row_exec_fill(in, w, p);
		return true;
	case EVENT_NOTE:
		row_note_fill(in, w, p);
		return true;
	case EVENT_HOLD:
		row_hold_fill(in, w, p);
		return true;
	case EVENT_USAGE:
		row_usage_fill(in, w, p);
		return true;
	case EVENT_FAULTS:
		row_faults_fill(in, w, p);
		return true;
	case EVENT_THREAD_ARGUMENT:
		row_thread_argument_fill(in, w, p);
		return true;
	case EVENT_SAMPLE:
		sample_record(in, w, p);
		return true;
	case EVENT_CHANNEL:
		row_channel_end_fill(in, w, p);
		return true;
	}
	return false;
}

/* What the program said itself. */
static bool mark_record(struct ingest *in, struct writer *w, const struct record *r)
{
	const void *p = r;

	switch (r->event) {
	case EVENT_MARK:
		mark_named(in, w, p);
		return true;
	case EVENT_LOCK_NAME:
		row_lock_name_given_fill(in, w, p);
		return true;
	case EVENT_PROGRESS:
		row_progress_fill(in, w, p);
		return true;
	case EVENT_PHASE:
		row_phase_fill(in, w, p);
		return true;
	case EVENT_TASK:
		row_mark_task_fill(in, w, p);
		return true;
	}
	return false;
}

static bool object_record(struct ingest *in, struct writer *w, const struct record *r)
{
	const void *p = r;

	switch (r->event) {
	case EVENT_SITE:
		object_site(in, w, p);
		return true;
	case EVENT_INIT:
		object_init(in, w, p);
		return true;
	case EVENT_DESTROY:
		object_destroy(in, w, p);
		return true;
	case EVENT_SHARED:
		object_shared(in, w, p);
		return true;
	case EVENT_STACK:
		stack_frames(in, w, p);
		return true;
	case EVENT_PYTHON_CODE:
		python_code(in, w, p);
		return true;
	case EVENT_PYTHON_LINES:
		python_lines(in, p);
		return true;
	case EVENT_TALLY:
		tally_record(in, w, p);
		return true;
	}
	return false;
}

/* Of processes and threads. */
static void process_record(struct ingest *in, struct writer *w, const struct record *r)
{
	const void *p = r;

	switch (r->event) {
	case EVENT_MODULE:
		process_module(in, w, p);
		return;
	case EVENT_PROCESS:
		process_started(in, w, p);
		return;
	case EVENT_COMMAND:
		process_command(in, w, p);
		return;
	case EVENT_THREAD_START:
		thread_started(in, w, p);
		return;
	case EVENT_THREAD_NAME:
		thread_named(in, w, p);
		return;
	case EVENT_THREAD_END:
		thread_ended(in, w, p);
		return;
	case EVENT_CHILD_EXIT:
		process_child_exit(in, p);
		return;
	case EVENT_PROCESS_END:
		process_end(in, w, p);
		return;
	}
}

void event_record(struct ingest *in, struct writer *w, const struct record *r)
{
	const struct event_fact *e;

	if (r->event == EVENT_WAIT && r->size >= sizeof(struct log_wait)) {
		wait_record(in, w, (const void *)r);
		return;
	}
	if (r->event == EVENT_RELEASE && r->size >= sizeof(struct log_release)) {
		release_record(in, w, (const void *)r);
		return;
	}
	e = event_fact(r->event);
	if (!e)
		ingest_odd(in, ODDITY_UNKNOWN_EVENT, 1);
	else if (!record_is_whole(r, e))
		ingest_odd(in, ODDITY_BAD_RECORD, 1);
	else if (!row_record(in, w, r) && !object_record(in, w, r) && !mark_record(in, w, r))
		process_record(in, w, r);
}

void events_flush(struct ingest *in)
{
	in->count.rows_lost = 0;
	for (unsigned i = 0; i < EVENT_LIMIT; i++) {
		if (!in->rows[i])
			continue;
		store_rows_flush(in->rows[i]);
		in->count.rows_lost += store_rows_lost(in->rows[i]);
	}
}
