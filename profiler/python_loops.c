#include "profiler/python_loops.h"
#include "collectors/log.h"
#include "profiler/hash.h"
#include "profiler/python_blocks.h"
#include "profiler/python_names.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define IS_PYTHON "< -0x4000000000000000" /* see python_is() of log.h */
#define SOURCE_MOST (4 << 20)		  /* bytes */
#define FIRST_INLINED 12		  /* version 3.12 */

struct making {
	struct store *store;
	struct query *add_loop, *add_code, *lines;
	struct hash rows; /* process, header -> row of code_loop */
	char *directory;  /* of the recording: what names of files without one begin at */
	int64_t started_ns;
	/* of the file at hand */
	char *file;
	struct text source;
	struct python_blocks blocks;
	/* of the code object at hand */
	uint64_t number;
	struct text table;
};

/* A sampled place in Python code. */
struct place {
	int64_t code, process;
	uint64_t number;
	struct python_span span;
	struct python_frame frame;
	uint32_t own; /* in blocks */
};

static bool is_unchanged(const struct making *m, const struct stat *s)
{
	int64_t changed_ns = s->st_mtim.tv_sec * 1000000000ll + s->st_mtim.tv_nsec;
	return changed_ns <= m->started_ns;
}

/* Only a regular file: a name in a recording may be that of anything. */
static void read_descriptor(struct making *m, int fd)
{
	char piece[1 << 14];
	ssize_t got;
	struct stat s;

	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size > SOURCE_MOST ||
	    !is_unchanged(m, &s))
		return;
	while ((got = read(fd, piece, sizeof(piece))) > 0 && m->source.length <= SOURCE_MOST)
		text_add_bytes(&m->source, piece, (size_t)got);
}

