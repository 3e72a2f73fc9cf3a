#include "profiler/cachegrind_cache.h"
#include <stdlib.h>
#include <string.h>

#define LINE_SMALLEST 16u /* else one instruction may lie in three lines */
#define LINE_LARGEST 1024u
#define SIZE_LARGEST (UINT64_C(1) << 40)

const char *const simulated_name[SIMULATED_COUNT] = {
#define X(name, fact) #name,
    SIMULATED_CACHES(X)
#undef X
};
const char *const simulated_fact[SIMULATED_COUNT] = {
#define X(name, fact) fact,
    SIMULATED_CACHES(X)
#undef X
};

/* For what nobody tells: an ordinary small machine. Ways that are unknown, or are all of the cache,
 * too. */
static const struct cache_geometry ordinary[SIMULATED_COUNT] = {
    [SIMULATED_I1] = {32u << 10, 8, 64},
    [SIMULATED_D1] = {32u << 10, 8, 64},
    [SIMULATED_LL] = {8u << 20, 16, 64},
};

static uint64_t nearest_power(uint64_t value)
{
	uint64_t power = 1;
	while (power * 2 <= value)
		power *= 2;
	return value - power > power * 2 - value ? power * 2 : power;
}

static uint64_t divided(uint64_t a, uint64_t b) /* rounded, at least 1 */
{
	uint64_t q = (a + b / 2) / b;
	return q ? q : 1;
}

bool simulated_cache_round(struct cache_geometry *g)
{
	struct cache_geometry was = *g;
	g->line = (uint32_t)nearest_power(g->line ? g->line : 64);
	if (g->line < LINE_SMALLEST)
		g->line = LINE_SMALLEST;
	if (g->line > LINE_LARGEST)
		g->line = LINE_LARGEST;
	uint64_t lines = divided(g->size, g->line);
	uint64_t ways = g->ways ? g->ways : 1;
	if (lines < 2)
		lines = 2;
	if (ways > lines)
		ways = lines;
	/* the size is what counts: the ways give way */
	uint64_t sets = nearest_power(divided(lines, ways));
	g->ways = (uint32_t)divided(lines, sets);
	g->size = sets * g->ways * g->line;
	return g->size != was.size || g->ways != was.ways || g->line != was.line;
}

void simulated_cache_print(struct text *out, const struct cache_geometry *g)
{
	if (g->size % (1u << 20) == 0)
		text_format(out, "%llu MiB", (unsigned long long)(g->size >> 20));
	else if (g->size % (1u << 10) == 0)
		text_format(out, "%llu KiB", (unsigned long long)(g->size >> 10));
	else
		text_format(out, "%llu B", (unsigned long long)g->size);
	text_format(out, ", %u ways, lines of %u B", g->ways, g->line);
}

/* 32k, 2M: the end of it in *end; 0: wrong. */
static uint64_t read_size(const char *at, char **end)
{
	if (*at < '0' || *at > '9')
		return 0;
	uint64_t value = strtoull(at, end, 10);
	int shift = strchr("kK", **end)	  ? 10
		    : strchr("mM", **end) ? 20
		    : strchr("gG", **end) ? 30
					  : 0;
	if (!**end)
		shift = 0;
	*end += shift != 0;
	return value > SIZE_LARGEST >> shift ? 0 : value << shift;
}

/* "32k:8:64" up to a comma or the end; false: it is not of this form. */
static bool read_geometry(struct cache_geometry *g, const char *at, const char **rest)
{
	char *end = (char *)at;
	uint64_t size = read_size(at, &end), part[2] = {0, g->line};
	for (int i = 0; i < 2 && size && *end == ':'; i++) {
		part[i] = read_size(end + 1, &end);
		if (!part[i] || part[i] > 1u << 20)
			return false;
	}
	if (!size || (*end && *end != ','))
		return false;
	*g =
	    (struct cache_geometry){size, part[0] ? (uint32_t)part[0] : g->ways, (uint32_t)part[1]};
	*rest = *end ? end + 1 : end;
	return true;
}

static int read_description(struct simulated_caches *s, const char *words, struct text *why)
{
	const char *rest = words;
	while (*rest) {
		const char *item = rest;
		int i = 0;
		while (i < SIMULATED_COUNT && strncmp(item, simulated_name[i], 2) != 0)
			i++;
		if (i < SIMULATED_COUNT && item[2] == '=' &&
		    read_geometry(&s->cache[i], item + 3, &rest))
			continue;
		text_format(why,
			    "'%s' describes no cache; write I1, D1 or LL, as in "
			    "D1=32k:8:64,LL=2M:16 (size, ways, bytes of a line)",
			    item);
		return -1;
	}
	return 0;
}

static void say_change(struct text *out, int i, const struct cache_geometry *was,
		       const struct cache_geometry *now)
{
	text_format(out, "%s%s is simulated as ", out->length ? "; " : "", simulated_name[i]);
	simulated_cache_print(out, now);
	text_add(out, " (it is ");
	simulated_cache_print(out, was);
	text_add(out, "; cachegrind wants a power of two of sets)");
}

int simulated_caches_choose(struct simulated_caches *s, const struct cache_levels *machine,
			    const char *description, struct text *changed, struct text *why)
{
	*s = (struct simulated_caches){{machine->i1, machine->d1, machine->last}};
	for (int i = 0; i < SIMULATED_COUNT; i++) {
		if (!s->cache[i].size)
			s->cache[i] = ordinary[i];
		if (!s->cache[i].line)
			s->cache[i].line = ordinary[i].line;
	}
	if (description && read_description(s, description, why) != 0)
		return -1;
	for (int i = 0; i < SIMULATED_COUNT; i++) {
		if (!s->cache[i].ways)
			s->cache[i].ways = ordinary[i].ways;
		struct cache_geometry was = s->cache[i];
		if (simulated_cache_round(&s->cache[i]))
			say_change(changed, i, &was, &s->cache[i]);
	}
	return 0;
}
