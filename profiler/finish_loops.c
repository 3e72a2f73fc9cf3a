#include "profiler/finish_loops.h"
#include "collectors/kernel/code_globals.h"
#include "collectors/kernel/code_loops.h"
#include "collectors/kernel/image_around.h"
#include "collectors/kernel/image_file.h"
#include "profiler/binary.h"
#include "profiler/loop_lines.h"
#include "profiler/modulemap.h"
#include "profiler/store.h"
#include <stdlib.h>

#define FUNCTION_MAX (256u << 10) /* bytes: some 50 ms */
#define UNSEEN_LONG "function is too long for its loops to be looked for"

struct making {
	struct store *store;
	struct modulemap modules;
	struct query *add_loop, *add_code, *add_global;
	/* of the file that is looked at */
	struct binary *binary;
	struct image_map map; /* its addresses are the file's */
	/* of the function that is looked at */
	struct code_loops loops;
	struct loop_lines *lines;
	bool *known;  /* of each loop: its lines */
	int64_t *row; /* of each loop, 0: not written for this module */
};

/* Bounds and code of the function around an address of the file. */
static bool find_function(struct making *m, uint64_t address, struct image_function *f)
{
	struct code_range range;
	size_t count = 0;
	if (!binary_function(m->binary, address, &range))
		return false;
	*f = (struct image_function){.begin = range.begin, .size = range.size};
	f->code = binary_code(m->binary, range.begin, &count);
	return f->code && range.size <= count;
}

static void bind_lines(struct query *q, const struct loop_lines *lines)
{
	query_bind_text(q, 5, lines->function);
	query_bind_text(q, 6, lines->file);
	query_bind_null(q, 7);
	query_bind_null(q, 8);
	if (lines->file) {
		query_bind_int(q, 7, lines->line);
		query_bind_int(q, 8, lines->last);
	}
}

/* With those around it, which come first. Returns its row. */
static int64_t write_loop(struct making *m, const struct module *module, int loop)
{
	const struct code_loop *l = &m->loops.loop[loop];
	if (m->row[loop])
		return m->row[loop];
	int64_t parent = l->parent < 0 ? 0 : write_loop(m, module, l->parent);
	if (!m->known[loop])
		m->lines[loop] = loop_lines_find(m->binary, &m->loops, loop);
	m->known[loop] = true;
	struct query *q = m->add_loop;
	query_bind_int(q, 1, module->process);
	query_bind_int(q, 2, module->id);
	query_bind_int(q, 3, (int64_t)(l->header + module->bias));
	query_bind_null(q, 4);
	if (parent)
		query_bind_int(q, 4, parent);
	bind_lines(q, &m->lines[loop]);
	query_bind_int(q, 9, l->instructions);
	query_bind_int(q, 10, l->calls);
	query_bind_text(q, 11, code_carry_name(l->carry));
	query_bind_null(q, 12);
	if (l->recurrence >= 0)
		query_bind_double(q, 12, l->recurrence);
	query_run(q);
	return m->row[loop] = store_last_id(m->store);
}

