/*
 * Buckets for times from 1 ns to hours: four to each power of two, so that a percentile read from
 * them is at most an eighth off. The numbers are those of tables wait_bucket and hold_bucket.
 */
#ifndef PARPROF_HISTOGRAM_H
#define PARPROF_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 180 /* the last one ends beyond 4 h */

unsigned histogram_bucket(int64_t ns);	/* below 0 counts as 0 */
int64_t histogram_low(unsigned bucket); /* histogram_low(b + 1) is where bucket b ends */

#endif
