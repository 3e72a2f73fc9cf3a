#include "reports/advise/codes.h"
#include "profiler/store.h"
#include <stdlib.h>
#include <string.h>

static uint32_t loop_index(const struct codes *c, int64_t id)
{
	const uint32_t *found = id ? hash_get(&c->by_loop, (uint64_t)id, 1) : NULL;
	return found ? *found : CODE_NONE;
}

static enum loop_carry carry_of(const char *word)
{
	static const char *const words[] = {
#define X(name) #name,
	    LOOP_CARRIES(X)
#undef X
	};
	for (int i = 0; word && i < LOOP_CARRY_COUNT; i++)
		if (!strcmp(words[i], word))
			return (enum loop_carry)i;
	return CARRY_unknown;
}

static struct loop_fact *add_loop(struct codes *c, int64_t id)
{
	bool fresh;
	if (c->loops == c->loop_room) {
		c->loop_room = c->loop_room * 2 + 64;
		c->loop = memory_grow(c->loop, c->loop_room, sizeof(*c->loop));
	}
	*(uint32_t *)hash_put(&c->by_loop, (uint64_t)id, 1, &fresh) = c->loops;
	c->loop[c->loops] = (struct loop_fact){
	    .id = id, .parent = CODE_NONE, .function = CODE_NONE, .words.delay = -1};
	return &c->loop[c->loops++];
}

static int read_loops(struct codes *c, struct store *store)
{
	struct query *q = store_query(store, "SELECT id, function, file, line, line_last, calls, "
					     "carry, recurrence, pieces, piece_ns, piece_squares, "
					     "piece_max_ns, trap_ns, place FROM loop_fact");
	while (query_step(q)) {
		struct loop_fact *l = add_loop(c, query_int(q, 0));
		l->name = memory_copy(query_text(q, 1));
		l->file = memory_copy(query_text(q, 2));
		l->line = query_int(q, 3);
		l->line_last = query_int(q, 4);
		l->calls = query_int(q, 5);
		l->carry = carry_of(query_text(q, 6));
		l->recurrence = query_is_null(q, 7) ? -1 : query_double(q, 7);
		l->pieces = query_double(q, 8);
		l->piece_ns = query_double(q, 9);
		l->piece_squares = query_double(q, 10);
		l->piece_max_ns = query_double(q, 11);
		l->trap_ns = query_double(q, 12);
		l->place = memory_copy(query_text(q, 13));
	}
	bool failed = query_failed(q);
	query_close(q);
	q = store_query(store, "SELECT id, parent FROM loop_fact WHERE parent IS NOT NULL");
	while (query_step(q)) {
		uint32_t parent = loop_index(c, query_int(q, 1));
		c->loop[loop_index(c, query_int(q, 0))].parent = parent;
		c->loop[parent].outer = true;
	}
	failed |= query_failed(q);
	query_close(q);
	return failed ? -1 : 0;
}

static int read_words(struct codes *c, struct store *store)
{
	struct query *q = store_query(
	    store, "SELECT loop, watched, met, read, own, accumulated, carried, carried_apart, "
		   "delay, carried_name FROM loop_word_sum");
	while (query_step(q)) {
		uint32_t l = loop_index(c, query_int(q, 0));
		if (l == CODE_NONE)
			continue;
		c->loop[l].words = (struct loop_words){
		    .watched = (uint32_t)query_int(q, 1),
		    .met = (uint32_t)query_int(q, 2),
		    .read = (uint32_t)query_int(q, 3),
		    .own = (uint32_t)query_int(q, 4),
		    .accumulated = (uint32_t)query_int(q, 5),
		    .carried = (uint32_t)query_int(q, 6),
		    .carried_apart = (uint32_t)query_int(q, 7),
		    .delay = query_is_null(q, 8) ? -1 : query_double(q, 8),
		    .carried_name = memory_copy(query_text(q, 9)),
		};
	}
	bool failed = query_failed(q);
	query_close(q);
	return failed ? -1 : 0;
}

/* The first loop behind the mark in its function's source; CODE_NONE: none was sampled. */
static uint32_t loop_behind(const struct codes *c, const char *file, int64_t line)
{
	uint32_t best = CODE_NONE;
	for (uint32_t i = 0; file && i < c->loops; i++) {
		const struct loop_fact *l = &c->loop[i];
		if (l->file && !strcmp(l->file, file) && l->line >= line &&
		    (best == CODE_NONE || l->line < c->loop[best].line))
			best = i;
	}
	return best;
}

static int read_marks(struct codes *c, struct store *store)
{
	struct query *q = store_query(store, "SELECT file, line, entries, tasks, task_ns, "
					     "task_squares, task_max_ns FROM site_mark WHERE name "
					     "IS NOT NULL AND tasks > 0 AND entries > 0");
	while (query_step(q)) {
		uint32_t i = loop_behind(c, query_text(q, 0), query_int(q, 1));
		if (i == CODE_NONE)
			continue;
		struct loop_fact *l = &c->loop[i];
		l->marked = true;
		l->entries = query_double(q, 2);
		l->pieces = query_double(q, 3);
		l->piece_ns = query_double(q, 4);
		l->piece_squares = query_double(q, 5);
		l->piece_max_ns = query_double(q, 6);
		l->trap_ns = 0;
	}
	bool failed = query_failed(q);
	query_close(q);
	return failed ? -1 : 0;
}

