#include "profiler/finish_jumps.h"
#include "collectors/kernel/image.h"
#include "profiler/binary.h"
#include "profiler/hash.h"
#include "profiler/modulemap.h"
#include "profiler/store.h"
#include "profiler/tailcalls.h"
#include "profiler/text.h"
#include <string.h>

/* One frame right above another, anywhere in the stacks: rows of codes. */
struct pair {
	int64_t caller, callee;
};

struct place {
	const struct module *module; /* NULL: of no file */
	uint64_t address;	     /* in the file */
};

struct finding {
	struct store *store;
	struct modulemap modules;
	struct hash places; /* code -> struct place */
	struct hash seen;   /* of pairs */
	struct pair *pair;
	size_t pairs, room;
	struct query *add_code, *add_jump;
};

static void add_place(void *data, const int64_t *value)
{
	struct finding *f = data;
	uint64_t address = (uint64_t)value[2];
	bool fresh;
	struct place *p = hash_put(&f->places, (uint64_t)value[0], 1, &fresh);
	p->module = modulemap_find(&f->modules, value[1], address - 1);
	p->address = p->module ? address - p->module->bias : 0;
}

struct scan {
	struct finding *finding;
	int64_t stack, code; /* of the frame before */
};

static void add_frame(void *data, const int64_t *value)
{
	struct scan *s = data;
	struct finding *f = s->finding;
	struct pair pair = {value[1], s->code};
	bool fresh = false, same = s->stack == value[0];
	s->stack = value[0];
	s->code = value[1];
	if (same)
		hash_put(&f->seen, (uint64_t)pair.caller, (uint64_t)pair.callee, &fresh);
	if (!fresh)
		return;
	if (f->pairs == f->room) {
		f->room = f->room * 2 + 1024;
		f->pair = memory_grow(f->pair, f->room, sizeof(*f->pair));
	}
	f->pair[f->pairs++] = pair;
}

static bool function_begin(struct binary *b, uint64_t address, uint64_t *begin)
{
	struct image_map map = {.end = UINT64_MAX, .file = binary_loaded(b)};
	struct image image = {.map = &map, .count = 1, .room = 1};
	struct image_function function;
	if (!map.file || !image_function(&image, address, &function))
		return false;
	*begin = function.begin;
	return true;
}

/* NAME.cold of NAME */
static bool is_part(const struct binary *b, uint64_t part, uint64_t whole)
{
	const struct symbol *of_part = symtab_find(&b->functions, part);
	const struct symbol *of_whole = symtab_find(&b->functions, whole);
	size_t length = of_whole ? strlen(of_whole->name) : 0;
	return of_part && of_whole && !strncmp(of_part->name, of_whole->name, length) &&
	       !strncmp(of_part->name + length, ".cold", strlen(".cold"));
}

/* Whether the function that begins at target, in the file of b, left by a jump to the callee's. */
static bool has_left(struct binary *b, const struct module *module, uint64_t target,
		     const struct place *callee)
{
	uint64_t begin, other;
	if (!callee->module || !function_begin(b, target, &begin) || begin != target)
		return false;
	if (callee->module->file != module->file)
		return true;
	return function_begin(b, callee->address - 1, &other) && other != target &&
	       !is_part(b, other, target);
}

/* One byte behind the entry: codes are return addresses, looked up one byte before. */
static void add_jump(struct finding *f, const struct wanted *w, const struct pair *pair,
		     uint64_t target)
{
	int64_t address = (int64_t)(target + w->module->bias + 1);
	query_bind_int(f->add_code, 1, pair->caller);
	query_bind_int(f->add_code, 2, address);
	query_run(f->add_code);
	query_bind_int(f->add_jump, 1, pair->caller);
	query_bind_int(f->add_jump, 2, pair->callee);
	query_bind_int(f->add_jump, 3, address);
	query_run(f->add_jump);
}

