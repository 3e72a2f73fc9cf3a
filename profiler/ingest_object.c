#include "profiler/ingest_state.h"
#include "profiler/text.h"

#define ENTRIES_MAX (1u << 18) /* entries kept in memory, of each kind */
#define FORGET_AFTER 2	       /* ticks: other threads' records of it may still come */

static uint64_t place_of(uint32_t process, uint32_t generation)
{
	return (uint64_t)process << 32 | generation;
}

static int64_t object_row(struct ingest *in, uint32_t process, uint64_t address,
			  uint32_t generation, unsigned hook)
{
	struct query *q = SQL(in, OBJECT_ADD, process, (int64_t)address, generation);

	query_bind_text(q, 4, hook_get(hook)->family_name);
	query_run(q);
	if (store_changes(in->store))
		return store_last_id(in->store);
	return sql_value(SQL(in, OBJECT_FIND, process, (int64_t)address, generation));
}

/* It was first met in a record of no function. */
static void object_set_family(struct ingest *in, struct object_entry *e, unsigned hook)
{
	struct query *q = SQL(in, OBJECT_FAMILY, e->id);

	query_bind_text(q, 2, hook_get(hook)->family_name);
	query_run(q);
	e->family = hook_get(hook)->family;
}

struct object_entry *object_get(struct ingest *in, uint32_t process, uint64_t address,
				uint32_t generation, unsigned hook)
{
	bool fresh;
	struct object_entry *e =
	    hash_put(&in->objects, address, place_of(process, generation), &fresh);

	if (fresh) {
		*e = (struct object_entry){.id = object_row(in, process, address, generation, hook),
					   .blame = {address, process},
					   .family = hook_get(hook)->family};
		in->count.locks++;
	} else if (__builtin_expect(!e->family && hook, 0)) {
		object_set_family(in, e, hook);
	}
	return e;
}

int64_t object_id(struct ingest *in, uint32_t process, uint64_t address, uint32_t generation,
		  unsigned hook)
{
	return object_get(in, process, address, generation, hook)->id;
}

/* Programs that make locks without end come by the same few places. */
static void call_site(struct ingest *in, int64_t code, int64_t stack)
{
	bool fresh;

	hash_put(&in->sites, (uint64_t)code, (uint64_t)stack, &fresh);
	if (fresh)
		SQL_RUN(in, CALL_SITE, code, stack);
}

void object_site(struct ingest *in, const struct writer *w, const struct log_site *r)
{
	int64_t id = object_id(in, w->process, r->object, r->generation, r->head.hook);
	int64_t code = r->caller ? code_id(in, w->image, r->caller) : STORE_NULL;
	int64_t stack = stack_id(in, w->image, r->stack);

	SQL_RUN(in, OBJECT_SITE, id, r->attributes, code, stack, ingest_time(in, r->time));
	if (!r->stack)
		return;
	if (hook_get(r->head.hook)->family == FAMILY_io)
		SQL_RUN(in, CHANNEL_SITE, id, r->head.hook, stack);
	if (r->caller)
		call_site(in, code, stack);
}

/* The lock row of an object that we see from its begin; its object row comes with its first use. */
void object_init(struct ingest *in, const struct writer *w, const struct log_init *r)
{
	struct query *q =
	    SQL(in, LOCK_INIT, w->process, (int64_t)r->object, r->generation, 0, r->attributes,
		stack_id(in, w->image, r->stack), ingest_time(in, r->time));

	query_bind_text(q, 4, hook_get(r->head.hook)->family_name);
	query_run(q);
	if (!(r->attributes & OBJECT_SHARED))
		blame_forget(in->blame, (uint64_t[]){r->object, w->process});
}

void object_destroy(struct ingest *in, const struct writer *w, const struct log_destroy *r)
{
	SQL_RUN(in, LOCK_DESTROY, w->process, (int64_t)r->object, r->generation,
		ingest_time(in, r->time));
	if (in->destroyed_count == in->destroyed_room) {
		in->destroyed_room = in->destroyed_room ? 2 * in->destroyed_room : 256;
		in->destroyed =
		    memory_grow(in->destroyed, in->destroyed_room, sizeof(*in->destroyed));
	}
	in->destroyed[in->destroyed_count].address = r->object;
	in->destroyed[in->destroyed_count].place = place_of(w->process, r->generation);
	in->destroyed[in->destroyed_count++].tick = in->tick_number;
}

/* Releases in one process then explain waits in another. The top bit keeps names of shared locks
 * apart from those of addresses. */
void object_shared(struct ingest *in, const struct writer *w, const struct log_shared *r)
{
	struct object_entry *e = object_get(in, w->process, r->object, r->generation, r->head.hook);
	struct query *q = SQL(in, OBJECT_SHARED, e->id, (int64_t)r->device, (int64_t)r->inode,
			      (int64_t)r->offset);

	query_bind_text(q, 5, r->path);
	query_run(q);
	blame_join(in->blame, e->blame,
		   (uint64_t[]){r->inode ^ r->device << 40, r->offset | 1ull << 63});
}

void objects_forget(struct ingest *in)
{
	size_t i = in->destroyed_first;

	for (; i < in->destroyed_count && in->destroyed[i].tick + FORGET_AFTER <= in->tick_number;
	     i++)
		hash_remove(&in->objects, in->destroyed[i].address, in->destroyed[i].place);
	in->destroyed_first = i;
	if (i == in->destroyed_count)
		in->destroyed_first = in->destroyed_count = 0;
	if (in->objects.count > ENTRIES_MAX)
		hash_clear(&in->objects);
	if (in->codes.count > ENTRIES_MAX)
		hash_clear(&in->codes);
	if (in->sites.count > ENTRIES_MAX)
		hash_clear(&in->sites);
	if (in->stacks.count > ENTRIES_MAX)
		hash_clear(&in->stacks);
}
