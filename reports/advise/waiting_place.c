#include "reports/advise/waiting_place.h"
#include "profiler/store.h"
#include "reports/unit.h"
#include <stdlib.h>
#include <string.h>

static char *copy_of(const struct text *t)
{
	return t->length ? memory_copy(t->data) : NULL;
}

/* Sockets have addresses: their own, then the other end's. */
static void add_channel(struct text *out, const char *kind, const char *address)
{
	bool socket = !strcmp(kind, "tcp") || !strcmp(kind, "udp") || !strcmp(kind, "unix");
	const char *other = address ? strchr(address, ' ') : NULL;
	if (other && other[1])
		text_format(out, "%s %s", kind, other + 1);
	else
		text_format(out, "a %s%s", kind, socket ? " socket" : "");
}

/* What has a name of its own, or the other end of which is known. Calls are called as what they
 * are, and children as a whole. */
static int read_object(struct waiting_place *p, struct store *store, const struct history_object *o)
{
	struct text words = {0};
	struct query *q =
	    store_query(store, "SELECT kind, address FROM io_channel WHERE lock = ? AND kind IS "
			       "NOT NULL");
	query_bind_int(q, 1, o->lock);
	if (query_step(q))
		add_channel(&words, query_text(q, 0), query_text(q, 1));
	else if (o->family != HISTORY_io && o->family != HISTORY_timer &&
		 o->family != HISTORY_child)
		text_add(&words, o->name);
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	p->object = copy_of(&words);
	text_free(&words);
	return result;
}

static int read_call(struct waiting_place *p, struct store *store, const struct history_object *o,
		     uint32_t stack)
{
	struct query *q = store_query(store, "SELECT call FROM group_waiter WHERE leader = ? AND "
					     "stack = ? ORDER BY wait_ns DESC LIMIT 1");
	query_bind_int(q, 1, o->leader ? o->leader : o->lock);
	query_bind_int(q, 2, stack);
	if (query_step(q))
		p->call = memory_copy(query_text(q, 0));
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static int read_site(struct waiting_place *p, struct store *store, uint32_t stack)
{
	struct query *q = store_query(
	    store, "SELECT function, file || coalesce(':' || line, '') FROM stack_site WHERE stack "
		   "= ? AND NOT runtime");
	query_bind_int(q, 1, stack);
	if (query_step(q)) {
		p->function = memory_copy(query_text(q, 0));
		p->where = memory_copy(query_text(q, 1));
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

int waiting_place_process(struct waiting_place *p, struct store *store, uint32_t process,
			  bool first)
{
	struct query *q = store_query(store, "SELECT l.label, p.origin = 'unwatched' FROM "
					     "process_label l JOIN process_summary p ON p.process "
					     "= l.process WHERE l.process = ?");
	query_bind_int(q, 1, process);
	if (query_step(q)) {
		p->unwatched = query_int(q, 1);
		if (!first || p->unwatched)
			p->process = memory_copy(query_text(q, 0));
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

int waiting_place_read(struct waiting_place *p, struct store *store, const struct history *h,
		       const struct waiting_at *at)
{
	*p = (struct waiting_place){.call = NULL};
	int result = 0;
	if (at->thread == NOBODY || at->object == NOTHING)
		return 0;
	const struct history_object *o = &h->object[at->object];
	if (o->lock)
		result = read_object(p, store, o) || read_call(p, store, o, at->stack);
	if (!result && at->stack)
		result = read_site(p, store, at->stack);
	return result ? -1 : 0;
}

void waiting_place_free(struct waiting_place *p)
{
	free(p->call);
	free(p->object);
	free(p->function);
	free(p->where);
	free(p->process);
	*p = (struct waiting_place){.call = NULL};
}

void waiting_place_say(struct text *out, const struct waiting_place *p)
{
	size_t begin = out->length;
	if (p->call)
		text_add(out, p->call);
	if (p->call && p->object)
		text_format(out, " of %s", p->object);
	if (p->function)
		text_format(out, "%s%s", out->length > begin ? " in " : "", p->function);
	if (p->function && p->where) {
		text_add(out, ", ");
		print_place(out, p->where);
	}
	if (p->process)
		text_format(out, "%s%s %s%s", out->length > begin ? ", " : "",
			    p->behind ? "for" : "by", p->process,
			    p->unwatched ? ", which no hook can watch" : "");
}
