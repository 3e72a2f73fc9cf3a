/* Functions, inlined frames, lines and variables of the small programs symbols_*. */
#include "profiler/binary.h"
#include "profiler/lines.h"
#include "tests/unit/known_binary.h"
#include "tests/unit/unit.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in symbols_c.c. */
struct shard {
	long count;
	pthread_mutex_t mu;
	union {
		char text[64];
		pthread_rwlock_t table_lock;
	};
};

struct frames {
	char line[8][256];
	unsigned count;
};

static void keep(void *data, unsigned depth, const struct code_frame *f)
{
	struct frames *frames = data;
	const char *slash = f->file ? strrchr(f->file, '/') : NULL;

	CU_ASSERT_EQUAL(depth, frames->count);
	if (frames->count < 8)
		snprintf(frames->line[frames->count++], 256, "%s %s", f->function,
			 slash ? slash + 1 : "?");
}

static struct frames frames_at(struct binary *b, uint64_t address)
{
	struct frames frames = {.count = 0};

	binary_frames(b, address, keep, &frames);
	return frames;
}

/* Some address of the function has exactly these frames. */
static bool has_frames(struct binary *b, const char *function, const char *expected)
{
	const struct symbol *s = known_symbol(&b->functions, function);

	for (uint64_t at = s ? s->address : 0; s && at < s->address + s->size; at++) {
		struct frames frames = frames_at(b, at);
		struct text all = {0};
		bool same;
		for (unsigned i = 0; i < frames.count; i++)
			text_format(&all, "%s%s", i ? ", " : "", frames.line[i]);
		same = !strcmp(text_string(&all), expected);
		text_free(&all);
		if (same)
			return true;
	}
	return false;
}

/* The name of the variable at an offset behind a symbol, to be freed. */
static char *variable(struct binary *b, const char *symbol, uint64_t offset)
{
	struct text name = {0}, place = {0};
	uint64_t address = known_object(b, symbol);

	CU_ASSERT_NOT_EQUAL(address, 0);
	if (!binary_variable(b, address + offset, &name, &place))
		text_add(&name, "none");
	text_free(&place);
	return name.data;
}

static void variable_is(struct binary *b, const char *symbol, uint64_t offset, const char *expected)
{
	char *got = variable(b, symbol, offset);

	if (strcmp(got, expected))
		fprintf(stderr, "%s+%lu: got %s, expected %s\n", symbol, (unsigned long)offset, got,
			expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
	free(got);
}

TEST(symbols, finds_inlined_functions)
{
	struct binary *b = known_open("symbols_c");

	CU_ASSERT(has_frames(b, "use", "enter symbols_c.c, use symbols_c.c"));
	CU_ASSERT(has_frames(b, "make_session", "make_session symbols_c.c"));
	binary_close(b);
}

TEST(symbols, names_c_variables)
{
	struct binary *b = known_open("symbols_c");
	uint64_t mu = offsetof(struct shard, mu), table_lock = offsetof(struct shard, table_lock);

	variable_is(b, "cache_mu", 0, "cache_mu");
	variable_is(b, "shard", 3 * sizeof(struct shard) + mu, "shard[3].mu");
	variable_is(b, "shard", 5 * sizeof(struct shard) + table_lock, "shard[5].table_lock");
	variable_is(b, "grid", 6 * sizeof(struct shard) + mu, "grid[1][2].mu");
	variable_is(b, "pool", 16, "pool.queue.lock");
	variable_is(b, "shard", 8 * sizeof(struct shard) + 4096, "none");
	binary_close(b);
}

TEST(symbols, places_c_variables)
{
	struct binary *b = known_open("symbols_c");
	struct text name = {0}, place = {0};

	CU_ASSERT(binary_variable(b, known_object(b, "cache_mu"), &name, &place));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&place), "symbols_c.c:"));
	text_free(&name);
	text_free(&place);
	binary_close(b);
}

TEST(symbols, names_statics_of_functions)
{
	struct binary *b = known_open("symbols_c");
	char *first = variable(b, "mu.0", 0), *second = variable(b, "mu.1", 0);

	CU_ASSERT(!strcmp(first, "local_static()::mu") || !strcmp(first, "other_static()::mu"));
	CU_ASSERT(!strcmp(second, "local_static()::mu") || !strcmp(second, "other_static()::mu"));
	CU_ASSERT_STRING_NOT_EQUAL(first, second);
	free(first);
	free(second);
	binary_close(b);
}

