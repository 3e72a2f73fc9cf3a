#include "collectors/machine/cache_geometry.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INDEX_MAX 16 /* caches of a core that are looked at */

/* The first word of a file below a cache's folder; false: there is none. */
static bool word_of(const char *sysfs, int index, const char *name, char word[32])
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/devices/system/cpu/cpu0/cache/index%d/%s", sysfs, index,
		 name);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	bool found = fscanf(f, "%31s", word) == 1;
	fclose(f);
	return found;
}

/* 48K, 32M; without a unit: bytes. */
static uint64_t number_of(const char *sysfs, int index, const char *name)
{
	char word[32], *unit;
	if (!word_of(sysfs, index, name, word))
		return 0;
	uint64_t value = strtoull(word, &unit, 10);
	return value << (*unit == 'K' ? 10 : *unit == 'M' ? 20 : *unit == 'G' ? 30 : 0);
}

static struct cache_geometry geometry_of(const char *sysfs, int index)
{
	return (struct cache_geometry){
	    .size = number_of(sysfs, index, "size"),
	    .ways = (uint32_t)number_of(sysfs, index, "ways_of_associativity"),
	    .line = (uint32_t)number_of(sysfs, index, "coherency_line_size"),
	};
}

static void read_sysfs(struct cache_levels *c, const char *sysfs)
{
	char type[32];
	for (int i = 0; i < INDEX_MAX && word_of(sysfs, i, "type", type); i++) {
		int level = (int)number_of(sysfs, i, "level");
		struct cache_geometry g = geometry_of(sysfs, i);
		if (level == 1 && !strcmp(type, "Instruction"))
			c->i1 = g;
		else if (level == 1 && !strcmp(type, "Data"))
			c->d1 = g;
		else if (level == 1)
			c->i1 = c->d1 = g;
		else if (level > c->last_level && strcmp(type, "Instruction") != 0) {
			c->last = g;
			c->last_level = level;
		}
	}
	c->source = c->d1.size ? CACHES_SYSFS : CACHES_UNKNOWN;
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
	c->last = ASK(LEVEL3_CACHE);
	c->last_level = 3;
	if (!c->last.size) {
		c->last = ASK(LEVEL2_CACHE);
		c->last_level = c->last.size ? 2 : 0;
	}
	c->source = c->d1.size ? CACHES_LIBC : CACHES_UNKNOWN;
}

void cache_levels_read(struct cache_levels *c, const char *sysfs)
{
	*c = (struct cache_levels){0};
	read_sysfs(c, sysfs);
	if (c->source == CACHES_UNKNOWN)
		ask_libc(c);
}

uint32_t cache_line_bytes(const struct cache_levels *c)
{
	return c->d1.line ? c->d1.line : 64;
}
