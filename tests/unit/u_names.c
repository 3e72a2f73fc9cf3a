/* Names of code and locks in a store made by hand, over the program symbols_c. */
#include "profiler/names.h"
#include "profiler/store.h"
#include "profiler/symbols.h"
#include "tests/unit/known_binary.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdio.h>

#define BIAS 0x5000000

struct scene {
	struct scratch scratch;
	struct store *store;
	struct binary *binary;
};

static void run(struct scene *s, const char *format, ...)
{
	struct text sql = {0};
	va_list arguments;

	va_start(arguments, format);
	text_vformat(&sql, format, arguments);
	va_end(arguments);
	CU_ASSERT_EQUAL(store_exec(s->store, text_string(&sql)), 0);
	text_free(&sql);
}

static void begin(struct scene *s)
{
	char *path = known_path("symbols_c");

	scratch_begin(&s->scratch);
	s->store = store_create(s->scratch.path, false);
	s->binary = known_open("symbols_c");
	run(s, "INSERT INTO process (id, pid, image) VALUES (1, 100, 1), (2, 101, 1)");
	run(s,
	    "INSERT INTO module (process, bias, begin, \"end\", path) VALUES "
	    "(1, %d, %d, %d, '%s'), (1, 4096, 4096, 8192, '/nowhere/libgone.so')",
	    BIAS, BIAS, BIAS + 0x100000, path);
	free(path);
}

static void end(struct scene *s)
{
	binary_close(s->binary);
	CU_ASSERT_EQUAL(store_close(s->store), 0);
	scratch_end(&s->scratch);
}

static void resolve(struct scene *s)
{
	CU_ASSERT_EQUAL(symbols_resolve(s->store), 0);
	CU_ASSERT_EQUAL(names_resolve(s->store), 0);
}

static unsigned long object(struct scene *s, const char *name)
{
	return BIAS + known_object(s->binary, name);
}

