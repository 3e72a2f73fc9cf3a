#include "profiler/ingest_state.h"

int64_t code_id(struct ingest *in, uint32_t image, uint64_t address)
{
	bool fresh;
	struct row_entry *e = hash_put(&in->codes, address, image, &fresh);

	if (!fresh)
		return e->id;
	SQL_RUN(in, CODE_ADD, image, (int64_t)address);
	if (store_changes(in->store))
		return e->id = store_last_id(in->store);
	return e->id = sql_value(SQL(in, CODE_FIND, image, (int64_t)address));
}

static struct row_entry *stack_get(struct ingest *in, uint32_t image, uint64_t hash)
{
	bool fresh;
	struct row_entry *e = hash_put(&in->stacks, hash, image, &fresh);

	if (!fresh)
		return e;
	SQL_RUN(in, STACK_ADD, image, (int64_t)hash);
	if (store_changes(in->store)) {
		e->id = store_last_id(in->store);
	} else {
		struct query *q = SQL(in, STACK_FIND, image, (int64_t)hash);
		if (query_step(q)) {
			e->id = query_int(q, 0);
			e->complete = query_int(q, 1);
		}
		query_reset(q);
	}
	return e;
}

int64_t stack_id(struct ingest *in, uint32_t image, uint64_t hash)
{
	return hash ? stack_get(in, image, hash)->id : STORE_NULL;
}

static void frames_add(struct ingest *in, int64_t stack, uint32_t image, const uint64_t *frame,
		       size_t depth)
{
	int64_t value[2 + FRAMES_AT_ONCE] = {stack};

	for (size_t first = 0; first < depth; first += FRAMES_AT_ONCE) {
		value[1] = (int64_t)first;
		for (size_t i = 0; i < FRAMES_AT_ONCE; i++)
			value[2 + i] =
			    first + i < depth ? code_id(in, image, frame[first + i]) : STORE_NULL;
		query_run(sql_bind(in, SQL_FRAMES_ADD, value, 2 + FRAMES_AT_ONCE));
	}
}

/* Writes the frames unless they are there. */
static int64_t stack_fill(struct ingest *in, uint32_t image, uint64_t hash, const uint64_t *frame,
			  size_t depth, bool cut)
{
	struct row_entry *e = stack_get(in, image, hash);
	int64_t id = e->id;

	if (e->complete || !depth)
		return id;
	e->complete = true;
	SQL_RUN(in, STACK_FRAMES, id, (int64_t)depth, cut);
	frames_add(in, id, image, frame, depth);
	return id;
}

int64_t stack_add(struct ingest *in, uint32_t image, uint64_t hash, const uint64_t *frame,
		  size_t depth)
{
	return stack_fill(in, image, hash, frame, depth, depth >= STACK_DEPTH_MAX);
}

void stack_frames(struct ingest *in, const struct writer *w, const struct log_stack_frames *r)
{
	size_t room = (r->head.size - sizeof(*r)) / sizeof(r->frames[0]);

	if (r->stack)
		stack_fill(in, w->image, r->stack, r->frames, r->depth < room ? r->depth : room,
			   r->cut != 0);
}