static void read_source(struct making *m, const char *file)
{
	struct text path = {0};

	free(m->file);
	m->file = memory_copy(file);
	text_clear(&m->source);
	python_blocks_free(&m->blocks);
	if (file[0] != '/')
		text_format(&path, "%s/", m->directory);
	text_add(&path, file);
	int fd = open(text_string(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		read_descriptor(m, fd);
		close(fd);
	}
	text_free(&path);
	if (m->source.length)
		python_blocks_read(&m->blocks, text_string(&m->source), m->source.length);
}

/* No address of machine code, and no other loop's: that of the code object with the line instead of
 * an instruction; of comprehensions, which may share a line, with their block. */
static uint64_t header_of(const struct making *m, const struct place *p, uint32_t loop)
{
	const uint32_t by_block = 1u << (PYTHON_UNIT_BITS - 1);
	if (loop == p->own)
		return python_word(p->number, (uint32_t)p->frame.first_line & (by_block - 1));
	if (m->blocks.block[loop].kind == PYTHON_LOOP)
		return python_word(p->number, m->blocks.block[loop].line);
	return python_word(p->number, loop | by_block);
}

static void bind_lines(const struct making *m, const struct place *p, uint32_t loop)
{
	query_bind_int(m->add_loop, 6, p->frame.first_line);
	query_bind_null(m->add_loop, 7);
	if (loop == PYTHON_BLOCK_NONE)
		return;
	query_bind_int(m->add_loop, 6, m->blocks.block[loop].line);
	query_bind_int(m->add_loop, 7, m->blocks.block[loop].last);
}

/* With those around it, which come first. Returns its row. */
static int64_t write_loop(struct making *m, const struct place *p, uint32_t loop)
{
	uint64_t header = header_of(m, p, loop);
	const int64_t *known = hash_get(&m->rows, (uint64_t)p->process, header);
	bool fresh;

	if (known)
		return *known;
	uint32_t around = loop == p->own
			      ? PYTHON_BLOCK_NONE
			      : python_blocks_around(&m->blocks, p->own, loop, p->frame.inlined);
	int64_t parent = around == PYTHON_BLOCK_NONE ? 0 : write_loop(m, p, around);
	query_bind_int(m->add_loop, 1, p->process);
	query_bind_int(m->add_loop, 2, (int64_t)header);
	query_bind_int(m->add_loop, 3, parent);
	query_bind_text(m->add_loop, 4, p->frame.function);
	query_bind_text(m->add_loop, 5, m->file);
	bind_lines(m, p, loop);
	query_run(m->add_loop);
	return *(int64_t *)hash_put(&m->rows, (uint64_t)p->process, header, &fresh) =
		   store_last_id(m->store);
}

static void place_in_loop(struct making *m, struct place *p)
{
	p->own = python_blocks_own(&m->blocks, &p->frame, p->span.line);
	uint32_t loop = python_blocks_loop(&m->blocks, p->own, &p->span, p->frame.inlined);

	if (loop == PYTHON_BLOCK_NONE && !python_is_comprehension(p->frame.function))
		return;
	query_bind_int(m->add_code, 1, p->code);
	query_bind_int(m->add_code, 2, write_loop(m, p, loop));
	query_run(m->add_code);
}

static const char places_sql[] =
    "SELECT c.id, c.process, c.address, p.number, p.function, p.first_line, p.minor, p.file FROM "
    "code "
    "c "
    "JOIN python_code p ON p.number = (c.address >> 24 & 0x3fffffffff) "
    "WHERE c.address " IS_PYTHON " AND c.id IN (SELECT code FROM sampled_frame UNION SELECT code "
    "FROM site_frame) ORDER BY p.file, p.number";
enum { CODE, PROCESS, ADDRESS, NUMBER, FUNCTION, FIRST_LINE, MINOR, FILE_NAME }; /* its columns */

static struct python_span span_of(struct making *m, struct query *q)
{
	uint32_t unit = python_unit((uint64_t)query_int(q, ADDRESS));
	int64_t first_line = query_int(q, FIRST_LINE);

	if (unit == PYTHON_UNIT_NONE)
		return (struct python_span){first_line, first_line, -1, -1};
	if (m->number != (uint64_t)query_int(q, NUMBER))
		python_table_read(m->lines, query_int(q, NUMBER), &m->table);
	m->number = (uint64_t)query_int(q, NUMBER);
	return python_span((unsigned)query_int(q, MINOR), (const uint8_t *)text_string(&m->table),
			   m->table.length, first_line, unit);
}

static int look_at_places(struct making *m)
{
	struct query *q = store_query(m->store, places_sql);
	while (query_step(q)) {
		struct place p = {
		    .code = query_int(q, CODE),
		    .process = query_int(q, PROCESS),
		    .number = (uint64_t)query_int(q, NUMBER),
		    .frame = {.function = query_text(q, FUNCTION),
			      .first_line = query_int(q, FIRST_LINE),
			      .inlined = query_int(q, MINOR) >= FIRST_INLINED},
		    .span = span_of(m, q),
		};
		if (!m->file || strcmp(m->file, query_text(q, FILE_NAME)) != 0)
			read_source(m, query_text(q, FILE_NAME));
		place_in_loop(m, &p);
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static const char remove_sql[] =
    "DELETE FROM code_in_loop WHERE loop IN (SELECT id FROM code_loop WHERE header " IS_PYTHON ");"
    "DELETE FROM code_loop WHERE header " IS_PYTHON;

int python_loops_make(struct store *store)
{
	struct making m = {.store = store, .number = UINT64_MAX};

	if (store_exec(store, remove_sql))
		return -1;
	if (!store_value(store, "SELECT EXISTS (SELECT 1 FROM python_code)", 0))
		return 0;
	hash_init(&m.rows, sizeof(int64_t));
	m.directory = store_run_text(store, "directory");
	m.started_ns = store_run_int(store, "started_unix_ns", 0);
	m.add_loop = store_query(
	    store,
	    "INSERT INTO code_loop (process, header, parent, function, file, line, line_last, "
	    "instructions, calls, carry) "
	    "VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, 0, 1, 'unknown')");
	m.add_code = store_query(store, "INSERT INTO code_in_loop (code, loop) VALUES (?1, ?2)");
	m.lines = store_query(store, PYTHON_TABLE_SQL);
	int result = look_at_places(&m);
	query_close(m.add_loop);
	query_close(m.add_code);
	query_close(m.lines);
	hash_free(&m.rows);
	python_blocks_free(&m.blocks);
	text_free(&m.source);
	text_free(&m.table);
	free(m.file);
	free(m.directory);
	return result || store_failed(store) ? -1 : 0;
}
