#include "reports/page/page_source.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define AROUND 3 /* lines before and behind */
#define FILES_MOST 30
#define LINES_MOST 400	/* of a file: those that cost most */
#define LINE_LENGTH 240 /* bytes that are shown */

/* A sample is where it ran; a wait and a hold belong to the innermost line of the program. */
static const char costs_sql[] =
    "CREATE TEMP TABLE IF NOT EXISTS page_line (file TEXT, line INTEGER, samples INTEGER, wait_ns "
    "INTEGER, hold_ns INTEGER);"
    "DELETE FROM page_line;"
    "INSERT INTO page_line SELECT file, line, sum(samples), sum(wait_ns), sum(hold_ns) FROM ("
    " SELECT c.file, c.line, n.samples, 0 AS wait_ns, 0 AS hold_ns FROM sample_count n"
    "  JOIN stack_site c ON c.stack = n.stack"
    " UNION ALL SELECT c.file, c.line, 0, w.wait_ns, 0 FROM wait_sum w JOIN stack_site c ON "
    "c.stack = w.stack"
    " UNION ALL SELECT c.file, c.line, 0, 0, b.ns FROM blame b JOIN stack_site c ON c.stack = "
    "b.holder_stack)"
    "WHERE file IS NOT NULL AND line > 0 GROUP BY file, line "
    "HAVING sum(samples) > 0 OR sum(wait_ns) > 0 OR sum(hold_ns) > 0";

struct line {
	int64_t number, samples, wait_ns, hold_ns;
};

struct cost {
	struct line line[LINES_MOST];
	size_t count;
};

static void read_costs(struct cost *cost, struct query *q, const char *file)
{
	cost->count = 0;
	query_bind_text(q, 1, file);
	while (cost->count < LINES_MOST && query_step(q))
		cost->line[cost->count++] = (struct line){query_int(q, 0), query_int(q, 1),
							  query_int(q, 2), query_int(q, 3)};
	query_reset(q);
}

/* The one of that number; else an empty one when one is near; else NULL. Lines are in order. */
static const struct line *find_line(const struct cost *cost, int64_t number)
{
	static const struct line near;
	const struct line *found = NULL;
	for (size_t i = 0; i < cost->count; i++) {
		int64_t away = cost->line[i].number - number;
		if (!away)
			return &cost->line[i];
		if (away >= -AROUND && away <= AROUND)
			found = &near;
	}
	return found;
}

static void add_line(struct json *j, int64_t number, char *text, ssize_t length,
		     const struct line *line)
{
	while (length > 0 && strchr("\r\n", text[length - 1]))
		length--;
	text[length < LINE_LENGTH ? length : LINE_LENGTH] = 0;
	json_open(j, NULL, '[');
	json_int(j, NULL, number);
	json_string(j, NULL, text);
	json_int(j, NULL, line->samples);
	json_int(j, NULL, line->wait_ns);
	json_int(j, NULL, line->hold_ns);
	json_close(j, ']');
}

/* Only a regular file: a name in a recording may be that of anything. */
static FILE *open_source(const char *file, struct stat *s)
{
	if (file[0] != '/' || stat(file, s) != 0 || !S_ISREG(s->st_mode))
		return NULL;
	return fopen(file, "re");
}

static void add_file(struct json *j, const char *file, const struct cost *cost, int64_t started_s)
{
	struct stat s;
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	FILE *in = open_source(file, &s);
	if (!in)
		return;
	json_open(j, NULL, '{');
	json_string(j, "file", file);
	json_bool(j, "newer", started_s && s.st_mtime > started_s);
	json_open(j, "lines", '[');
	for (int64_t number = 1; (length = getline(&text, &room, in)) >= 0; number++) {
		const struct line *line = find_line(cost, number);
		if (line)
			add_line(j, number, text, length, line);
	}
	json_close(j, ']');
	json_close(j, '}');
	free(text);
	fclose(in);
}

int page_source_write(struct json *j, const char *key, struct store *store)
{
	if (store_exec(store, costs_sql))
		return -1;
	struct query *files = store_query(
	    store, "SELECT file FROM page_line GROUP BY file ORDER BY sum(samples) * 4000000 + "
		   "sum(wait_ns) + sum(hold_ns) DESC, file LIMIT ?1");
	struct query *lines = store_query(
	    store, "SELECT line, samples, wait_ns, hold_ns FROM page_line WHERE file = ?1 ORDER BY "
		   "samples * 4000000 + wait_ns + hold_ns DESC");
	struct cost *cost = memory_new(1, sizeof(*cost));
	int64_t started_s = store_run_int(store, "started_unix_ns", 0) / 1000000000;
	query_bind_int(files, 1, FILES_MOST);
	json_open(j, key, '[');
	while (query_step(files)) {
		read_costs(cost, lines, query_text(files, 0));
		add_file(j, query_text(files, 0), cost, started_s);
	}
	json_close(j, ']');
	int result = !files || !lines || query_failed(files) || query_failed(lines) ? -1 : 0;
	query_close(files);
	query_close(lines);
	free(cost);
	return result;
}
