#include "profiler/histogram.h"

/* Below 4 ns a bucket is one ns wide; then bucket 4 e + m holds [(4 + m) 2^(e-1), (5 + m) 2^(e-1)).
 */
unsigned histogram_bucket(int64_t ns)
{
	unsigned power, bucket;

	if (ns < 4)
		return ns < 0 ? 0 : (unsigned)ns;
	power = 63 - (unsigned)__builtin_clzll((uint64_t)ns);
	bucket = 4 * (power - 1) + ((uint64_t)ns >> (power - 2) & 3);
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

int64_t histogram_low(unsigned bucket)
{
	if (bucket < 4)
		return bucket;
	return (int64_t)(4 + bucket % 4) << (bucket / 4 - 1);
}
