#include "collectors/machine/machine.h"
#include "collectors/machine/cgroup.h"
#include "collectors/machine/processor.h"
#include "collectors/machine/topology.h"
#include "collectors/machine/virtual.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MADE_UP_BYTES (128u << 20) /* of cache for each CPU: the largest real ones have less */

void machine_lacks(struct machine *m, const char *what, const char *why)
{
	char *words = NULL;
	if (asprintf(&words, "%s%s%s: %s", m->missing ? m->missing : "", m->missing ? "; " : "",
		     what, why) < 0)
		return;
	free(m->missing);
	m->missing = words;
}

static void limits_read(struct machine *m, const char *root)
{
	struct cgroup_limits l;
	cgroup_read(&l, root);
	m->quota_cpus = l.cpus;
	m->quota_from = *l.cpus_from ? strdup(l.cpus_from) : NULL;
	m->memory_limit_bytes = (int64_t)l.memory;
	m->memory_limit_from = *l.memory_from ? strdup(l.memory_from) : NULL;
}

/* Some hypervisors pass on a description that no cache fits: hundreds of megabytes for one CPU. */
static bool made_up(const struct machine_part *p)
{
	return p->kind[0] == 'L' && p->cpus && p->bytes / (unsigned)p->cpus > MADE_UP_BYTES;
}

static void doubt_caches(struct machine *m)
{
	for (size_t i = 0; i < m->part_count; i++)
		if (made_up(&m->parts[i])) {
			machine_lacks(
			    m, m->parts[i].kind,
			    "its size is so large that a hypervisor must have made it up");
			return;
		}
}

void machine_read(struct machine *m, const char *root)
{
	*m = (struct machine){0};
	processor_read(m, root);
	topology_read(m);
	limits_read(m, root);
	virtual_read(m, root);
	doubt_caches(m);
}

uint64_t machine_last_cache(const struct machine *m)
{
	uint64_t most = 0;
	for (size_t i = 0; i < m->part_count; i++)
		if (m->parts[i].kind[0] == 'L' && !made_up(&m->parts[i]) &&
		    m->parts[i].bytes > most)
			most = m->parts[i].bytes;
	return most;
}

#define FREE_TEXT(key) free(m->key);
#define FREE_INT(key)
#define FREE_REAL(key)

void machine_free(struct machine *m)
{
#define X(kind, key, meaning) FREE_##kind(key)
	MACHINE_FACTS(X)
#undef X
	for (size_t i = 0; i < m->part_count; i++) {
		free(m->parts[i].name);
		free(m->parts[i].cpu_list);
	}
	free(m->parts);
	*m = (struct machine){0};
}
