/*
 * Samples where the kernel gives none: each thread has a timer of its CPU time, which sends it a
 * signal; the handler writes what it interrupted into the thread's own log.
 *
 * The kernel looks at such timers at its tick only: no more than CONFIG_HZ samples a second.
 *
 * Invariants
 *  - Only a process whose recorder asks for it (sample_hertz of the arena) takes a signal: a real
 *    time one that has no handler, the highest but one. It is never blocked, reported or waited
 * for: signals.c hides it as the C library does its own.
 *  - A program that wants the signal gets it: timers and pending signals go first, and no more
 * samples are taken in that process.
 *  - The handler makes no call that could lock, allocate or block, keeps errno, and writes only
 * when the guard is open. It needs about 2 KiB of stack, the program's alternative one where it has
 * one.
 */
#ifndef PARPROF_SAMPLE_H
#define PARPROF_SAMPLE_H

#include "collectors/preload/thread.h"

/* In the constructor, before the first thread is seen: takes the signal. */
void sample_prepare(void);
/* Guard set. Python was found in this process: its stacks are seen best from within. */
void sample_python(struct thread *t);
/* A forked child has the signal, but none of the timers. */
void sample_forked(void);
/* Guard set, in the thread itself. Keep errno. */
void sample_begin(struct thread *t);
void sample_end(struct thread *t);
/* All timers of the process end, and no new ones are made. */
void sample_stop(void);
/* The same, because the program wants the signal; what is pending of it is dropped. */
void sample_yield(void);

#endif
