/* parprof sql: asks a recording a question of one's own. */
#include <stdbool.h>
#include <unistd.h>

#include "profiler/command.h"
#include "profiler/message.h"
#include "profiler/query_print.h"
#include "profiler/store.h"

static bool json, csv, tables;

static const struct option_row options[] = {
    {"json", 0, OPTION_FLAG, &json, NULL, "print an array of objects"},
    {"csv", 0, OPTION_FLAG, &csv, NULL, "print comma separated values with a header"},
    {"tables", 0, OPTION_FLAG, &tables, NULL, "without QUERY: list the tables behind the views"},
    {NULL}};

static const char list[] = "SELECT m.name AS view, group_concat(c.name, ', ') AS columns "
			   "FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = ?1 "
			   "AND m.name NOT LIKE 'sqlite%' GROUP BY m.name ORDER BY m.rowid, c.cid";

static int list_views(struct store *s)
{
	struct query *q = store_query(s, list);
	int result;

	query_bind_text(q, 1, tables ? "table" : "view");
	while (query_step(q))
		printf("%s\n    %s\n", query_text(q, 0), query_text(q, 1));
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static int ask(struct store *s, const char *sql)
{
	struct query *q = store_query(s, sql);
	enum query_format format = json			   ? FORMAT_JSON
				   : csv		   ? FORMAT_CSV
				   : isatty(STDOUT_FILENO) ? FORMAT_TABLE
							   : FORMAT_TSV;
	int result;

	if (!q) {
		notice("`parprof sql %s` lists the views and their columns", store_path(s));
		return -1;
	}
	if (query_read_only(q))
		result = query_print(q, format, stdout);
	else
		result = error("%s: only queries that read are allowed", store_path(s));
	query_close(q);
	return result;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&command_sql, argc, argv), result;
	struct store *s;

	if (argc - first < 1 || argc - first > 2)
		usage_error("a recording and at most one query are wanted");
	if (json && csv)
		usage_error("--json and --csv exclude each other");
	s = store_open(argv[first], STORE_READ | STORE_OLDER);
	if (!s)
		return failed();
	result = argc - first == 2 ? ask(s, argv[first + 1]) : list_views(s);
	store_close(s);
	return result == 0 ? 0 : failed();
}

const struct command command_sql = {
    .name = "sql",
    .summary = "ask a recording a question in SQL, or list its views",
    .usage = "FILE [QUERY]",
    .options = options,
    .run = run,
    .detail =
	"The file is opened for reading only. An aligned table is printed on a terminal, tab\n"
	"separated values elsewhere. Times are ns since the start of the recording.",
};
