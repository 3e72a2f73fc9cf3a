#include "reports/cache/memory_bound.h"

double per_thousand(int64_t misses, int64_t instructions)
{
	return instructions > 0 ? 1000.0 * (double)misses / (double)instructions : 0;
}

enum memory_bound memory_bound(const struct cache_sums *s)
{
	double ll = per_thousand(s->ll_misses, s->instructions);
	if ((double)s->instructions < MEMORY_SHORT)
		return MEMORY_UNKNOWN;
	if (ll >= MEMORY_LL_MANY)
		return MEMORY_BOUND;
	if (ll > MEMORY_LL_FEW)
		return MEMORY_BETWEEN;
	return per_thousand(s->l1_misses, s->instructions) > MEMORY_L1_FEW ? MEMORY_CACHE
									   : MEMORY_NOT;
}
