#include <math.h>

#include "profiler/ingest_state.h"
#include "profiler/thread_table.h"

#define SEGMENTS_MAX 1024 /* of one thread: a damaged one may lead in circles */

static const char *const kinds[MARK_KIND_COUNT] = {
#define KIND_NAME(name) [MARK_##name] = #name,
    MARK_KINDS(KIND_NAME)
#undef KIND_NAME
};

void mark_named(struct ingest *in, const struct writer *w, const struct log_mark *r)
{
	struct query *q = SQL(in, MARK_NAME, w->process, (int64_t)r->name);

	query_bind_text(q, 3, r->text);
	query_run(q);
}

static int64_t ns(const struct ingest *in, uint64_t ticks)
{
	return (int64_t)((double)ticks * clockmap_rate(&in->clock));
}

static void use_add(struct ingest *in, const struct writer *w, const struct mark_use *u)
{
	double rate = clockmap_rate(&in->clock), squares = u->task_squares * rate * rate;
	const int64_t row[] = {w->thread,
			       (int64_t)u->name,
			       u->code ? code_id(in, w->image, u->code) : 0,
			       (int64_t)u->count,
			       ns(in, u->ticks),
			       ns(in, u->ticks_max),
			       (int64_t)u->tasks,
			       ns(in, u->task_ticks),
			       ns(in, u->task_ticks_max),
			       ns(in, u->lock_ticks)};
	const int columns = sizeof(row) / sizeof(row[0]);
	struct query *q = sql_bind(in, in->live ? SQL_MARK_LIVE : SQL_MARK_ADD, row, columns);

	query_bind_double(q, columns + 1, isfinite(squares) ? squares : 0); /* damaged */
	query_bind_text(q, columns + 2, kinds[u->kind]);
	query_run(q);
}

void mark_table(struct ingest *in, const struct writer *w, const struct thread_block *t,
		const void *arena, uint64_t arena_size)
{
	uint32_t ref = __atomic_load_n(&t->marks, __ATOMIC_ACQUIRE);

	for (int segments = 0; ref; segments++) {
		const struct marks *m = arena_checked(arena, arena_size, ref, sizeof(*m));
		if (!m || segments == SEGMENTS_MAX) {
			ingest_odd(in, ODDITY_BAD_TABLE, 1);
			return;
		}
		for (unsigned i = 0; i < MARKS_PER_SEGMENT; i++) {
			uint32_t kind = __atomic_load_n(&m->use[i].kind, __ATOMIC_ACQUIRE);
			struct mark_use u = m->use[i];
			u.kind = kind;
			if (kind && kind < MARK_KIND_COUNT)
				use_add(in, w, &u);
		}
		ref = __atomic_load_n(&m->next, __ATOMIC_ACQUIRE);
	}
}
