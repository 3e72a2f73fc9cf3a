#include "profiler/names_site.h"
#include "profiler/hash.h"
#include "profiler/store.h"

#define STACK_KEY 1 /* second word of the key: (0, 0) must not occur */

struct sites {
	struct query *of_stack, *of_caller, *joined;
	struct hash by_stack;
	struct site caller; /* the last one found without a stack */
};

struct sites *sites_open(struct store *store)
{
	struct sites *s = memory_new(1, sizeof(*s));

	hash_init(&s->by_stack, sizeof(struct site));
	s->of_stack =
	    store_query(store, "SELECT function, file, line, runtime, module = 'python', call "
			       "FROM stack_line WHERE stack = ?1 ORDER BY position, depth");
	s->of_caller = store_query(
	    store, "SELECT l.function, l.file, l.line, l.runtime, 0, replace(m.path, rtrim(m.path, "
		   "replace(m.path, '/', '')), '') || printf('+0x%x', c.address - 1 - m.bias) "
		   "FROM object o JOIN code c ON c.id = o.code JOIN code_line l ON l.code = c.id "
		   "LEFT JOIN module m ON m.id = c.module "
		   "WHERE o.lock = ?1 ORDER BY o.first_ns, o.id, l.depth");
	s->joined = store_query(
	    store, "SELECT l.function, l.runtime, t.stack, t.name FROM lock k JOIN thread t "
		   "ON t.process = k.process AND t.handle = k.address LEFT JOIN code_line l "
		   "ON l.code = t.routine WHERE k.id = ?1 ORDER BY t.begin_ns DESC, l.depth DESC "
		   "LIMIT 1");
	return s;
}

static void site_free(struct site *site)
{
	free(site->name);
	free(site->place);
	*site = (struct site){0};
}

void sites_close(struct sites *s)
{
	struct site *site;
	uint64_t key[2];
	size_t place = 0;

	while ((site = hash_next(&s->by_stack, &place, key)))
		site_free(site);
	hash_free(&s->by_stack);
	site_free(&s->caller);
	query_close(s->of_stack);
	query_close(s->of_caller);
	query_close(s->joined);
	free(s);
}

/* Functions without symbols are called by their module and their begin. */
static bool is_nameless(const char *function, const char *call)
{
	const char *plus = call ? strrchr(call, '+') : NULL;

	return plus && !strncmp(function, call, (size_t)(plus - call) + strlen("+0x"));
}

static void site_set(struct site *site, struct query *q)
{
	struct text name = {0}, place = {0};
	const char *file = query_text(q, 1), *slash = file ? strrchr(file, '/') : NULL;
	const char *call = query_text(q, 5);
	int64_t line = query_int(q, 2);

	text_add(&name, query_text(q, 0));
	if (file && line) {
		text_format(&name, " (%s:%ld)", slash ? slash + 1 : file, (long)line);
		text_format(&place, "%s:%ld", file, (long)line);
	} else if (is_nameless(query_text(q, 0), call)) {
		text_add(&place, call);
	}
	free(site->name);
	free(site->place);
	site->name = name.data;
	site->place = place.data;
}

/* The first row that is the program's; without one the first of Python's own library, else the
 * first of all. */
static void site_read(struct site *site, struct query *q, int64_t key)
{
	bool python = false;

	query_bind_int(q, 1, key);
	while (query_step(q)) {
		bool runtime = query_int(q, 3), better = query_int(q, 4) && !python;
		site->python |= query_int(q, 4) != 0;
		if (!query_text(q, 0) || (runtime && site->name && !better))
			continue;
		site_set(site, q);
		python |= better;
		if (!runtime)
			break;
	}
	query_reset(q);
}

static const struct site *site_of_stack(struct sites *s, int64_t stack)
{
	bool fresh;
	struct site *site = hash_put(&s->by_stack, (uint64_t)stack, STACK_KEY, &fresh);

	if (fresh)
		site_read(site, s->of_stack, stack);
	return site->name ? site : NULL;
}

const struct site *sites_find(struct sites *s, int64_t lock, int64_t stack)
{
	const struct site *site = stack ? site_of_stack(s, stack) : NULL;

	if (site)
		return site;
	site_free(&s->caller);
	site_read(&s->caller, s->of_caller, lock);
	return s->caller.name ? &s->caller : NULL;
}

/* Its start routine; when that is a library's (std::thread) where it was made. */
void sites_joined(struct sites *s, int64_t lock, struct text *out)
{
	const struct site *made;
	const char *name;

	query_bind_int(s->joined, 1, lock);
	text_add(out, "thread");
	if (query_step(s->joined)) {
		made = query_int(s->joined, 2) ? site_of_stack(s, query_int(s->joined, 2)) : NULL;
		name = query_text(s->joined, 0);
		if (name && !query_int(s->joined, 1))
			text_format(out, " %s", name);
		else if (made)
			text_format(out, " of %s", made->name);
		else if ((name = query_text(s->joined, 3)))
			text_format(out, " %s", name);
	}
	query_reset(s->joined);
}
