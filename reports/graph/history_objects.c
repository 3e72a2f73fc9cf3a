/* Locks, the objects that stand for them, and their sums. */
#include "reports/graph/history_read.h"

static int read_locks(struct reader *r)
{
	struct query *q = store_query(
	    r->store,
	    "SELECT lock, name, family, use, leader, init_ns FROM graph_lock ORDER BY lock");
	struct history *h = r->history;
	int result;

	while (query_step(q)) {
		struct history_object *o =
		    history_add_object(h, history_family(query_text(q, 2)), query_text(q, 1));
		o->lock = query_int(q, 0);
		o->use = history_use(query_text(q, 3));
		o->leader = query_int(q, 4);
		o->init = query_int(q, 5);
		index_put(&r->lock, o->lock, (uint32_t)h->objects - 1);
	}
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	for (uint32_t i = 0; i < h->objects; i++) {
		uint32_t leader = index_of(&r->lock, h->object[i].leader);
		h->object[i].group = leader == NOBODY ? i : leader;
	}
	return result;
}

/* Several objects are one lock. One of no lock, as sleeping is, has a family and no more. */
static uint32_t object_index(struct reader *r, int64_t lock, enum history_family family)
{
	uint32_t index = lock ? index_of(&r->lock, lock) : NOTHING;

	if (index != NOTHING)
		return index;
	if (r->alone[family] == NOTHING) {
		history_add_object(r->history, family, history_family_names[family]);
		r->alone[family] = (uint32_t)r->history->objects - 1;
	}
	return r->alone[family];
}

static int read_all_objects(struct reader *r)
{
	struct query *q = store_query(
	    r->store, "SELECT object, process, address, family, lock FROM graph_object");
	int result;

	for (int f = 0; f < HISTORY_FAMILY_COUNT; f++)
		r->alone[f] = NOTHING;
	while (query_step(q)) {
		enum history_family family = history_family(query_text(q, 3));
		uint32_t index = object_index(r, query_int(q, 4), family);
		int64_t process = query_int(q, 1), address = query_int(q, 2);
		bool fresh;
		index_put(&r->object, query_int(q, 0), index);
		if (family == HISTORY_mutex && (address | process))
			*(uint32_t *)hash_put(&r->mutex, (uint64_t)address, (uint64_t)process,
					      &fresh) = index;
	}
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static int read_tallies(struct reader *r)
{
	struct query *q = store_query(
	    r->store,
	    "SELECT thread, lock, acquisitions, contended, hold_ns, wait_ns FROM graph_tally");
	struct history *h = r->history;
	int result;

	while (query_step(q)) {
		uint32_t thread = index_of(&r->thread, query_int(q, 0));
		uint32_t object = index_of(&r->lock, query_int(q, 1));
		struct history_tally tally = {thread,	       object,		query_int(q, 2),
					      query_int(q, 3), query_int(q, 4), query_int(q, 5)};
		if (object == NOTHING)
			continue;
		h->object[object].acquisitions += tally.acquisitions;
		h->object[object].contended += tally.contended;
		h->object[object].hold_ns += tally.hold_ns;
		h->object[object].wait_ns += tally.wait_ns;
		if (thread != NOBODY)
			*history_add_tally(h) = tally;
	}
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

int read_objects(struct reader *r)
{
	int result = read_locks(r);

	if (!result)
		result = read_all_objects(r);
	return result ? result : read_tallies(r);
}
