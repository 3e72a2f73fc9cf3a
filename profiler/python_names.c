#include "profiler/python_names.h"
#include "collectors/log.h"
#include "profiler/python_lines.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define IS_PYTHON "address < -0x4000000000000000" /* see python_is() of log.h */

struct resolving {
	struct store *store;
	struct query *code, *lines, *add;
	struct text table; /* of the code object at hand */
	char **library; /* folders of the standard library, in places that its path does not tell */
	size_t libraries;
};

/* What follows ".../lib/python3.11" or ".../python3.13t" in path, NULL: it has no such part. */
static const char *behind_version(const char *path)
{
	for (const char *p = path; (p = strstr(p, "/python3."));) {
		p += strlen("/python3.");
		while (isdigit((unsigned char)*p))
			p++;
		p += *p == 't';
		if (*p == '/')
			return p;
	}
	return NULL;
}

bool python_library(const char *file)
{
	const char *rest = behind_version(file);

	if (!strncmp(file, "<frozen ", strlen("<frozen ")))
		return true;
	return rest && strncmp(rest, "/site-packages/", strlen("/site-packages/")) != 0 &&
	       strncmp(rest, "/dist-packages/", strlen("/dist-packages/")) != 0;
}

static bool in_library(const struct resolving *r, const char *file)
{
	for (size_t i = 0; i < r->libraries; i++)
		if (!strncmp(file, r->library[i], strlen(r->library[i])))
			return true;
	return python_library(file);
}

/* An interpreter that was not installed has it elsewhere: where its threading.py lies. */
static void find_libraries(struct resolving *r)
{
	struct query *q =
	    store_query(r->store, "SELECT DISTINCT file FROM python_code WHERE "
				  "file GLOB '/*/threading.py' AND function GLOB 'Thread.*'");

	while (query_step(q)) {
		char *folder = memory_copy(query_text(q, 0));
		strrchr(folder, '/')[1] = 0;
		r->library = memory_grow(r->library, r->libraries + 1, sizeof(*r->library));
		r->library[r->libraries++] = folder;
	}
	query_close(q);
}

void python_table_read(struct query *q, int64_t number, struct text *table)
{
	size_t size;
	const void *bytes;

	text_clear(table);
	query_bind_int(q, 1, number);
	while (query_step(q)) {
		bytes = query_bytes(q, 0, &size);
		text_add_bytes(table, bytes, size);
	}
	query_reset(q);
}

enum { ID, ADDRESS, NUMBER, MINOR, FIRST_LINE, FILE_NAME, FUNCTION }; /* columns of `code` */

static void resolve(struct resolving *r)
{
	struct query *q = r->code;
	uint32_t unit = python_unit((uint64_t)query_int(q, ADDRESS));
	int64_t line = query_int(q, FIRST_LINE);
	const char *file = query_text(q, FILE_NAME);

	if (unit != PYTHON_UNIT_NONE)
		line = python_line((unsigned)query_int(q, MINOR),
				   (const uint8_t *)text_string(&r->table), r->table.length, line,
				   unit);
	query_bind_int(r->add, 1, query_int(q, ID));
	query_bind_text(r->add, 2, query_text(q, FUNCTION));
	query_bind_text(r->add, 3, file);
	query_bind_int(r->add, 4, line);
	query_bind_int(r->add, 5, in_library(r, file));
	query_run(r->add);
}

static int places_resolve(struct store *s)
{
	struct resolving r = {.store = s};
	int64_t number = -1;

	r.code = store_query(s, "SELECT c.id, c.address, p.number, p.minor, p.first_line, p.file, "
				"p.function FROM code c JOIN python_code p ON p.number = "
				"(c.address >> 24 & 0x3fffffffff) WHERE c." IS_PYTHON
				" ORDER BY p.number");
	r.lines = store_query(s, PYTHON_TABLE_SQL);
	r.add =
	    store_query(s, "INSERT OR REPLACE INTO code_line (code, depth, function, file, line, "
			   "runtime) VALUES (?1, 0, ?2, ?3, nullif(?4, 0), ?5)");
	find_libraries(&r);
	while (query_step(r.code)) {
		if (query_int(r.code, NUMBER) != number)
			python_table_read(r.lines, number = query_int(r.code, NUMBER), &r.table);
		resolve(&r);
	}
	query_close(r.code);
	query_close(r.lines);
	query_close(r.add);
	text_free(&r.table);
	for (size_t i = 0; i < r.libraries; i++)
		free(r.library[i]);
	free(r.library);
	return store_failed(s) ? -1 : 0;
}

_Static_assert(NOTE_PYTHON == 6, "the number in the query");

/* All of a file that is the interpreter, its own functions in a program that has it built in. */
static const char interpreter[] =
    "CREATE TEMP TABLE python_module AS SELECT DISTINCT m.id, "
    "m.path GLOB '*/python[23]*' OR m.path GLOB '*/python' OR m.path GLOB '*/libpython*' AS whole "
    "FROM note n JOIN process p ON p.id = n.process JOIN module m ON m.process = "
    "coalesce(p.image, p.id) AND n.value >= m.begin AND n.value < m.\"end\" WHERE n.code = 6;"
    "UPDATE code_line SET runtime = 1 FROM code c JOIN temp.python_module m ON m.id = c.module "
    "WHERE c.id = code_line.code AND (m.whole OR code_line.function GLOB 'Py*' OR "
    "code_line.function GLOB '_Py*');"
    "UPDATE code_line SET runtime = 1 FROM code c JOIN module m ON m.id = c.module "
    "WHERE c.id = code_line.code AND m.path GLOB '*/lib-dynload/*';"
    "DROP TABLE temp.python_module";

/* A C library that Python called: without a line it says less than the Python line that called. */
static const char called[] =
    "UPDATE code_line SET runtime = 1 WHERE file IS NULL AND code IN (SELECT f.code FROM frame f "
    "JOIN (SELECT pf.stack, max(pf.position) AS last FROM frame pf JOIN code c ON c.id = pf.code "
    "WHERE c." IS_PYTHON " GROUP BY pf.stack) s ON s.stack = f.stack WHERE f.position < s.last)";

int python_resolve(struct store *s)
{
	if (places_resolve(s) || store_exec(s, interpreter))
		return -1;
	if (!store_value(s, "SELECT EXISTS (SELECT 1 FROM python_code)", 0))
		return 0;
	return store_exec(s, called);
}