static int by_module(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	if (x->module->id != y->module->id)
		return x->module->id < y->module->id ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* The wanted addresses of one function, of all processes that have its file. */
static void write_function(struct making *m, struct wanted *w, size_t count)
{
	qsort(w, count, sizeof(*w), by_module);
	for (size_t i = 0; i < count; i++) {
		if (i && w[i].module != w[i - 1].module)
			for (int l = 0; l < m->loops.count; l++)
				m->row[l] = 0;
		int loop = code_loops_at(&m->loops, w[i].address);
		if (loop < 0)
			continue;
		query_bind_int(m->add_code, 1, llabs(w[i].row));
		query_bind_int(m->add_code, 2, write_loop(m, w[i].module, loop));
		query_run(m->add_code);
	}
}

/* w[0]: of the function. */
static void write_globals(struct making *m, const struct image_function *f, const struct wanted *w)
{
	struct code_globals globals;
	if (code_globals_find(&globals, &m->loops, f->code, f->size) != 0)
		return;
	for (size_t i = 0; i < globals.count; i++) {
		const struct code_global *g = &globals.global[i];
		struct text name = {0}, place = {0};
		query_bind_int(m->add_global, 1, w->row);
		query_bind_int(m->add_global, 2, (int64_t)(g->address + w->module->bias));
		query_bind_int(m->add_global, 3, g->reads);
		query_bind_int(m->add_global, 4, g->writes);
		query_bind_null(m->add_global, 5);
		if (g->writes && binary_variable(m->binary, g->address, &name, &place))
			query_bind_text(m->add_global, 5, text_string(&name));
		query_run(m->add_global);
		text_free(&name);
		text_free(&place);
	}
	code_globals_free(&globals);
}

static void look_at_function(struct making *m, const struct image_function *f, struct wanted *w,
			     size_t count)
{
	if (f->size > FUNCTION_MAX) {
		const struct symbol *s = binary_symbol(m->binary, f->begin);
		store_unseen(m->store, UNSEEN_LONG, s ? s->name : m->binary->path, 1);
		return;
	}
	struct image image = {.map = &m->map, .count = 1, .room = 1};
	struct code_around around = image_around(&image);
	if (code_loops_find_in(&m->loops, f->code, f->size, f->begin, &around) != 0)
		return;
	write_globals(m, f, w);
	if (!m->loops.count)
		return;
	size_t n = (size_t)m->loops.count;
	m->lines = memory_new(n, sizeof(*m->lines));
	m->known = memory_new(n, sizeof(*m->known));
	m->row = memory_new(n, sizeof(*m->row));
	write_function(m, w, count);
	for (size_t l = 0; l < n; l++)
		loop_lines_free(&m->lines[l]);
	free(m->lines);
	free(m->known);
	free(m->row);
}

static bool is_sampled(const struct wanted *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (w[i].row > 0)
			return true;
	return false;
}

/* w is sorted by address. Of functions that nobody sampled loops are of no use. */
static void look_at_functions(struct making *m, struct wanted *w, size_t count)
{
	for (size_t begin = 0, end; begin < count; begin = end) {
		struct image_function f;
		end = begin + 1;
		if (!find_function(m, w[begin].address, &f))
			continue;
		while (end < count && w[end].address - f.begin < f.size)
			end++;
		if (!is_sampled(w + begin, end - begin))
			continue;
		look_at_function(m, &f, w + begin, end - begin);
		code_loops_free(&m->loops);
	}
}

static void look_at_file(void *data, struct binary *b, struct wanted *w, size_t count)
{
	struct making *m = data;
	m->binary = b;
	m->map = (struct image_map){.end = UINT64_MAX};
	if (b->state != BINARY_GOOD)
		return;
	m->map.file = binary_loaded(b);
	look_at_functions(m, w, count);
}

/* What a frame stands for lies before its address. Rows of codes; of those that were not sampled:
 * negative. */
static void collect(struct making *m, struct wanted_list *list)
{
	struct query *q = store_query(
	    m->store, "SELECT id, process, address, id IN (SELECT code FROM sampled_frame) FROM "
		      "code WHERE id IN (SELECT code FROM sampled_frame UNION SELECT code FROM "
		      "site_frame)");
	while (query_step(q)) {
		uint64_t address = (uint64_t)query_int(q, 2) - 1;
		const struct module *module = modulemap_find(&m->modules, query_int(q, 1), address);
		if (module)
			wanted_add(list, module, address,
				   query_int(q, 3) ? query_int(q, 0) : -query_int(q, 0));
	}
	query_close(q);
}

static void look_at_files(struct making *m)
{
	struct wanted_list list = {0};
	modulemap_read(&m->modules, m->store);
	collect(m, &list);
	wanted_each_file(&list, look_at_file, m);
	modulemap_free(&m->modules);
}

/* What is left out: what nobody writes or only adds to; what the runtime keeps for itself. */
static const char other_globals[] =
    "DELETE FROM code_global WHERE code IN (SELECT code FROM code_line WHERE runtime = 1);"
    "DELETE FROM code_global WHERE address NOT IN (SELECT address FROM code_global "
    "GROUP BY address HAVING max(reads) AND max(writes))";

int loops_make(struct store *store)
{
	struct making m = {.store = store};
	if (store_exec(store,
		       "DELETE FROM code_in_loop; DELETE FROM code_loop; DELETE FROM code_global;"
		       "DELETE FROM unseen WHERE reason = '" UNSEEN_LONG "'"))
		return -1;
	if (!store_value(store, "SELECT EXISTS (SELECT 1 FROM sample_all)", 0))
		return 0;
	m.add_loop = store_query(
	    store, "INSERT INTO code_loop (process, module, header, parent, function, file, line, "
		   "line_last, instructions, calls, carry, recurrence) "
		   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
	m.add_code = store_query(store, "INSERT INTO code_in_loop VALUES (?1, ?2)");
	m.add_global =
	    store_query(store, "INSERT OR IGNORE INTO code_global VALUES (?1, ?2, ?3, ?4, ?5)");
	look_at_files(&m);
	query_close(m.add_loop);
	query_close(m.add_code);
	query_close(m.add_global);
	return store_exec(store, other_globals) || store_failed(store) ? -1 : 0;
}