/* Rows are indexes of pairs. */
static void look_at_file(void *data, struct binary *b, struct wanted *w, size_t count)
{
	struct finding *f = data;
	uint64_t target = 0;
	for (size_t i = 0; i < count; i++) {
		const struct pair *pair = &f->pair[w[i].row];
		const struct place *callee = hash_get(&f->places, (uint64_t)pair->callee, 1);
		if (!i || w[i].address != w[i - 1].address)
			target = tailcalls_target(b, w[i].address);
		if (target && callee && has_left(b, w->module, target, callee))
			add_jump(f, &w[i], pair, target);
	}
}

static void look_at_files(struct finding *f)
{
	struct wanted_list list = {0};
	for (size_t i = 0; i < f->pairs; i++) {
		const struct place *p = hash_get(&f->places, (uint64_t)f->pair[i].caller, 1);
		if (p && p->module)
			wanted_add(&list, p->module, p->address + p->module->bias, (int64_t)i);
	}
	wanted_each_file(&list, look_at_file, f);
}

static int read_pairs(struct finding *f)
{
	struct scan scan = {f, 0, 0};
	return store_scan(f->store, "id, process, address", "code", add_place, f) ||
	       store_scan(
		   f->store, "stack, code",
		   "(SELECT stack, code FROM frame WHERE position >= 0 ORDER BY stack, position)",
		   add_frame, &scan);
}

/* Positions are whole numbers from 0 on again, in the order of callers. */
static const char insert_frames[] =
    "CREATE TEMP TABLE jumped AS SELECT f.stack, f.position, j.code FROM frame f "
    "JOIN frame g ON g.stack = f.stack AND g.position = f.position + 1 "
    "JOIN jump j ON j.caller = g.code AND j.callee = f.code WHERE f.position >= 0 "
    "AND f.code IN (SELECT callee FROM jump);"
    "CREATE TEMP TABLE whole AS SELECT stack, row_number() OVER (PARTITION BY stack ORDER BY at) - "
    "1 "
    "AS position, code FROM (SELECT stack, position * 2 AS at, code FROM frame "
    "WHERE position >= 0 AND stack IN (SELECT stack FROM jumped) "
    "UNION ALL SELECT stack, position * 2 + 1, code FROM jumped);"
    "DELETE FROM frame WHERE position >= 0 AND stack IN (SELECT stack FROM jumped);"
    "INSERT INTO frame SELECT stack, position, code FROM whole;"
    "UPDATE stack SET depth = (SELECT count(*) FROM frame WHERE stack = id AND position >= 0) "
    "WHERE id IN (SELECT stack FROM jumped);"
    "DROP TABLE jumped; DROP TABLE whole;";

static void close_finding(struct finding *f)
{
	query_close(f->add_code);
	query_close(f->add_jump);
	hash_free(&f->places);
	hash_free(&f->seen);
	free(f->pair);
	modulemap_free(&f->modules);
}

/* Columns of no type would not be looked up by the numbers of frames, but gone through for each. */
int jumps_begin(struct store *store)
{
	return store_exec(
	    store, "CREATE TEMP TABLE jump (caller INTEGER NOT NULL, callee INTEGER NOT NULL, "
		   "code INTEGER NOT NULL, PRIMARY KEY (caller, callee)) STRICT, WITHOUT ROWID");
}

int jumps_insert(struct store *store)
{
	return store_exec(store, insert_frames);
}

int jumps_find(struct store *store)
{
	struct finding f = {.store = store};
	hash_init(&f.places, sizeof(struct place));
	hash_init(&f.seen, 0);
	if (jumps_begin(store))
		return -1;
	f.add_code = store_query(store, "INSERT OR IGNORE INTO code (process, address) "
					"SELECT process, ?2 FROM code WHERE id = ?1");
	f.add_jump =
	    store_query(store, "INSERT INTO jump SELECT ?1, ?2, n.id FROM code c JOIN code n "
			       "ON n.process = c.process AND n.address = ?3 WHERE c.id = ?1");
	modulemap_read(&f.modules, store);
	int result = read_pairs(&f);
	if (!result) {
		look_at_files(&f);
		result = jumps_insert(store);
	}
	close_finding(&f);
	return store_exec(store, "DROP TABLE jump") || result || store_failed(store) ? -1 : 0;
}