/* A return address in a function, and its entry. */
static unsigned long entry(struct scene *s, const char *name)
{
	const struct symbol *symbol = known_symbol(&s->binary->functions, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(symbol);
	return BIAS + symbol->address;
}

static void is(struct scene *s, const char *sql, const char *expected)
{
	struct query *q = store_query(s->store, sql);
	const char *got = query_step(q) ? query_text(q, 0) : "no row";

	got = got ? got : "null";
	if (strcmp(got, expected))
		fprintf(stderr, "%s: got %s, expected %s\n", sql, got, expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
	query_close(q);
}

TEST(names, resolves_return_addresses_and_entries)
{
	struct scene s;

	begin(&s);
	run(&s,
	    "INSERT INTO code (id, process, address) VALUES (1, 1, %lu), (2, 1, %lu), (3, 1, 77), "
	    "(4, 1, 4660); INSERT INTO thread (process, tid, routine) VALUES (1, 1, 1)",
	    entry(&s, "make_session"), entry(&s, "make_session") + 8);
	resolve(&s);
	is(&s, "SELECT function FROM code_line WHERE code = 1", "make_session");
	is(&s, "SELECT function FROM code_line WHERE code = 2", "make_session");
	is(&s, "SELECT function FROM code_line WHERE code = 3", "0x4d");
	is(&s, "SELECT function FROM code_line WHERE code = 4", "libgone.so+0x233");
	is(&s, "SELECT count(*) || ' ' || max(count) FROM unseen", "1 1");
	is(&s, "SELECT line > 0 FROM code_line WHERE code = 2", "1");
	resolve(&s); /* again */
	is(&s, "SELECT count(*) FROM code_line", "4");
	is(&s, "SELECT count FROM unseen", "1");
	end(&s);
}

TEST(names, prefers_variables)
{
	struct scene s;

	begin(&s);
	run(&s,
	    "INSERT INTO lock (id, process, address, family, path) VALUES "
	    "(1, 2, %lu, 'mutex', '/x'), (2, 1, %lu, 'mutex', NULL), (3, 1, 4100, 'mutex', NULL)",
	    object(&s, "cache_mu"), object(&s, "shard") + 8);
	resolve(&s);
	is(&s, "SELECT name || ' ' || named_by FROM lock WHERE id = 1", "cache_mu variable");
	is(&s, "SELECT name || ' ' || named_by FROM lock WHERE id = 2", "shard[0].mu variable");
	is(&s, "SELECT name || ' ' || named_by FROM lock WHERE id = 3", "libgone.so+0x4 address");
	is(&s, "SELECT place LIKE '%symbols_c.c:%' FROM lock WHERE id = 1", "1");
	end(&s);
}

TEST(names, takes_paths_of_shared_locks)
{
	struct scene s;

	begin(&s);
	run(&s, "INSERT INTO lock (id, process, address, family, path, offset) VALUES "
		"(1, 1, 9999000, 'semaphore', '/dev/shm/sem.jobs', 0), "
		"(2, 1, 9999100, 'mutex', '/dev/shm/pool', 64), "
		"(3, 1, 9999200, 'mutex', '/var/lib/x/state.db (deleted)', 0), "
		"(4, 1, 9999300, 'mutex', '/dev/zero (deleted)', 0)");
	resolve(&s);
	is(&s, "SELECT name || ' ' || named_by FROM lock WHERE id = 1", "/jobs path");
	is(&s, "SELECT name FROM lock WHERE id = 2", "/pool+0x40");
	is(&s, "SELECT name FROM lock WHERE id = 3", "state.db");
	is(&s, "SELECT name || ' ' || named_by FROM lock WHERE id = 4", "0x9893c4 address");
	end(&s);
}

TEST(names, falls_back_to_where_it_was_made_or_used)
{
	struct scene s;

	begin(&s);
	run(&s,
	    "INSERT INTO code (id, process, address) VALUES (1, 1, %lu), (2, 1, %lu);"
	    "INSERT INTO stack (id, process, hash, depth, cut) VALUES (1, 1, 11, 1, 0);"
	    "INSERT INTO frame VALUES (1, 0, 1);"
	    "INSERT INTO lock (id, process, address, family, stack, init_ns) VALUES "
	    "(1, 1, 9999000, 'mutex', 1, 5), (2, 1, 9999100, 'mutex', 1, NULL), "
	    "(3, 1, 9999200, 'mutex', NULL, NULL), (4, 1, 9999300, 'mutex', NULL, NULL);"
	    "INSERT INTO object (process, address, generation, family, lock, code) VALUES "
	    "(1, 9999200, 0, 'mutex', 3, 2)",
	    entry(&s, "make_session") + 8, entry(&s, "worker") + 4);
	resolve(&s);
	is(&s, "SELECT name LIKE 'make_session (symbols_c.c:%)' FROM lock WHERE id = 1", "1");
	is(&s, "SELECT group_concat(named_by) FROM lock", "init,caller,caller,address");
	is(&s, "SELECT name LIKE 'worker (symbols_c.c:%)' FROM lock WHERE id = 3", "1");
	end(&s);
}

TEST(names, say_who_is_joined)
{
	struct scene s;

	begin(&s);
	run(&s,
	    "INSERT INTO code (id, process, address) VALUES (1, 1, %lu);"
	    "INSERT INTO thread (process, tid, routine, handle) VALUES (1, 7, 1, 123456);"
	    "INSERT INTO lock (id, process, address, family) VALUES (1, 1, 123456, 'join'), "
	    "(2, 1, 55, 'join'), (3, 1, 0, 'child')",
	    entry(&s, "worker"));
	resolve(&s);
	is(&s, "SELECT name FROM lock WHERE id = 1", "thread worker");
	is(&s, "SELECT name FROM lock WHERE id = 2", "thread");
	is(&s, "SELECT name FROM lock WHERE id = 3", "child process");
	end(&s);
}

TEST(names, report_changed_files)
{
	struct scene s;

	begin(&s);
	run(&s,
	    "UPDATE module SET build_id = '00ff' WHERE bias = %d;"
	    "INSERT INTO code (id, process, address) VALUES (1, 1, %lu)",
	    BIAS, entry(&s, "worker") + 4);
	resolve(&s);
	is(&s, "SELECT function LIKE 'symbols_c+0x%' FROM code_line", "1");
	is(&s, "SELECT kind FROM oddity", "module changed since the recording");
	end(&s);
}
