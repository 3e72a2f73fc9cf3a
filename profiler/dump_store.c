#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/dump.h"
#include "profiler/message.h"
#include "profiler/schema.h"
#include "profiler/store.h"
#include "profiler/text.h"

/* One row as name=value words; what is null is left out. */
static void print_row(struct query *q, int from)
{
	for (int c = from; c < query_column_count(q); c++)
		if (!query_is_null(q, c))
			printf(" %s=%s", query_column_name(q, c), query_text(q, c));
	putchar('\n');
}

static int print_table(struct store *s, const char *table)
{
	struct text sql = {0};
	struct query *q;
	int result;

	text_format(&sql, "SELECT * FROM \"%s\"", table);
	q = store_query(s, text_string(&sql));
	while (query_step(q)) {
		printf("%s", table);
		print_row(q, 0);
	}
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	text_free(&sql);
	return result;
}

/* Events have their own part. */
static bool is_event(const char *table)
{
	for (const struct event_fact *e = event_facts; e->name; e++)
		if (e->stored && strcmp(e->name, table) == 0)
			return true;
	return false;
}

static int print_tables(struct store *s)
{
	struct query *q = store_query(s, "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
					 "name NOT LIKE 'sqlite%' ORDER BY rowid");
	int result = 0;

	while (result == 0 && query_step(q))
		if (!is_event(query_text(q, 0)))
			result = print_table(s, query_text(q, 0));
	if (query_failed(q))
		result = -1;
	query_close(q);
	return result;
}

/* The last one: when the event was over. */
static const char *time_column(const struct event_fact *e)
{
	const char *name = "rowid";

	for (const struct field_fact *f = e->fields; f->name; f++)
		if (f->type == FIELD_TIME)
			name = f->name;
	return name;
}

/* Time, number of the event, rowid of all events in order of time. */
static struct query *events_by_time(struct store *s)
{
	struct text sql = {0};
	struct query *q;
	const char *between = "";

	for (const struct event_fact *e = event_facts; e->name; e++) {
		if (!e->stored)
			continue;
		text_format(&sql, "%sSELECT \"%s\" AS time, %u, rowid FROM \"%s\"", between,
			    time_column(e), e->number, e->name);
		between = " UNION ALL ";
	}
	text_add(&sql, " ORDER BY time");
	q = store_query(s, text_string(&sql));
	text_free(&sql);
	return q;
}

static struct query *event_query(struct store *s, const struct event_fact *e)
{
	struct text sql = {0};
	struct query *q;

	text_format(&sql,
		    "SELECT p.pid, t.tid, t.name, h.name, e.* FROM \"%s\" e "
		    "JOIN process p ON p.id = e.process JOIN thread t ON t.id = e.thread "
		    "JOIN hook h ON h.id = e.hook WHERE e.rowid = ?1",
		    e->name);
	q = store_query(s, text_string(&sql));
	text_free(&sql);
	return q;
}

static void print_event(const struct event_fact *e, struct query *q, int64_t ns, int64_t row)
{
	const int first_field = 8; /* behind the four names, process, thread, hook, weight */

	query_bind_int(q, 1, row);
	if (query_step(q)) {
		printf("%4" PRId64 ".%09" PRId64 " %s:%s %s %s %s", ns / 1000000000,
		       ns % 1000000000, query_text(q, 0), query_text(q, 1),
		       query_is_null(q, 2) ? "-" : query_text(q, 2), e->name, query_text(q, 3));
		print_row(q, first_field);
	}
	query_reset(q);
}

static int print_events(struct store *s)
{
	struct query *order = events_by_time(s), *row[EVENT_LIMIT] = {0};
	int result;

	while (query_step(order)) {
		unsigned number = (unsigned)query_int(order, 1);
		if (!row[number])
			row[number] = event_query(s, event_fact(number));
		print_event(event_fact(number), row[number], query_int(order, 0),
			    query_int(order, 2));
	}
	result = query_failed(order) ? -1 : 0;
	query_close(order);
	for (unsigned i = 0; i < EVENT_LIMIT; i++)
		query_close(row[i]);
	return result;
}

int dump_store(const char *path, const char *table)
{
	struct store *s = store_open(path, STORE_READ | STORE_OLDER);
	int result;

	if (!s)
		return -1;
	if (table)
		result = print_table(s, table);
	else
		result = print_tables(s) == 0 ? print_events(s) : -1;
	store_close(s);
	return result;
}
