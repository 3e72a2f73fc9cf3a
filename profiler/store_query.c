#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/message.h"
#include "profiler/store_internal.h"
#include "profiler/text.h"

static bool is_blank(const char *sql)
{
	return !sql[strspn(sql, " \t\r\n;")];
}

struct query *store_query(struct store *s, const char *sql)
{
	struct query *q;
	const char *rest = NULL;
	sqlite3_stmt *statement = NULL;
	int code;

	if (s->failed && s->writing)
		return NULL;
	code = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest);
	if (code != SQLITE_OK) {
		store_problem(s, code, sql);
		return NULL;
	}
	if (!statement || !is_blank(rest)) {
		error("%s: %s statement in this query: %.300s", s->path,
		      statement ? "there is more than one" : "there is no", sql);
		sqlite3_finalize(statement);
		return NULL;
	}
	q = memory_new(1, sizeof(*q));
	*q = (struct query){.store = s, .statement = statement};
	return q;
}

void query_bind_int(struct query *q, int index, int64_t value)
{
	if (q)
		sqlite3_bind_int64(q->statement, index, value);
}

void query_bind_double(struct query *q, int index, double value)
{
	if (q)
		sqlite3_bind_double(q->statement, index, value);
}

void query_bind_text(struct query *q, int index, const char *value)
{
	if (q)
		sqlite3_bind_text(q->statement, index, value, -1, SQLITE_TRANSIENT);
}

void query_bind_bytes(struct query *q, int index, const void *bytes, size_t size)
{
	if (q)
		sqlite3_bind_blob64(q->statement, index, bytes, size, SQLITE_TRANSIENT);
}

void query_bind_null(struct query *q, int index)
{
	if (q)
		sqlite3_bind_null(q->statement, index);
}

bool query_step(struct query *q)
{
	int code;

	if (!q || q->failed)
		return false;
	code = sqlite3_step(q->statement);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE) {
		q->failed = true;
		store_problem(q->store, code, sqlite3_sql(q->statement));
	}
	return false;
}

int query_run(struct query *q)
{
	int result;

	if (!q || (q->store->failed && q->store->writing))
		return -1;
	while (query_step(q))
		;
	result = q->failed ? -1 : 0;
	query_reset(q);
	return result;
}

bool query_failed(const struct query *q)
{
	return !q || q->failed;
}

int64_t query_int(struct query *q, int column)
{
	return q ? sqlite3_column_int64(q->statement, column) : 0;
}

double query_double(struct query *q, int column)
{
	return q ? sqlite3_column_double(q->statement, column) : 0;
}

const char *query_text(struct query *q, int column)
{
	return q ? (const char *)sqlite3_column_text(q->statement, column) : NULL;
}

const void *query_bytes(struct query *q, int column, size_t *size)
{
	const void *bytes = q ? sqlite3_column_blob(q->statement, column) : NULL;

	*size = bytes ? (size_t)sqlite3_column_bytes(q->statement, column) : 0;
	return bytes;
}

bool query_is_null(struct query *q, int column)
{
	return query_type(q, column) == QUERY_NULL;
}

enum query_type query_type(struct query *q, int column)
{
	switch (q ? sqlite3_column_type(q->statement, column) : SQLITE_NULL) {
	case SQLITE_NULL:
		return QUERY_NULL;
	case SQLITE_INTEGER:
		return QUERY_INT;
	case SQLITE_FLOAT:
		return QUERY_DOUBLE;
	}
	return QUERY_TEXT;
}

int query_column_count(struct query *q)
{
	return q ? sqlite3_column_count(q->statement) : 0;
}

const char *query_column_name(struct query *q, int column)
{
	return q ? sqlite3_column_name(q->statement, column) : NULL;
}

bool query_read_only(struct query *q)
{
	return q && sqlite3_stmt_readonly(q->statement);
}

void query_reset(struct query *q)
{
	if (!q)
		return;
	sqlite3_reset(q->statement);
	q->failed = false;
}

void query_close(struct query *q)
{
	if (!q)
		return;
	sqlite3_finalize(q->statement);
	free(q);
}

double store_keyed(struct store *s, const char *from, const char *key, double otherwise)
{
	char sql[128];
	snprintf(sql, sizeof(sql), "SELECT %s WHERE key = ?", from);
	struct query *q = store_query(s, sql);
	query_bind_text(q, 1, key);
	double value = query_step(q) && !query_is_null(q, 0) ? query_double(q, 0) : otherwise;
	query_close(q);
	return value;
}

int64_t store_value(struct store *s, const char *sql, int64_t otherwise)
{
	struct query *q = store_query(s, sql);
	int64_t value = query_step(q) && !query_is_null(q, 0) ? query_int(q, 0) : otherwise;

	query_close(q);
	return value;
}
