#include "collectors/machine/topology.h"
#include "collectors/machine/machine.h"
#include <errno.h>
#include <hwloc.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *list_of(hwloc_const_bitmap_t set)
{
	char *words = NULL;
	return hwloc_bitmap_list_asprintf(&words, set) < 0 ? strdup("") : words;
}

static void kind_of(char *kind, size_t size, hwloc_obj_t o)
{
	static const struct {
		hwloc_obj_type_t type;
		const char *name;
	} names[] = {{HWLOC_OBJ_MACHINE, "machine"}, {HWLOC_OBJ_PACKAGE, "package"},
		     {HWLOC_OBJ_DIE, "die"},	     {HWLOC_OBJ_GROUP, "group"},
		     {HWLOC_OBJ_NUMANODE, "node"},   {HWLOC_OBJ_CORE, "core"},
		     {HWLOC_OBJ_PU, "cpu"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].type == o->type)
			snprintf(kind, size, "%s", names[i].name);
	if (!*kind)
		hwloc_obj_type_snprintf(kind, size, o, 0);
}

/* What tells the kinds of cores apart; NULL: they are all the same. */
static const char *core_kind(hwloc_topology_t topology, hwloc_obj_t core)
{
	static __thread char words[32];
	unsigned count = 0;
	struct hwloc_info_s *infos = NULL;
	if (hwloc_cpukinds_get_nr(topology, 0) < 2)
		return NULL;
	int kind = hwloc_cpukinds_get_by_cpuset(topology, core->cpuset, 0);
	if (kind < 0)
		return NULL;
	hwloc_cpukinds_get_info(topology, (unsigned)kind, NULL, NULL, &count, &infos, 0);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(infos[i].name, "CoreType"))
			return infos[i].value;
	snprintf(words, sizeof(words), "kind %d", kind);
	return words;
}

static const char *name_of(hwloc_topology_t topology, hwloc_obj_t o)
{
	if (o->type == HWLOC_OBJ_CORE)
		return core_kind(topology, o);
	return o->type == HWLOC_OBJ_PACKAGE ? hwloc_obj_get_info_by_name(o, "CPUModel") : NULL;
}

/* Without the blanks that fill up what the processor says. */
static char *trimmed(const char *words)
{
	if (!words)
		return NULL;
	size_t length = strlen(words);
	while (length && words[length - 1] == ' ')
		length--;
	return strndup(words, length);
}

static int add_part(struct machine *m, hwloc_topology_t topology, hwloc_obj_t o, int parent)
{
	m->parts = realloc(m->parts, (m->part_count + 1) * sizeof(*m->parts));
	if (!m->parts)
		abort();
	struct machine_part *p = &m->parts[m->part_count];
	*p = (struct machine_part){
	    .parent = parent,
	    .number = o->os_index == HWLOC_UNKNOWN_INDEX ? -1 : (int64_t)o->os_index,
	    .name = trimmed(name_of(topology, o)),
	    .cpus = o->cpuset ? hwloc_bitmap_weight(o->cpuset) : 0,
	    .cpu_list = list_of(o->cpuset),
	};
	kind_of(p->kind, sizeof(p->kind), o);
	if (hwloc_obj_type_is_cache(o->type)) {
		p->bytes = o->attr->cache.size;
		p->line_bytes = (int)o->attr->cache.linesize;
		p->ways = o->attr->cache.associativity;
	} else if (o->type == HWLOC_OBJ_NUMANODE) {
		p->bytes = o->attr->numanode.local_memory;
	}
	return (int)m->part_count++;
}

static void add_tree(struct machine *m, hwloc_topology_t topology, hwloc_obj_t o, int parent)
{
	int part = add_part(m, topology, o, parent);
	for (hwloc_obj_t c = o->memory_first_child; c; c = c->next_sibling)
		add_tree(m, topology, c, part);
	for (hwloc_obj_t c = o->first_child; c; c = c->next_sibling)
		add_tree(m, topology, c, part);
}

static int threads_per_core(hwloc_topology_t topology)
{
	int most = 1;
	for (hwloc_obj_t c = NULL; (c = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_CORE, c));) {
		int threads = hwloc_bitmap_weight(c->cpuset);
		most = threads > most ? threads : most;
	}
	return most;
}

