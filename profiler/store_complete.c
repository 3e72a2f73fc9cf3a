/*
 * Tables and views that came after a recording was made. SCHEMA_VERSION is raised only when what is
 * there changes its meaning; what is merely new is put beside an older recording, empty and for as
 * long as it is open, so that each query of this version runs on it.
 */
#include "profiler/schema.h"
#include "profiler/store_internal.h"
#include "profiler/text.h"
#include <string.h>

struct wanted {
	sqlite3 *db; /* an empty recording as this version makes it, in memory */
	sqlite3_stmt *rows;
};

static bool want(struct wanted *w)
{
	struct text sql = {0};
	*w = (struct wanted){0};
	schema_write(&sql);
	bool fine = sqlite3_open(":memory:", &w->db) == SQLITE_OK &&
		    sqlite3_exec(w->db, text_string(&sql), NULL, NULL, NULL) == SQLITE_OK &&
		    sqlite3_prepare_v2(w->db,
				       "SELECT name, sql, type = 'view' FROM sqlite_schema"
				       " WHERE type IN ('table', 'view') ORDER BY rowid",
				       -1, &w->rows, NULL) == SQLITE_OK;
	text_free(&sql);
	return fine;
}

/* "CREATE TABLE x …" as "CREATE TEMP TABLE x …". */
static void add_temporary(struct text *sql, const char *create)
{
	const char *rest = create + strlen("CREATE");
	text_format(sql, "CREATE TEMP%s;\n", rest);
}

/* Does the recording have it, and if it is a view: this one? */
static bool has(sqlite3_stmt *find, const char *name, const char *create, bool view)
{
	sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
	bool found = sqlite3_step(find) == SQLITE_ROW;
	if (found && view) {
		const char *there = (const char *)sqlite3_column_text(find, 0);
		found = there && !strcmp(there, create);
	}
	sqlite3_reset(find);
	return found;
}

/* All views anew as soon as one differs: a view of the recording cannot read a temporary one. */
static void complete_with(struct store *s, struct wanted *w, sqlite3_stmt *find)
{
	struct text tables = {0}, views = {0};
	bool lacks = false;
	while (sqlite3_step(w->rows) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(w->rows, 0);
		const char *create = (const char *)sqlite3_column_text(w->rows, 1);
		bool view = sqlite3_column_int(w->rows, 2), there = has(find, name, create, view);
		lacks |= !there;
		if (view || !there)
			add_temporary(view ? &views : &tables, create);
	}
	if (lacks)
		text_add(&tables, text_string(&views));
	if (lacks)
		store_exec(s, text_string(&tables));
	s->completed = lacks;
	text_free(&tables);
	text_free(&views);
}

/* A file that is damaged says so with the first query that wants it. */
void store_complete(struct store *s)
{
	struct wanted w;
	sqlite3_stmt *find = NULL;
	if (want(&w) &&
	    sqlite3_prepare_v2(s->db, "SELECT sql FROM main.sqlite_schema WHERE name = ?", -1,
			       &find, NULL) == SQLITE_OK)
		complete_with(s, &w, find);
	sqlite3_finalize(find);
	sqlite3_finalize(w.rows);
	sqlite3_close(w.db);
}
