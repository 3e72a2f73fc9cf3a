/* Why perf_event_open() refuses, and what would allow it. */
#ifndef PARPROF_PERF_REASON_H
#define PARPROF_PERF_REASON_H

const char *perf_reason(int error); /* an errno; valid until the next call */

#endif
