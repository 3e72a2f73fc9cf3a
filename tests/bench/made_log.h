/* A recording of threads that never were: their segments are made up and fed to the ingest as the
 * recorder would. */
#ifndef PARPROF_MADE_LOG_H
#define PARPROF_MADE_LOG_H

#include "collectors/log.h"
#include "profiler/ingest.h"
#include "profiler/store.h"

enum { MADE_THREADS = 64, MADE_STACKS = 500 };

struct made_log {
	struct store *store;
	struct ingest *in;
	struct segment *segment[MADE_THREADS]; /* SEGMENT_SIZE each */
	uint32_t filled[MADE_THREADS];
	double cpu; /* seconds of the ingest alone */
};

/* Thread t of process 1 has tid 1000 + t. Times are ns. -1 after error(). */
int made_log_open(struct made_log *, const char *path);
/* Room for one record of that size, zero but for its head. */
void *made_log_record(struct made_log *, unsigned thread, unsigned event, unsigned hook,
		      uint32_t size);
uint64_t made_log_stack(unsigned number); /* the hash of a stack below MADE_STACKS */
/* Hands over what was written; anchors the clock. */
void made_log_tick(struct made_log *, uint64_t now);
void made_log_ingested(struct made_log *); /* no more records: the store can be finished */
int made_log_close(struct made_log *);	   /* -1 when something could not be written */

double bench_cpu_now(void); /* seconds, all threads */
double bench_wall_now(void);
uint32_t bench_dice(void);

#endif
