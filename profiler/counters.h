/*
 * Counters of a recording: chooses by name what is to be counted, keeps what the kernel hands over
 * in the tables counter…, all in the recorder: nothing is opened in the program.
 *
 * An event that cannot be counted is refused alone, its row says why, and the recording goes on.
 * NULL, when nothing is to be counted, is accepted by all functions.
 */
#ifndef PARPROF_COUNTERS_H
#define PARPROF_COUNTERS_H

#include "collectors/kernel/counter_name.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct counters;
struct store;

/* An event that was asked for, and how it is counted. */
struct counter_choice {
	const struct counter_event *event;
	bool own; /* named by the user, in no file: to be freed */
};

struct counter_choices {
	struct counter_library library;
	struct counter_choice *choice;
	size_t count;
	const struct counter_group *group[32];
	size_t group_count;
};

/* Groups, events of the groups' files, or names of libpfm4, with commas between. */
void counter_choices_make(struct counter_choices *, const char *names);
void counter_choices_free(struct counter_choices *);
/* Rows of what was chosen, and what became of it: tables counter, counter_group … */
void counter_choices_store(const struct counter_choices *, const struct counter_plan *,
			   struct store *);

/* names NULL: nothing to count. pid: the held child. */
struct counters *counters_open(const char *names, struct store *, pid_t pid);
/* What lies in the rings becomes rows. first_ns: CLOCK_MONOTONIC of time 0. */
void counters_tick(struct counters *, uint64_t first_ns);
void counters_end(struct counters *, uint64_t first_ns);
void counters_free(struct counters *);

/* Prints the groups, with each event whether it can be counted here; returns an exit status. */
int counters_list(void);

#endif
