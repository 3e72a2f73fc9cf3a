/*
 * Samples: what running threads were doing, from the kernel's copies of their stacks to rows of the
 * table sample.
 *
 * A sample belongs to a process by its log, which may come later than the sample: until then, one
 * second at most, samples wait unwound. Then the process counts as one that writes no log, and
 * gets its code's names from what the kernel said was mapped.
 */
#ifndef PARPROF_SAMPLES_H
#define PARPROF_SAMPLES_H

#include "collectors/kernel/image.h"
#include "collectors/log.h"
#include "profiler/ingest.h"
#include "profiler/store_rows.h"

struct sample_waiting {
	int64_t time, task;
	bool kernel;
	uint32_t depth;
	uint64_t frame[STACK_DEPTH_MAX];
};

struct sample_process {
	uint32_t pid;
	uint32_t number,
	    code; /* of the ingest: its own, and whose code it shares; 0: not known yet */
	bool unwatched;
	int threads;   /* that live, as far as their begins were seen */
	int64_t begin; /* ns: of this program, since exec or fork */
	struct image image;
	struct sample_waiting *waiting;
	size_t count, room;
};

/* Who wants to know of each sample with its frames, before its process is known. */
typedef void samples_frames(void *data, const struct happening *, const struct image *,
			    const uint64_t *frame, size_t depth);

struct samples {
	struct ingest *ingest;
	struct store_rows *rows;
	struct image_files files;
	struct sample_process *process; /* those that live; free places have pid 0 */
	size_t processes, room;
	samples_frames *listener; /* NULL: nobody */
	void *listener_data;
	uint32_t depth; /* frames kept, at most STACK_DEPTH_MAX */
};

void samples_open(struct samples *, struct ingest *, struct store *, uint32_t depth);
/* ns: its time, since the start of the recording; task: of its thread. */
void samples_happen(struct samples *, const struct happening *, int64_t ns, int64_t task);
/* All logs were read that were written before ns. */
void samples_settle(struct samples *, int64_t ns);
void samples_close(struct samples *);
/* What is mapped where, as long as the process lives; NULL: nothing is known of it. */
const struct image *samples_image(struct samples *, uint32_t pid);

#endif
