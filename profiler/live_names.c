#include "profiler/live_names.h"
#include "profiler/binary.h"
#include "profiler/lines.h"
#include "profiler/names.h"
#include "profiler/runtime.h"
#include "profiler/store.h"
#include <stdlib.h>
#include <string.h>

int64_t live_image(struct store *store, uint32_t process)
{
	struct query *q =
	    store_query(store, "SELECT coalesce(image, id) FROM process WHERE id = ?1");
	int64_t image = process;

	query_bind_int(q, 1, process);
	if (query_step(q))
		image = query_int(q, 0);
	query_close(q);
	return image;
}

static void read_frames(struct live_code *c, struct query *q)
{
	while (c->count < LIVE_FRAMES && query_step(q))
		c->frame[c->count++] = (uint64_t)query_int(q, 0);
	query_close(q);
}

void live_stack(struct live_code *c, struct store *store, int64_t image, uint64_t hash)
{
	struct query *q = store_query(
	    store, "SELECT c.address FROM stack s JOIN frame f ON f.stack = s.id JOIN code c "
		   "ON c.id = f.code WHERE s.process = ?1 AND s.hash = ?2 ORDER BY f.position");

	*c = (struct live_code){.image = image};
	query_bind_int(q, 1, image);
	query_bind_int(q, 2, (int64_t)hash);
	read_frames(c, q);
}

void live_stack_by_id(struct live_code *c, struct store *store, int64_t image, int64_t stack)
{
	struct query *q = store_query(store, "SELECT c.address FROM frame f JOIN code c ON c.id = "
					     "f.code WHERE f.stack = ?1 ORDER BY f.position");

	*c = (struct live_code){.image = image};
	query_bind_int(q, 1, stack);
	read_frames(c, q);
}

/* A lock with an init has its row already; the others get theirs when the recording ends. */
void live_lock(struct live_lock *l, struct store *store, uint32_t process, uint64_t address)
{
	int64_t image = live_image(store, process), stack = 0;
	struct query *q = store_query(
	    store, "SELECT o.path, o.offset, l.stack, o.stack FROM object o LEFT JOIN lock l ON "
		   "l.address = ?2 AND l.process IN (?1, ?3) AND l.family = o.family WHERE "
		   "o.process = ?1 AND o.address = ?2 ORDER BY o.generation DESC, "
		   "l.generation DESC LIMIT 1");

	*l = (struct live_lock){.address = address, .made = {.image = image}};
	query_bind_int(q, 1, process);
	query_bind_int(q, 2, (int64_t)address);
	query_bind_int(q, 3, image);
	if (query_step(q)) {
		l->path = memory_copy(query_text(q, 0));
		l->offset = query_int(q, 1);
		l->initialised = query_int(q, 2) != 0;
		stack = query_int(q, l->initialised ? 2 : 3);
	}
	query_close(q);
	if (stack)
		live_stack_by_id(&l->made, store, image, stack);
}

void live_lock_free(struct live_lock *l)
{
	free(l->path);
	*l = (struct live_lock){0};
}

void live_names_open(struct live_names *n, struct store *store)
{
	*n = (struct live_names){0};
	modulemap_read(&n->modules, store);
	for (size_t i = 0; i < n->modules.count; i++)
		if (n->modules.module[i].file > n->binary_count)
			n->binary_count = n->modules.module[i].file;
	n->binary = memory_new((size_t)n->binary_count + 1, sizeof(struct binary *));
}

void live_names_close(struct live_names *n)
{
	for (int64_t i = 0; i <= n->binary_count; i++)
		if (n->binary[i])
			binary_close(n->binary[i]);
	free(n->binary);
	modulemap_free(&n->modules);
}

static struct binary *binary_of(struct live_names *n, const struct module *m)
{
	if (!n->binary[m->file])
		n->binary[m->file] = binary_open(m->path, m->build_id);
	return n->binary[m->file];
}

/* Frames on their way into a line. */
struct line {
	struct text *out;
	const char *module;
	unsigned shown, most;
	bool runtime_too;
};

static void add_place(struct text *out, const char *file, unsigned line)
{
	const char *slash = strrchr(file, '/');

	text_format(out, "  %s:%u", slash ? slash + 1 : file, line);
}

static void add_frame(void *data, unsigned depth, const struct code_frame *frame)
{
	struct line *l = data;
	struct text path = {0};

	(void)depth;
	if (frame->file)
		path_clean(&path, frame->file);
	if (l->shown < l->most &&
	    (l->runtime_too || !runtime_frame(l->module, frame->function, path.data))) {
		text_format(l->out, "%s%s", l->shown++ ? " < " : "", frame->function);
		if (path.length && frame->line)
			add_place(l->out, path.data, frame->line);
	}
	text_free(&path);
}

static void add_frames(struct live_names *n, struct line *l, const struct live_code *c)
{
	for (uint32_t i = 0; i < c->count && l->shown < l->most; i++) {
		uint64_t call = c->frame[i] - 1;
		const struct module *m = modulemap_find(&n->modules, c->image, call);
		if (m) {
			l->module = m->path;
			binary_frames(binary_of(n, m), call - m->bias, add_frame, l);
		} else if (l->runtime_too) {
			text_format(l->out, "%s0x%lx", l->shown++ ? " < " : "",
				    (unsigned long)c->frame[i]);
		}
	}
}

void live_add_stack(struct live_names *n, struct text *out, const struct live_code *c,
		    unsigned most)
{
	struct line l = {.out = out, .most = most};

	add_frames(n, &l, c);
	if (l.shown)
		return;
	l = (struct line){.out = out, .most = 1, .runtime_too = true};
	add_frames(n, &l, c);
	if (!l.shown)
		text_add(out, "an unknown place");
}

void live_add_lock(struct live_names *n, struct text *out, const struct live_lock *l, bool again)
{
	const struct module *m = modulemap_find(&n->modules, l->made.image, l->address);
	struct text place = {0};
	bool named = m && binary_variable(binary_of(n, m), l->address - m->bias, out, &place);

	text_free(&place);
	if (named || (l->path && *l->path && names_add_shared(out, l->path, l->offset)))
		return;
	text_format(out, "%s0x%lx", again ? "" : "the lock at ", (unsigned long)l->address);
	if (!l->made.count || again)
		return;
	text_add(out, l->initialised ? " made in " : " first taken in ");
	live_add_stack(n, out, &l->made, 1);
}

bool live_add_function(struct live_names *n, struct text *out, int64_t image, uint64_t entry)
{
	const struct module *m = modulemap_find(&n->modules, image, entry);
	struct text name = {0};
	struct line l = {.out = &name, .most = 1, .module = m ? m->path : NULL};

	if (m)
		binary_frames(binary_of(n, m), entry - m->bias, add_frame, &l);
	if (l.shown)
		text_add_bytes(out, name.data, strcspn(name.data, " "));
	text_free(&name);
	return l.shown != 0;
}
