/* Random numbers that are the same in every run: the same seed, the same series (xorshift64*). */
#ifndef PARPROF_FIT_RANDOM_H
#define PARPROF_FIT_RANDOM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state; /* never 0 */
};

static inline struct random random_seed(uint64_t seed)
{
	return (struct random){(seed + 1) * 0x9e3779b97f4a7c15ull | 1};
}

static inline uint64_t random_next(struct random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dull;
}

static inline double random_share(struct random *r) /* 0 < x < 1 */
{
	return ((double)(random_next(r) >> 11) + 0.5) * 0x1p-53;
}

static inline size_t random_below(struct random *r, size_t count)
{
	return (size_t)(random_share(r) * (double)count);
}

static inline double random_normal(struct random *r) /* Box and Muller */
{
	return sqrt(-2 * log(random_share(r))) * cos(2 * M_PI * random_share(r));
}

#endif
