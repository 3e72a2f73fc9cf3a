/*
 * Which memory a process has touched since its bits were cleared: /proc/PID/clear_refs and smaps.
 *
 * Costs some 50 µs for each MB of small pages, and the process 0.1 ms for each MB that it touches
 * again. Grain: a page; 2 MB where pages are huge.
 */
#ifndef PARPROF_KERNEL_TOUCHED_MEMORY_H
#define PARPROF_KERNEL_TOUCHED_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

struct touched_memory { /* bytes */
	uint64_t rss, pss;
	uint64_t touched; /* of data: not of files that also have code mapped */
	uint64_t huge;	  /* in huge pages */
	uint32_t threads;
};

/* 0, or an errno. */
int touched_memory_clear(pid_t);
int touched_memory_read(pid_t, struct touched_memory *);
uint64_t touched_memory_rss(pid_t); /* cheap; 0: not known */

#endif
