#include "profiler/finish_lines.h"
#include "profiler/binary.h"
#include "profiler/modulemap.h"
#include "profiler/store.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LINE_USUAL 64
#define LARGE_OBJECT                                                                               \
	4096 /* of a larger one only the end would lie in a line: padding, most likely */

struct finishing {
	struct store *store;
	struct query *add, *name;
	struct modulemap modules;
	struct wanted_list list;
	int64_t line_bytes;
	struct binary *binary;
	const struct wanted *at;
	void (*take)(struct finishing *);
};

static void want(struct finishing *f, const char *sql)
{
	struct query *q = store_query(f->store, sql);
	while (query_step(q)) {
		uint64_t address = (uint64_t)query_int(q, 1);
		const struct module *m = modulemap_find(&f->modules, query_int(q, 0), address);
		if (m)
			wanted_add(&f->list, m, address, query_int(q, 2));
	}
	query_close(q);
}

/* An element, not its first member, which lies at the same address. True: it has members. */
static bool cut_members(struct text *name)
{
	char *bracket = strrchr(name->data, ']');
	const char *member = strchr(bracket ? bracket : name->data, '.');
	if (bracket)
		text_cut(name, (size_t)(bracket + 1 - name->data));
	return member != NULL;
}

static void add(struct finishing *f, int64_t lock, int64_t thread, uint64_t address, uint64_t size)
{
	struct text name = {0}, place = {0};
	if (binary_variable(f->binary, address, &name, &place)) {
		query_bind_int(f->add, 7, !thread || cut_members(&name));
		query_bind_int(f->add, 1, lock);
		query_bind_int(f->add, 2, thread);
		query_bind_int(f->add, 3, (int64_t)(address + f->at->module->bias));
		query_bind_int(f->add, 4, (int64_t)size);
		query_bind_text(f->add, 5, text_string(&name));
		query_bind_text(f->add, 6, place.length ? text_string(&place) : NULL);
		query_run(f->add);
	}
	text_free(&name);
	text_free(&place);
}

/* Another variable than the one that the lock is a part of. */
static void beside(void *data, const struct symbol *s)
{
	struct finishing *f = data;
	uint64_t lock = f->at->address;
	if (lock - s->address < s->size || s->size > LARGE_OBJECT)
		return;
	add(f, f->at->row, 0, s->address, s->size);
}

static void look_beside(struct finishing *f)
{
	uint64_t line = f->at->address & ~(uint64_t)(f->line_bytes - 1);
	binary_objects_in(f->binary, line, line + (uint64_t)f->line_bytes, beside, f);
}

static void name_argument(struct finishing *f)
{
	const struct symbol *s = binary_object(f->binary, f->at->address);
	if (s && f->at->address - s->address < s->size)
		add(f, 0, f->at->row, f->at->address, s->size);
}

static void name_word(struct finishing *f)
{
	struct text name = {0}, place = {0};
	if (binary_variable(f->binary, f->at->address, &name, &place)) {
		query_bind_text(f->name, 1, text_string(&name));
		query_bind_int(f->name, 2, f->at->row);
		query_bind_int(f->name, 3, (int64_t)(f->at->address + f->at->module->bias));
		query_run(f->name);
	}
	text_free(&name);
	text_free(&place);
}

static void take_file(void *data, struct binary *b, struct wanted *w, size_t count)
{
	struct finishing *f = data;
	f->binary = b;
	for (size_t i = 0; i < count; i++) {
		f->at = &w[i];
		f->take(f);
	}
	f->binary = NULL;
}

static void each_wanted(struct finishing *f, void (*take)(struct finishing *))
{
	f->take = take;
	wanted_each_file(&f->list, take_file, f);
}

/* Locks in memory of a file that at least two threads took. */
static const char locks[] =
    "SELECT coalesce(p.image, l.process), l.address, l.id FROM lock l JOIN process p ON p.id = "
    "l.process WHERE l.id IN (SELECT o.lock FROM tally t JOIN object o ON o.id = t.object "
    "JOIN hook h ON h.id = t.hook WHERE h.kind IN ('acquire', 'try') "
    "GROUP BY o.lock HAVING count(DISTINCT t.thread) > 1)";
static const char arguments[] =
    "SELECT coalesce(p.image, a.process), a.argument, a.thread FROM thread_argument a "
    "JOIN process p ON p.id = a.process WHERE a.argument <> 0";

static const char words[] =
    "SELECT DISTINCT coalesce(p.image, p.id), l.address + w.offset, l.id FROM line_touch w "
    "JOIN line_seen l ON l.id = w.line JOIN process p ON p.id = l.process";

int lines_make(struct store *store)
{
	struct finishing f = {.store = store};
	f.line_bytes = store_run_int(store, "cache_line_bytes", LINE_USUAL);
	if (store_exec(store, "DELETE FROM line_part"))
		return -1;
	f.add = store_query(store, "INSERT INTO line_part SELECT nullif(?1, 0), nullif(?2, 0), "
				   "?3, ?4, ?5, ?6, ?7");
	f.name = store_query(store, "UPDATE line_touch SET name = ?1 WHERE line = ?2 AND offset = "
				    "?3 - (SELECT address FROM line_seen WHERE id = ?2)");
	modulemap_read(&f.modules, store);
	want(&f, locks);
	each_wanted(&f, look_beside);
	want(&f, arguments);
	each_wanted(&f, name_argument);
	want(&f, words);
	each_wanted(&f, name_word);
	modulemap_free(&f.modules);
	query_close(f.add);
	query_close(f.name);
	return store_failed(store) ? -1 : 0;
}
