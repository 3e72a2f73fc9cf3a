#include "profiler/schema.h"

#include <string.h>

#include "profiler/embedded.h"
#include "profiler/hook.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"

#define FIELD(type, name, doc) {FIELD_##type, #name, doc},
#define EVENT(number, NAME, name, keep, doc, fields)                                               \
	static const struct field_fact fields_##name[] = {fields{0, NULL, NULL}};
#include "collectors/events.def"
#undef EVENT
#undef FIELD

#define EVENT(number, NAME, name, keep, doc, fields)                                               \
	{number, #name, doc, #keep[0] == 'r', sizeof(struct log_##name), fields_##name},
const struct event_fact event_facts[] = {
#include "collectors/events.def"
    {0}};
#undef EVENT

const struct event_fact *event_fact(unsigned number)
{
	static const struct event_fact *by_number[EVENT_LIMIT];

	if (!by_number[EVENT_WAIT])
		for (const struct event_fact *e = event_facts; e->name; e++)
			by_number[e->number] = e;
	return number < EVENT_LIMIT ? by_number[number] : NULL;
}

bool event_has_text(const struct event_fact *e)
{
	for (const struct field_fact *f = e->fields; f->name; f++)
		if (f->type == FIELD_TEXT)
			return true;
	return false;
}

static const struct {
	const char *type, *unit;
} columns[] = {
    [FIELD_TIME] = {"INTEGER", "ns"},
    [FIELD_OBJECT] = {"INTEGER REFERENCES object", ""},
    [FIELD_STACK] = {"INTEGER REFERENCES stack", ""},
    [FIELD_CODE] = {"INTEGER", "address"},
    [FIELD_TID] = {"INTEGER REFERENCES thread", ""},
    [FIELD_U64] = {"INTEGER", ""},
    [FIELD_U32] = {"INTEGER", ""},
    [FIELD_I32] = {"INTEGER", ""},
    [FIELD_TEXT] = {"TEXT", ""},
    [FIELD_CODES] = {NULL, ""},
};

/* The comma of a column stands before the comment of the one ahead of it. */
static void column_write(struct text *sql, struct text *comment, const struct field_fact *f)
{
	const char *unit = columns[f->type].unit;

	if (!columns[f->type].type)
		return;
	text_format(sql, ", -- %s\n\t\"%s\" %s", text_string(comment), f->name,
		    columns[f->type].type);
	text_clear(comment);
	text_format(comment, "%s%s%s", unit, *unit && *f->doc ? ": " : "", f->doc);
}

static void table_write(struct text *sql, const struct event_fact *e)
{
	struct text comment = {0};

	text_format(sql,
		    "-- %s\nCREATE TABLE \"%s\" (process INTEGER NOT NULL REFERENCES process,\n"
		    "\tthread INTEGER NOT NULL REFERENCES thread,\n"
		    "\thook INTEGER NOT NULL REFERENCES hook,\n"
		    "\tweight INTEGER NOT NULL",
		    e->doc, e->name);
	text_add(&comment, "stands for this many events");
	for (const struct field_fact *f = e->fields; f->name; f++)
		column_write(sql, &comment, f);
	text_format(sql, ") STRICT; -- %s\n", text_string(&comment));
	text_free(&comment);
}

void schema_write(struct text *sql)
{
	text_format(sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;BEGIN;",
		    SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	text_add(sql, embedded_text("profiler/schema.sql"));
	for (const struct event_fact *e = event_facts; e->name; e++)
		if (e->stored)
			table_write(sql, e);
	text_add(sql, embedded_text("profiler/views.sql"));
	text_add(sql, "COMMIT;");
}

int schema_fill(struct store *s)
{
	struct query *q = store_query(s, "INSERT INTO hook VALUES (?, ?, ?, ?, ?)");
	int result = q ? store_begin(s) : -1;

	for (unsigned i = 0; result == 0 && i < hook_count; i++) {
		query_bind_int(q, 1, i);
		query_bind_text(q, 2, hooks[i].name);
		query_bind_text(q, 3, hooks[i].kind_name);
		query_bind_text(q, 4, hooks[i].family_name);
		query_bind_text(q, 5, hooks[i].mode);
		result = query_run(q);
	}
	query_close(q);
	store_run_set_int(s, "schema_version", SCHEMA_VERSION);
	store_run_set_text(s, "tool_version", PARPROF_VERSION);
	store_run_set_int(s, "finished", 0);
	return result == 0 ? store_commit(s) : result;
}
