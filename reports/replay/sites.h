/*
 * Places in the code, told apart as finely as needed: by the innermost frames of a stack, one, two,
 * three, or by all.
 */
#ifndef PARPROF_SITES_H
#define PARPROF_SITES_H

#include <stdint.h>

enum { SITE_DEPTHS = 4 };
struct sites {
	uint64_t (*key)[SITE_DEPTHS]; /* by stack; NULL: each stack is a place of its own */
	uint32_t count;
};

static inline uint64_t site_key(const struct sites *s, uint32_t stack, int depth)
{
	return s && s->key && stack < s->count ? s->key[stack][depth] : stack;
}

#endif