static uint64_t text_hash(const char *s)
{
	uint64_t h = 1469598103934665603u;
	for (; s && *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

/* Functions that run programs of another language: their loops are not the program's. */
static const char *const interpreters[] = {"_PyEval_EvalFrameDefault",
					   "PyEval_EvalFrameDefault",
					   "Perl_runops_standard",
					   "vm_exec_core",
					   "luaV_execute",
					   "Ruby_exec",
					   "TclNRRunCallbacks",
					   "TEBCresume",
					   "execute_ex",
					   NULL};

static bool is_interpreter(const char *function)
{
	for (const char *const *name = interpreters; function && *name; name++)
		if (!strcmp(function, *name))
			return true;
	return false;
}

static bool is_libc(const char *module)
{
	const char *slash = module ? strrchr(module, '/') : NULL;
	return slash && (!strncmp(slash, "/libc.so", 8) || !strncmp(slash, "/libc-2", 7) ||
			 !strncmp(slash, "/libc.musl", 10));
}

/* The last page of user space: there the kernel puts copies of instructions that a breakpoint of
 * its own (uprobe) replaced. */
static bool is_trap(int64_t address)
{
	return address >> 12 == 0x7fffffffe;
}

/* By name and module; code without a name is a function of its own. */
static uint32_t function_of(struct codes *c, struct query *q, int64_t code)
{
	const char *name = query_text(q, 1), *module = query_text(q, 2);
	uint64_t key = name ? text_hash(name) : (uint64_t)code;
	bool fresh;
	bool python =
	    query_int(q, 7) < 0; /* as python_code of the store has it: each file is a module */
	if (python)
		module = query_text(q, 3);
	uint32_t *place = hash_put(&c->by_name, key, (text_hash(module) | 1) ^ !name, &fresh);
	if (!fresh)
		return *place;
	*place = c->functions;
	if (c->functions == c->function_room) {
		c->function_room = c->function_room * 2 + 64;
		c->function = memory_grow(c->function, c->function_room, sizeof(*c->function));
	}
	c->function[c->functions] = (struct code_function){.name = memory_copy(name),
							   .module = memory_copy(module),
							   .file = memory_copy(query_text(q, 3)),
							   .line = query_int(q, 4),
							   .runtime = query_int(q, 5),
							   .libc = is_libc(module),
							   .interpreter = is_interpreter(name),
							   .python = python,
							   .trap = is_trap(query_int(q, 7))};
	return c->functions++;
}

static int read_places(struct codes *c, struct store *store)
{
	struct query *q =
	    store_query(store, "SELECT code, function, module, file, line, runtime, loop, address "
			       "FROM placed_code");
	while (query_step(q)) {
		bool fresh;
		int64_t code = query_int(q, 0);
		struct code_place place = {function_of(c, q, code), loop_index(c, query_int(q, 6))};
		*(struct code_place *)hash_put(&c->place, (uint64_t)code, 1, &fresh) = place;
		if (place.loop != CODE_NONE)
			c->loop[place.loop].function = place.function;
	}
	bool failed = query_failed(q);
	query_close(q);
	return failed ? -1 : 0;
}

static void add_variable(struct codes *c, struct query *q, uint32_t function)
{
	if (c->variables == c->variable_room) {
		c->variable_room = c->variable_room * 2 + 64;
		c->variable = memory_grow(c->variable, c->variable_room, sizeof(*c->variable));
	}
	c->variable[c->variables++] = (struct code_variable){.address = (uint64_t)query_int(q, 1),
							     .name = memory_copy(query_text(q, 4)),
							     .function = function,
							     .reads = query_int(q, 2),
							     .writes = query_int(q, 3)};
}

static int read_variables(struct codes *c, struct store *store)
{
	struct query *q =
	    store_query(store, "SELECT code, address, reads, writes, name FROM code_variable");
	while (query_step(q)) {
		const struct code_place *place = codes_place(c, query_int(q, 0));
		if (place && !c->function[place->function].runtime)
			add_variable(c, q, place->function);
	}
	bool failed = query_failed(q);
	query_close(q);
	return failed ? -1 : 0;
}

int codes_read(struct codes *c, struct store *store)
{
	*c = (struct codes){0};
	hash_init(&c->place, sizeof(struct code_place));
	hash_init(&c->by_name, sizeof(uint32_t));
	hash_init(&c->by_loop, sizeof(uint32_t));
	return read_loops(c, store) || read_words(c, store) || read_marks(c, store) ||
		       read_places(c, store) || read_variables(c, store)
		   ? -1
		   : 0;
}

void codes_free(struct codes *c)
{
	for (uint32_t i = 0; i < c->functions; i++) {
		free(c->function[i].name);
		free(c->function[i].module);
		free(c->function[i].file);
	}
	for (uint32_t i = 0; i < c->loops; i++) {
		free(c->loop[i].name);
		free(c->loop[i].file);
		free(c->loop[i].place);
		free((char *)c->loop[i].words.carried_name);
	}
	for (uint32_t i = 0; i < c->variables; i++)
		free(c->variable[i].name);
	free(c->function);
	free(c->loop);
	free(c->variable);
	hash_free(&c->place);
	hash_free(&c->by_name);
	hash_free(&c->by_loop);
	*c = (struct codes){0};
}

const struct code_place *codes_place(const struct codes *c, int64_t code)
{
	return hash_get(&c->place, (uint64_t)code, 1);
}

void loop_where(struct text *out, const struct loop_fact *l)
{
	const char *slash = l->file ? strrchr(l->file, '/') : NULL;
	if (!l->file) {
		text_add(out, l->place);
		return;
	}
	text_add(out, slash ? slash + 1 : l->file);
	if (l->line)
		text_format(out, ":%lld", (long long)l->line);
	if (l->line_last > l->line)
		text_format(out, "-%lld", (long long)l->line_last);
}