TEST(symbols, names_cxx_variables)
{
	struct binary *b = known_open("symbols_cc");

	variable_is(b, "_ZN5store7numbersE", 8, "store::numbers.guard");
	variable_is(b, "_ZN5storeL7wrappedE", 0, "store::wrapped");
	variable_is(b, "_ZN5store7stripesE", 2 * 48 + 8, "store::stripes[2].guard");
	variable_is(b, "_ZZN5store9once_madeEiE2mu", 40, "store::once_made()::mu[1]");
	variable_is(b, "_ZN12_GLOBAL__N_16hiddenE", 0, "(anonymous namespace)::hidden");
	binary_close(b);
}

TEST(symbols, names_cxx_functions)
{
	struct binary *b = known_open("symbols_cc");

	CU_ASSERT(has_frames(b, "_ZN12_GLOBAL__N_14workERNS_7SessionEi",
			     "(anonymous namespace)::work symbols_cc.cc"));
	CU_ASSERT(has_frames(b, "_ZN5store9once_madeEi", "store::once_made symbols_cc.cc"));
	binary_close(b);
}

TEST(symbols, names_what_has_no_file)
{
	struct binary *b = binary_open("/nowhere/libgone.so", "1234");
	struct frames frames = frames_at(b, 0x1234);

	CU_ASSERT_EQUAL(b->state, BINARY_MISSING);
	CU_ASSERT_EQUAL(frames.count, 1);
	CU_ASSERT_STRING_EQUAL(frames.line[0], "libgone.so+0x1234 ?");
	binary_close(b);
}

TEST(symbols, takes_no_names_from_a_changed_file)
{
	char *path = known_path("symbols_c");
	struct binary *b = binary_open(path, "0123456789abcdef");
	struct frames frames = frames_at(b, 0x1234);

	CU_ASSERT_EQUAL(b->state, BINARY_CHANGED);
	CU_ASSERT_STRING_EQUAL(frames.line[0], "symbols_c+0x1234 ?");
	binary_close(b);
	free(path);
}

TEST(symbols, reads_the_vdso)
{
	struct binary *b = binary_open("[vdso]", NULL);
	const struct symbol *s = known_symbol(&b->functions, "__vdso_getcpu");
	struct frames frames;

	if (s) { /* not all architectures have that one */
		frames = frames_at(b, s->address + 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(frames.line[0], "getcpu"));
	}
	binary_close(b);
}

/* The file stripped, its debug information in another: names and lines are there. */
TEST(symbols, follows_debug_links)
{
	char folder[] = "/tmp/parprof-unit-XXXXXX", *path = known_path("symbols_c");
	struct text command = {0};
	struct binary *b;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	text_format(&command,
		    "cd %s && objcopy --only-keep-debug %s p.debug && "
		    "objcopy --strip-all --add-gnu-debuglink=p.debug %s p",
		    folder, path, path);
	CU_ASSERT_EQUAL_FATAL(system(text_string(&command)), 0);
	text_clear(&command);
	text_format(&command, "%s/p", folder);
	b = binary_open(text_string(&command), NULL);
	CU_ASSERT(has_frames(b, "use", "enter symbols_c.c, use symbols_c.c"));
	variable_is(b, "cache_mu", 0, "cache_mu");
	binary_close(b);
	text_clear(&command);
	text_format(&command, "rm -r %s", folder);
	CU_ASSERT_EQUAL(system(text_string(&command)), 0);
	text_free(&command);
	free(path);
}

TEST(symbols, cleans_paths)
{
	static const char *const clean[][2] = {{"/a/./b//c.c", "/a/b/c.c"},
					       {"/a/b/../c.c", "/a/c.c"},
					       {"../x/c.c", "../x/c.c"},
					       {"/../c.c", "/../c.c"},
					       {"c.c", "c.c"}};
	struct text out = {0};

	for (size_t i = 0; i < sizeof(clean) / sizeof(*clean); i++) {
		text_clear(&out);
		path_clean(&out, clean[i][0]);
		CU_ASSERT_STRING_EQUAL(text_string(&out), clean[i][1]);
	}
	text_free(&out);
}
