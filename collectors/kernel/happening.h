/*
 * Happenings: the records of the rings (ring.h) as plain structures, in order of time.
 *
 * Rings of different processors are drained one after the other, so that what was read last may be
 * older than what was read first: each round hands out what is older than its own begin, merged,
 * and keeps the rest for the next one. A program that switches all the time makes a million records
 * a second: sorting them anew was most of what they cost.
 */
#ifndef PARPROF_HAPPENING_H
#define PARPROF_HAPPENING_H

#include "collectors/kernel/ring.h"

enum happening_kind {
	HAPPENING_OUT,	/* a thread left its core */
	HAPPENING_IN,	/* it came back to one */
	HAPPENING_BORN, /* other: who made it */
	HAPPENING_ENDED,
	HAPPENING_NAMED,  /* text; flag: by exec */
	HAPPENING_MAPPED, /* text: the file; a range of code */
	HAPPENING_SAMPLE,
	HAPPENING_LOST, /* count records found no room */
};

struct happening {
	uint64_t time; /* CLOCK_MONOTONIC, ns */
	enum happening_kind kind;
	uint32_t pid, tid, cpu;
	bool flag; /* OUT: preempted, it could have run on; NAMED: by exec; SAMPLE: in the kernel */
	uint32_t other_pid, other_tid;	  /* BORN: of the maker */
	uint64_t count;			  /* LOST */
	uint64_t address, length, offset; /* MAPPED; SAMPLE: address is where it was */
	uint64_t fp, sp, pc;		  /* SAMPLE: user registers; pc 0: none */
	const void *registers; /* SAMPLE: all of them, RING_REGISTERS words, not aligned; or NULL */
	const unsigned char *stack; /* SAMPLE: copy from sp on, length bytes */
	const char *text;
};

struct happening_run { /* in order of time: [at, end) of the list */
	size_t at, end;
};

struct happenings {
	struct rings *rings;
	bool samples;		/* of the settings the rings were opened with */
	struct happening *list; /* kept ones, then those of each ring */
	size_t count, room;
	struct happening *kept; /* the next list, while what is left goes over */
	size_t kept_room;
	size_t first; /* of the run that is being read */
	struct happening_run *run;
	size_t runs, run_room;
	unsigned char *bytes; /* texts and stacks: owned here, offsets while they are gathered */
	size_t used, bytes_room;
	unsigned char *spare; /* the next bytes: stacks of a round are too much to allocate anew */
	size_t spare_room;
};

void happenings_init(struct happenings *, struct rings *, bool samples);
void happenings_free(struct happenings *);
/* Hands out, in order, what happened before `until`. Returns how many bytes the rings had. */
uint64_t happenings_read(struct happenings *, uint64_t until,
			 void (*each)(void *data, const struct happening *), void *data);
/* For tests: one record as it lies in a ring; false: it is of no kind that is kept. */
bool happening_parse(struct happening *, const struct perf_event_header *, bool samples);

#endif
