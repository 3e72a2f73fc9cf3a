#include "profiler/names.h"
#include "profiler/binary.h"
#include "profiler/modulemap.h"
#include "profiler/names_site.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <string.h>

struct naming {
	struct store *store;
	struct modulemap modules;
	struct query *set, *function;
	struct sites *sites;
};

static void set_name(struct naming *n, int64_t lock, const char *name, const char *named_by,
		     const char *place)
{
	query_bind_int(n->set, 1, lock);
	query_bind_text(n->set, 2, name);
	query_bind_text(n->set, 3, named_by);
	query_bind_text(n->set, 4, place && *place ? place : NULL);
	query_run(n->set);
}

static void name_variable(struct naming *n, struct binary *b, const struct wanted *w)
{
	struct text name = {0}, place = {0};

	if (binary_variable(b, w->address, &name, &place)) {
		set_name(n, w->row, text_string(&name), "variable", text_string(&place));
	} else {
		text_format(&name, "%s+0x%lx", b->name, (unsigned long)w->address);
		set_name(n, w->row, text_string(&name), "address", NULL);
	}
	text_free(&name);
	text_free(&place);
}

static void name_in_file(void *naming, struct binary *b, struct wanted *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		name_variable(naming, b, &w[i]);
}

/* The locks that lie in a file's data. */
static void name_variables(struct naming *n)
{
	struct wanted_list list = {0};
	struct query *q = store_query(
	    n->store, "SELECT l.id, coalesce(p.image, l.process), l.address FROM lock l "
		      "LEFT JOIN process p ON p.id = l.process "
		      "WHERE l.family NOT IN ('join', 'child', 'timer', 'io', 'gil')");

	while (query_step(q)) {
		uint64_t address = (uint64_t)query_int(q, 2);
		const struct module *m = modulemap_find(&n->modules, query_int(q, 1), address);
		if (m)
			wanted_add(&list, m, address, query_int(q, 0));
	}
	query_close(q);
	wanted_each_file(&list, name_in_file, n);
}

bool names_add_shared(struct text *out, const char *path, int64_t offset)
{
	static const char *const nameless[] = {"/dev/zero", "/SYSV", "/memfd:", "/dev/hugepages"};
	static const char shm[] = "/dev/shm/";
	const char *slash = strrchr(path, '/');
	size_t length;

	for (size_t i = 0; i < sizeof(nameless) / sizeof(*nameless); i++)
		if (!strncmp(path, nameless[i], strlen(nameless[i])))
			return false;
	if (!strncmp(path, shm, strlen(shm))) {
		path += strlen(shm);
		text_add_char(out, '/');
		text_add(out, !strncmp(path, "sem.", 4) ? path + 4 : path);
	} else {
		text_add(out, slash && slash[1] ? slash + 1 : path);
	}
	length = strlen(" (deleted)");
	if (out->length > length && !strcmp(out->data + out->length - length, " (deleted)"))
		text_cut(out, out->length - length);
	if (offset)
		text_format(out, "+0x%lx", (unsigned long)offset);
	return true;
}

/* The columns of a lock that has no name or no place yet. */
enum { LOCK, FAMILY, ADDRESS, PATH, OFFSET, STACK, INIT, NAME, NAMED_BY };

static bool is_call(const char *family)
{
	return !strcmp(family, "timer") || !strcmp(family, "io");
}

/* A sleep, and input or output of a file that is no object, are called as the function: its number
 * is their address. */
static const char *add_function(struct naming *n, int64_t number, struct text *out)
{
	query_bind_int(n->function, 1, number);
	text_add(out, query_step(n->function) ? query_text(n->function, 0) : "call");
	query_reset(n->function);
	return "call";
}

/* Semaphores of multiprocessing lie in files whose names are random. */
static bool is_python_made(struct naming *n, struct query *q, struct text *out)
{
	const struct site *site;

	if (strcmp(query_text(q, FAMILY), "semaphore") != 0 || query_is_null(q, INIT) ||
	    !query_text(q, PATH))
		return false;
	site = sites_find(n->sites, query_int(q, LOCK), query_int(q, STACK));
	if (!site || !site->python)
		return false;
	text_add(out, site->name);
	return true;
}

/* Writes the name, returns what it comes from. Joins and children name what is waited for; what
 * lies in a file has its name already. */
static const char *add_name(struct naming *n, struct query *q, struct text *out)
{
	const char *path = query_text(q, PATH), *family = query_text(q, FAMILY);
	const char *named_by = query_text(q, NAMED_BY);
	const struct site *site;

	if (is_python_made(n, q, out))
		return "init";
	if ((!named_by || !strcmp(named_by, "address")) && path && *path &&
	    names_add_shared(out, path, query_int(q, OFFSET)))
		return "path";
	if (named_by) {
		text_add(out, query_text(q, NAME));
		return named_by;
	}
	if (!strcmp(family, "gil")) {
		text_add(out, "GIL");
		return "interpreter";
	}
	if (!strcmp(family, "child")) {
		text_add(out, "child process");
		return "caller";
	}
	if (is_call(family))
		return add_function(n, query_int(q, ADDRESS), out);
	if (!strcmp(family, "join")) {
		sites_joined(n->sites, query_int(q, LOCK), out);
		return "init";
	}
	site = sites_find(n->sites, query_int(q, LOCK), query_int(q, STACK));
	if (site) {
		text_add(out, site->name);
		return query_is_null(q, INIT) ? "caller" : "init";
	}
	text_format(out, "0x%lx", (unsigned long)query_int(q, ADDRESS));
	return "address";
}

/* Where a file and line are not known a function has to do, unless that is the name already. */
static const char *place_of(struct naming *n, struct query *q, const char *name)
{
	const struct site *site = sites_find(n->sites, query_int(q, LOCK), query_int(q, STACK));
	const char *place = NULL;

	if (is_call(query_text(q, FAMILY)) || !strcmp(query_text(q, FAMILY), "gil"))
		return NULL;
	if (site)
		place = site->place ? site->place : site->name;
	return place && strcmp(place, name) ? place : NULL;
}

/* By their file, by the place of their init or first use. */
static void name_others(struct naming *n)
{
	struct text name = {0};
	struct query *q = store_query(
	    n->store, "SELECT id, family, address, path, offset, stack, init_ns, name, named_by "
		      "FROM lock WHERE place IS NULL");

	while (query_step(q)) {
		const char *named_by;
		text_clear(&name);
		named_by = add_name(n, q, &name);
		set_name(n, query_int(q, LOCK), text_string(&name), named_by,
			 place_of(n, q, text_string(&name)));
	}
	query_close(q);
	text_free(&name);
}

int names_resolve(struct store *store)
{
	struct naming n = {.store = store};

	if (store_exec(store,
		       "UPDATE lock SET name = NULL, named_by = NULL, place = NULL "
		       "WHERE name IS NOT NULL;"
		       "CREATE INDEX IF NOT EXISTS object_lock ON object (lock);"
		       "CREATE INDEX IF NOT EXISTS thread_handle ON thread (process, handle)"))
		return -1;
	n.set = store_query(store, "UPDATE lock SET name = ?2, named_by = ?3, place = ?4 "
				   "WHERE id = ?1");
	n.function = store_query(store, "SELECT name FROM hook WHERE id = ?1");
	n.sites = sites_open(store);
	modulemap_read(&n.modules, store);
	name_variables(&n);
	name_others(&n);
	modulemap_free(&n.modules);
	sites_close(n.sites);
	query_close(n.set);
	query_close(n.function);
	return store_failed(store) ? -1 : 0;
}
