#include "profiler/symbols.h"
#include "collectors/log.h"
#include "profiler/binary.h"
#include "profiler/lines.h"
#include "profiler/modulemap.h"
#include "profiler/runtime.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdlib.h>

#define FRAMES_MAX 64 /* inlined into each other at one address; more are left out */
#define ODDITY_CHANGED "module changed since the recording"
#define UNSEEN_MISSING "file is gone: its functions have no names"

/* The frames of one address, to be written for each code row that has it. */
struct found {
	struct {
		char *function, *file;
		unsigned line;
		bool runtime;
	} frame[FRAMES_MAX];
	unsigned count;
	const char *module;
};

struct resolving {
	struct store *store;
	struct modulemap modules;
	struct query *set_module, *add_line;
};

static void keep_frame(void *data, unsigned depth, const struct code_frame *frame)
{
	struct found *f = data;
	struct text file = {0};

	if (depth >= FRAMES_MAX)
		return;
	if (frame->file)
		path_clean(&file, frame->file);
	f->frame[depth].function = memory_copy(frame->function);
	f->frame[depth].file = file.data;
	f->frame[depth].line = frame->line;
	f->frame[depth].runtime =
	    runtime_frame(f->module, frame->function, frame->file ? text_string(&file) : NULL);
	f->count = depth + 1;
}

static void forget_frames(struct found *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		free(f->frame[i].function);
		free(f->frame[i].file);
	}
	f->count = 0;
}

static void write_line(struct resolving *r, int64_t code, unsigned depth, const char *function,
		       const char *file, unsigned line, bool runtime)
{
	query_bind_int(r->add_line, 1, code);
	query_bind_int(r->add_line, 2, depth);
	query_bind_text(r->add_line, 3, function);
	query_bind_text(r->add_line, 4, file);
	if (line)
		query_bind_int(r->add_line, 5, line);
	else
		query_bind_null(r->add_line, 5);
	query_bind_int(r->add_line, 6, runtime);
	query_run(r->add_line);
}

static void write_code(struct resolving *r, const struct wanted *w, const struct found *f)
{
	query_bind_int(r->set_module, 1, w->row);
	query_bind_int(r->set_module, 2, w->module->id);
	query_run(r->set_module);
	for (unsigned i = 0; i < f->count; i++)
		write_line(r, w->row, i, f->frame[i].function, f->frame[i].file, f->frame[i].line,
			   f->frame[i].runtime);
}

static void resolve_file(void *data, struct binary *b, struct wanted *w, size_t count)
{
	struct resolving *r = data;
	struct found f = {.module = w->module->path};

	if (b->state == BINARY_CHANGED)
		store_oddity(r->store, ODDITY_CHANGED, 1, b->path);
	if (b->state == BINARY_MISSING && !b->debug.elf)
		store_unseen(r->store, UNSEEN_MISSING, b->path, (int64_t)count);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || w[i].address != w[i - 1].address) {
			forget_frames(&f);
			binary_frames(b, w[i].address, keep_frame, &f);
		}
		write_code(r, &w[i], &f);
	}
	forget_frames(&f);
}

/* Code outside all files: made at run time, or a stack that was not walked well. */
static void resolve_nowhere(struct resolving *r, int64_t code, uint64_t address)
{
	struct text name = {0};

	text_format(&name, "0x%lx", (unsigned long)address);
	write_line(r, code, 0, text_string(&name), NULL, 0, false);
	text_free(&name);
}

/* Return addresses are looked up one byte before, in the call; start routines of threads are
 * where they are. */
static void collect(struct resolving *r, struct wanted_list *list)
{
	struct query *q = store_query(
	    r->store, "SELECT id, process, address, EXISTS (SELECT 1 FROM temp.entry_code e "
		      "WHERE e.code = id) FROM code");

	while (query_step(q)) {
		uint64_t address = (uint64_t)query_int(q, 2);
		uint64_t call = address - !query_int(q, 3);
		const struct module *m = modulemap_find(&r->modules, query_int(q, 1), call);
		if (m)
			wanted_add(list, m, call, query_int(q, 0));
		else if (!python_is(address))
			resolve_nowhere(r, query_int(q, 0), address);
	}
	query_close(q);
}

int symbols_resolve(struct store *store)
{
	struct resolving r = {.store = store};
	struct wanted_list list = {0};

	if (store_exec(store,
		       "DELETE FROM code_line;"
		       "DELETE FROM oddity WHERE kind = '" ODDITY_CHANGED "';"
		       "DELETE FROM unseen WHERE reason = '" UNSEEN_MISSING "';"
		       "CREATE TEMP TABLE IF NOT EXISTS entry_code (code INTEGER PRIMARY KEY);"
		       "INSERT OR IGNORE INTO temp.entry_code SELECT routine FROM thread "
		       "WHERE routine IS NOT NULL"))
		return -1;
	r.set_module = store_query(store, "UPDATE code SET module = ?2 WHERE id = ?1");
	r.add_line = store_query(store, "INSERT INTO code_line (code, depth, function, file, line, "
					"runtime) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
	modulemap_read(&r.modules, store);
	collect(&r, &list);
	wanted_each_file(&list, resolve_file, &r);
	modulemap_free(&r.modules);
	query_close(r.set_module);
	query_close(r.add_line);
	return store_failed(store) ? -1 : store_exec(store, "DROP TABLE temp.entry_code");
}