/* "2 IntelCore, 4 IntelAtom", the most able last as hwloc sorts them; nothing for one kind. */
static char *core_kinds(const struct machine *m)
{
	char *words = NULL;
	size_t size;
	FILE *out = open_memstream(&words, &size);
	for (size_t i = 0; out && i < m->part_count; i++) {
		const char *name = m->parts[i].name;
		bool said = false;
		int count = 0;
		if (strcmp(m->parts[i].kind, "core") != 0 || !name)
			continue;
		for (size_t j = 0; j < m->part_count; j++) {
			bool same = !strcmp(m->parts[j].kind, "core") && m->parts[j].name &&
				    !strcmp(m->parts[j].name, name);
			said |= same && j < i;
			count += same;
		}
		if (!said)
			fprintf(out, "%s%d %s", ftell(out) ? ", " : "", count, name);
	}
	if (out)
		fclose(out);
	if (words && !*words) {
		free(words);
		return NULL;
	}
	return words;
}

static int count(hwloc_topology_t topology, hwloc_obj_type_t type)
{
	int n = hwloc_get_nbobjs_by_type(topology, type);
	return n > 0 ? n : 0;
}

/* Of another machine: what it allowed there; of this one: what this process may. */
static void read_allowed(struct machine *m, hwloc_topology_t topology)
{
	hwloc_bitmap_t set = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology));
	if (set && hwloc_topology_is_thissystem(topology))
		hwloc_get_cpubind(topology, set, HWLOC_CPUBIND_PROCESS);
	m->allowed_cpus = set ? hwloc_bitmap_weight(set) : 0;
	m->allowed_list = set ? list_of(set) : NULL;
	hwloc_bitmap_free(set);
}

static void take(struct machine *m, hwloc_topology_t topology)
{
	char words[96];
	hwloc_obj_t root = hwloc_get_root_obj(topology);
	const char *backend = hwloc_obj_get_info_by_name(root, "Backend");
	add_tree(m, topology, root, -1);
	m->packages = count(topology, HWLOC_OBJ_PACKAGE);
	m->cores = count(topology, HWLOC_OBJ_CORE);
	m->cpus = count(topology, HWLOC_OBJ_PU);
	m->nodes = count(topology, HWLOC_OBJ_NUMANODE);
	m->threads_per_core = m->cores ? threads_per_core(topology) : 0;
	m->core_kinds = core_kinds(m);
	if (!hwloc_topology_is_thissystem(topology))
		m->memory_bytes = (int64_t)root->total_memory;
	snprintf(words, sizeof(words), "hwloc %u.%u, %s%s", hwloc_get_api_version() >> 16,
		 hwloc_get_api_version() >> 8 & 0xff, backend ? backend : "no backend",
		 hwloc_topology_is_thissystem(topology) ? "" : ": another machine");
	m->source = strdup(words);
	read_allowed(m, topology);
}

/* How hwloc is to be, unless the user says otherwise: GPU plugins take long and start threads, and
 * what it cannot find is told by us. */
static const struct {
	const char *name, *value;
} wishes[] = {{"HWLOC_PLUGINS_PATH", "/"}, {"HWLOC_HIDE_ERRORS", "2"}};
enum { WISHES = sizeof(wishes) / sizeof(*wishes) };

static int init_and_load(hwloc_topology_t *topology)
{
	if (hwloc_topology_init(topology) != 0)
		return *topology = NULL, -1;
	hwloc_topology_set_flags(*topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
	hwloc_topology_set_io_types_filter(*topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	hwloc_topology_set_icache_types_filter(*topology, HWLOC_TYPE_FILTER_KEEP_ALL);
	errno = 0;
	return hwloc_topology_load(*topology);
}

static int load(hwloc_topology_t *topology)
{
	bool ours[WISHES];
	for (int i = 0; i < WISHES; i++) {
		ours[i] = getenv(wishes[i].name) == NULL;
		setenv(wishes[i].name, wishes[i].value, 0);
	}
	int result = init_and_load(topology);
	for (int i = 0; i < WISHES; i++)
		if (ours[i])
			unsetenv(wishes[i].name);
	return result;
}

/* Without hwloc's knowledge the kernel still knows how many. */
static void count_cpus(struct machine *m)
{
	cpu_set_t set;
	m->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	m->allowed_cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : m->cpus;
}

void topology_read(struct machine *m)
{
	hwloc_topology_t topology;
	if (load(&topology) == 0) {
		take(m, topology);
		if (!m->cores || !machine_last_cache(m))
			machine_lacks(m, m->cores ? "caches" : "cores and caches",
				      "neither /sys nor the processor says it");
	} else {
		machine_lacks(m, "cores and caches",
			      errno ? strerror(errno) : "hwloc cannot read them");
		count_cpus(m);
	}
	if (topology)
		hwloc_topology_destroy(topology);
}
