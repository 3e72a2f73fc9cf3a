/*
 * Stretches of time in which one thread alone made progress, until it is known what they were:
 * serial phases, or a slow producer's (see account.h).
 */
#ifndef PARPROF_LONE_H
#define PARPROF_LONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account_serial;

struct lone {
	uint32_t thread; /* NOBODY: none is pending */
	uint32_t stack;	 /* where the thread was for longest in it */
	uint32_t stack_now;
	int64_t stack_ns, now_ns; /* how long there, and where it is now */
	bool open;		  /* goes on, when the thread is alone again */
	bool waited;		  /* the thread waited for others since */
	int64_t begin, ns;
	double idle, rest; /* lanes lost, in ns: of threads without work, others */
};

struct pass;
/* Adds dt in which that thread was alone. */
void lone_add(struct pass *, uint32_t thread, int64_t dt, double idle, double rest);
void lone_settle(struct pass *); /* at the end, too */
/* A serial phase of which nobody is in doubt. */
void lone_serial(struct pass *, uint32_t thread, uint32_t stack, int64_t begin, int64_t ns);

#endif
