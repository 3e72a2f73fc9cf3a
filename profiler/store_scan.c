#include "profiler/store.h"
#include "profiler/store_internal.h"
#include "profiler/text.h"

/* What an aggregate function is called with for every row; it is of this one statement. */
struct scan {
	store_row *row;
	void *data;
};

static void scan_step(sqlite3_context *context, int count, sqlite3_value **value)
{
	const struct scan *scan = sqlite3_user_data(context);
	int64_t number[STORE_SCAN_COLUMNS];

	for (int i = 0; i < count; i++)
		number[i] = sqlite3_value_int64(value[i]);
	scan->row(scan->data, number);
}

static void scan_end(sqlite3_context *context)
{
	sqlite3_result_null(context);
}

int store_scan(struct store *s, const char *columns, const char *from, store_row *row, void *data)
{
	struct scan scan = {row, data};
	struct text sql = {0};
	int result = sqlite3_create_function_v2(s->db, "each_row", -1, SQLITE_UTF8, &scan, NULL,
						scan_step, scan_end, NULL);

	if (result != SQLITE_OK)
		return store_problem(s, result, "each_row()");
	text_format(&sql, "SELECT each_row(%s) FROM %s", columns, from);
	result = store_exec(s, text_string(&sql));
	text_free(&sql);
	sqlite3_create_function_v2(s->db, "each_row", -1, SQLITE_UTF8, NULL, NULL, NULL, NULL,
				   NULL);
	return result;
}
