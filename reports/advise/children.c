#include "reports/advise/children.h"
#include "profiler/store.h"
#include "reports/unit.h"
#include <math.h>
#include <stdlib.h>

#define SHARED_MOST 0.1 /* of its life with others of that parent: it runs beside them */
#define LEAST 0.01	/* of an average one: shorter ones are not counted */

static int by_parent(const void *a, const void *b)
{
	const struct child *x = a, *y = b;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

/* Of child i of one parent's, sorted, its life beside others; before: the latest end of those that
 * began earlier. Children of one parent rarely overlap in more than one: the sum is an upper bound.
 */
static double shared_ns(const struct child *c, size_t count, size_t i, int64_t before)
{
	double shared = 0, life = (double)(c[i].end - c[i].begin);
	if (before > c[i].begin)
		shared += least((double)(before - c[i].begin), life);
	for (size_t k = i + 1; k < count && c[k].begin < c[i].end && shared < life; k++)
		shared += least((double)(c[k].end - c[k].begin), (double)(c[i].end - c[k].begin));
	return least(shared, life);
}

/* What a child added to the run, 0: it ran beside others. */
static double added_ns(const struct child *c, size_t count, size_t i, int64_t before)
{
	double life = (double)(c[i].end - c[i].begin), shared = shared_ns(c, count, i, before);
	return shared > SHARED_MOST * life ? 0 : fmax(0, life - shared - c[i].several);
}

static struct children one_parent(const struct child *c, size_t count)
{
	struct children sum = {.parent = c->parent};
	int64_t before = 0;
	double *added = memory_new(count + 1, sizeof(*added));
	for (size_t i = 0; i < count; i++) {
		added[i] = added_ns(c, count, i, before);
		before = c[i].end > before ? c[i].end : before;
		sum.ns += added[i];
		sum.longest = fmax(sum.longest, added[i]);
	}
	for (size_t i = 0; i < count; i++)
		sum.count += added[i] > 0 && added[i] >= LEAST * sum.ns / (double)count;
	free(added);
	return sum;
}

struct children children_of(struct child *child, size_t count)
{
	struct children best = {.parent = 0};
	qsort(child, count, sizeof(*child), by_parent);
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && child[i + n].parent == child[i].parent;)
			n++;
		struct children sum = one_parent(child + i, n);
		if (sum.count > 1 && sum.ns - sum.longest > best.ns - best.longest)
			best = sum;
	}
	return best;
}

/* Of the phases, in order of time, what lies between two times. */
static double within(const struct phase *p, size_t count, int64_t begin, int64_t end)
{
	size_t low = 0, high = count;
	double ns = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (p[middle].end <= begin)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && p[low].begin < end; low++) {
		int64_t from = p[low].begin > begin ? p[low].begin : begin;
		int64_t to = p[low].end < end ? p[low].end : end;
		ns += (double)(to - from);
	}
	return ns;
}

static int read_children(struct child **child, size_t *count, struct store *store)
{
	size_t room = 0;
	struct query *q =
	    store_query(store, "SELECT parent, begin_ns, end_ns FROM process_child WHERE "
			       "child NOT IN (SELECT process FROM process_fold)");
	while (query_step(q)) {
		if (*count == room) {
			room = room ? 2 * room : 64;
			*child = memory_grow(*child, room, sizeof(**child));
		}
		(*child)[(*count)++] =
		    (struct child){query_int(q, 0), query_int(q, 1), query_int(q, 2), 0};
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static int read_label(struct children *c, struct store *store)
{
	struct query *q = store_query(store, "SELECT label FROM process_label WHERE process = ?1 "
					     "AND ?1 <> (SELECT min(process) FROM process_label)");
	query_bind_int(q, 1, c->parent);
	if (query_step(q))
		c->label = memory_copy(query_text(q, 0));
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

int children_find(struct children *c, struct store *store, const struct alone *alone)
{
	struct child *child = NULL;
	size_t count = 0, several;
	*c = (struct children){.parent = 0};
	int result = read_children(&child, &count, store);
	if (!result && count > 1) {
		struct phase *phase = serial_counted(&alone->running, 2, INT64_MAX, &several);
		for (size_t i = 0; i < count; i++)
			child[i].several = within(phase, several, child[i].begin, child[i].end);
		free(phase);
		*c = children_of(child, count);
		result = c->parent ? read_label(c, store) : 0;
	}
	free(child);
	return result;
}

void children_free(struct children *c)
{
	free(c->label);
	*c = (struct children){.parent = 0};
}

double children_ceiling(const struct children *c, double wall)
{
	return wall / fmax(1, wall - c->ns + c->longest);
}

static bool are_much(const struct children *c, double wall)
{
	return c->parent && c->ns >= CHILDREN_MUCH * wall;
}

int children_write(const struct children *c, struct store *store, double wall)
{
	if (!c->parent)
		return 0;
	struct query *q =
	    store_query(store, "INSERT INTO reading_advice_children VALUES (?, ?, ?, ?, ?)");
	query_bind_int(q, 1, c->parent);
	query_bind_int(q, 2, (int64_t)c->count);
	query_bind_int(q, 3, (int64_t)c->ns);
	query_bind_int(q, 4, (int64_t)c->longest);
	query_bind_double(q, 5, children_ceiling(c, wall));
	int result = query_run(q);
	query_close(q);
	return result;
}

void children_say(struct text *out, const struct children *c, double wall)
{
	static const struct style plain = {.brief = true};
	if (!are_much(c, wall))
		return;
	if (c->label)
		text_format(out, " The %zu children of %s run one after the other: ", c->count,
			    c->label);
	else
		text_format(out, " Its %zu children run one after the other: ", c->count);
	print_ns(out, (int64_t)c->ns, &plain);
	text_add(out, " of the run.");
}

void children_change(struct text *out, const struct children *c, double wall)
{
	if (!are_much(c, wall))
		return;
	text_format(out,
		    "%sChildren that do not need each other could run at once (as with make -j or "
		    "xargs -P): all of them, on as many cores, would make it %.3gx as fast.",
		    out->length ? " " : "", children_ceiling(c, wall));
}
