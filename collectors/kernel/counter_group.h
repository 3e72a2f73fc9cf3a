/*
 * Counters by name: events with their names on different processors, in groups, with what can be
 * computed of them. Read from groups/NAME.counters, which says in lines
 *
 *	group NAME
 *	about WORDS
 *	uses EVENT…                              events that another file describes
 *	event NAME UNIT ALTERNATIVE… -- WORDS     names of libpfm4; the first that can be counted is
 *	metric NAME UNIT FORMULA -- WORDS         of names of events, numbers, + - * / ( )
 *
 * A line that begins with # is a comment. Units of events: count, ns; of metrics: ratio, share,
 * per_1000, per_second.
 */
#ifndef PARPROF_KERNEL_COUNTER_GROUP_H
#define PARPROF_KERNEL_COUNTER_GROUP_H

#include <stddef.h>

#define COUNTER_ALTERNATIVES 16
#define COUNTER_GROUP_EVENTS 16

struct counter_event {
	char *name, *unit;
	char *about;				     /* "" of an event that no file describes */
	char *alternative[COUNTER_ALTERNATIVES + 1]; /* ends with NULL */
};

struct counter_metric {
	char *group, *name, *unit, *formula, *about;
};

struct counter_group {
	char *name, *about;
	char *event[COUNTER_GROUP_EVENTS + 1]; /* names; ends with NULL */
};

struct counter_library {
	struct counter_event *events;
	struct counter_metric *metrics;
	struct counter_group *groups;
	size_t event_count, metric_count, group_count;
};

/* Adds what a file says. 0, or the number of the first line that is wrong. */
int counter_library_add(struct counter_library *, const char *text);
void counter_library_free(struct counter_library *);
/* NULL: there is none of that name. */
const struct counter_event *counter_event_find(const struct counter_library *, const char *name);
const struct counter_group *counter_group_find(const struct counter_library *, const char *name);

#endif
