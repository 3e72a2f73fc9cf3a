#include "collectors/preload/unwind.h"
#include <dlfcn.h>
#include <stddef.h>

#define CACHE_SIZE 8192u

/* Torn reads are found out: key is pc ^ rule, so that both words must be of the same store. */
static struct {
	uint64_t key, rule;
} cache[CACHE_SIZE];

static bool find_table(uint64_t pc, struct frame_table *t)
{
	struct dl_find_object object;
	if (_dl_find_object((void *)pc, &object) != 0 || !object.dlfo_eh_frame)
		return false;
	*t = (struct frame_table){object.dlfo_eh_frame, object.dlfo_map_end, object.dlfo_map_start,
				  object.dlfo_map_end};
	return true;
}

static struct rule find(uint64_t pc)
{
	struct frame_table t;
	return find_table(pc, &t) ? unwind_parse(&t, pc) : (struct rule){.kind = RULE_NONE};
}

uint64_t unwind_function(uint64_t pc)
{
	struct frame_table t;
	return find_table(pc, &t) ? unwind_function_begin(&t, pc) : 0;
}

struct rule unwind_rule(uint64_t pc)
{
	uint32_t at = (uint32_t)(pc * 0x9e3779b97f4a7c15ull >> 51);
	uint64_t key = __atomic_load_n(&cache[at].key, __ATOMIC_RELAXED);
	uint64_t word = __atomic_load_n(&cache[at].rule, __ATOMIC_RELAXED);
	struct rule rule;
	if (__builtin_expect((key ^ word) == pc, 1)) {
		__builtin_memcpy(&rule, &word, sizeof(rule));
		return rule;
	}
	rule = find(pc);
	__builtin_memcpy(&word, &rule, sizeof(word));
	__atomic_store_n(&cache[at].key, pc ^ word, __ATOMIC_RELAXED);
	__atomic_store_n(&cache[at].rule, word, __ATOMIC_RELAXED);
	return rule;
}
