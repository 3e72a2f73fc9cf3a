#include "profiler/modulemap.h"
#include "profiler/binary.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdlib.h>

static void add(struct modulemap *m, struct query *q)
{
	if (m->count == m->room) {
		m->room = m->room ? m->room * 2 : 64;
		m->module = memory_grow(m->module, m->room, sizeof(*m->module));
	}
	m->module[m->count++] = (struct module){
	    .id = query_int(q, 0),
	    .process = query_int(q, 1),
	    .bias = (uint64_t)query_int(q, 2),
	    .begin = (uint64_t)query_int(q, 3),
	    .end = (uint64_t)query_int(q, 4),
	    .path = memory_copy(query_text(q, 5)),
	    .build_id = memory_copy(query_text(q, 6)),
	    .file = query_int(q, 7),
	};
}

void modulemap_read(struct modulemap *m, struct store *store)
{
	struct query *q = store_query(
	    store, "SELECT id, process, bias, begin, \"end\", path, nullif(build_id, '-'), "
		   "dense_rank() OVER (ORDER BY path, build_id) FROM module ORDER BY process, id");

	*m = (struct modulemap){0};
	while (query_step(q))
		add(m, q);
	query_close(q);
}

void modulemap_free(struct modulemap *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->module[i].path);
		free(m->module[i].build_id);
	}
	free(m->module);
	*m = (struct modulemap){0};
}

const struct module *modulemap_find(const struct modulemap *m, int64_t process, uint64_t address)
{
	size_t low = 0, high = m->count;

	while (low < high) { /* behind the last module of the process */
		size_t middle = low + (high - low) / 2;
		if (m->module[middle].process <= process)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low > 0 && m->module[low - 1].process == process; low--) {
		const struct module *module = &m->module[low - 1];
		if (address >= module->begin && address < module->end)
			return module;
	}
	return NULL;
}

void wanted_add(struct wanted_list *list, const struct module *module, uint64_t process_address,
		int64_t row)
{
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 256;
		list->wanted = memory_grow(list->wanted, list->room, sizeof(*list->wanted));
	}
	list->wanted[list->count++] = (struct wanted){module, process_address - module->bias, row};
}

static int by_file(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->module->file != y->module->file)
		return x->module->file < y->module->file ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

void wanted_each_file(struct wanted_list *list, wanted_file *look, void *data)
{
	struct wanted *w = list->wanted;

	if (list->count)
		qsort(w, list->count, sizeof(*w), by_file);
	for (size_t begin = 0, end; begin < list->count; begin = end) {
		const struct module *m = w[begin].module;
		for (end = begin + 1; end < list->count && w[end].module->file == m->file;)
			end++;
		struct binary *b = binary_open(m->path, m->build_id);
		look(data, b, w + begin, end - begin);
		binary_close(b);
	}
	free(w);
	*list = (struct wanted_list){0};
}
