#include "collectors/machine/cache_geometry.h"
#include "collectors/machine/machine.h"
#include "collectors/machine/topology.h"
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static void keep(struct cache_levels *c, const struct machine_part *p)
{
	struct cache_geometry g = {p->bytes, p->ways > 0 ? (uint32_t)p->ways : 0,
				   p->line_bytes > 0 ? (uint32_t)p->line_bytes : 0};
	int level = p->kind[1] - '0';
	bool code = p->kind[2] == 'i', data = p->kind[2] == 'd';
	if (level == 1 && !data && !c->i1.size)
		c->i1 = g;
	if (level == 1 && !code && !c->d1.size)
		c->d1 = g;
	if (level == 2 && !code && !c->second.size)
		c->second = g;
	if (level > 1 && !code && level > c->last_level) {
		c->last = g;
		c->last_level = level;
	}
}

static struct cache_geometry asked(int size, int ways, int line)
{
	long value[3] = {sysconf(size), sysconf(ways), sysconf(line)};
	for (int i = 0; i < 3; i++)
		if (value[i] < 0)
			value[i] = 0;
	return (struct cache_geometry){(uint64_t)value[0], (uint32_t)value[1], (uint32_t)value[2]};
}

#define ASK(name) asked(_SC_##name##_SIZE, _SC_##name##_ASSOC, _SC_##name##_LINESIZE)

static void ask_libc(struct cache_levels *c)
{
	*c = (struct cache_levels){.i1 = ASK(LEVEL1_ICACHE), .d1 = ASK(LEVEL1_DCACHE)};
	c->second = ASK(LEVEL2_CACHE);
	c->last = ASK(LEVEL3_CACHE);
	c->last_level = 3;
	if (!c->last.size) {
		c->last = c->second;
		c->last_level = c->last.size ? 2 : 0;
	}
	c->source = c->d1.size ? CACHES_LIBC : CACHES_UNKNOWN;
}

/* Parts come in the order of CPUs: the first one of a kind is the first core's. */
void cache_levels_of(struct cache_levels *c, const struct machine *m)
{
	*c = (struct cache_levels){0};
	for (size_t i = 0; i < m->part_count; i++) {
		const char *kind = m->parts[i].kind;
		if (kind[0] == 'L' && kind[1] >= '1' && kind[1] <= '9' && m->parts[i].bytes)
			keep(c, &m->parts[i]);
	}
	c->source = c->d1.size ? CACHES_TOPOLOGY : CACHES_UNKNOWN;
	if (c->source == CACHES_UNKNOWN)
		ask_libc(c);
}

const struct cache_levels *cache_levels(void)
{
	static struct cache_levels here;
	static bool known;
	if (!known) {
		struct machine m = {0};
		topology_read(&m);
		cache_levels_of(&here, &m);
		machine_free(&m);
		known = true;
	}
	return &here;
}

uint32_t cache_line_bytes(const struct cache_levels *c)
{
	return c->d1.line ? c->d1.line : 64;
}
