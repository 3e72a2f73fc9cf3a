/*
 * Traps on one thread: places in its code or its data that stop it for some microseconds, in the
 * kernel, each time it comes there, and say when that was. Perf events, opened from outside: on the
 * processor's debug registers, of which there are four, or, where these cannot be used, on
 * instructions of a file that are replaced by a trap meanwhile (uprobes; for root).
 *
 * Invariants
 *  - A place is hit `limit` times at most, then it says no more. One on a debug register costs
 *    nothing from then on; a replaced instruction goes on to cost until the traps are closed.
 *  - What was hit comes in the order of time.
 *  - A place on data stops the thread after the instruction that used it, on code before it.
 */
#ifndef PARPROF_KERNEL_TRAPS_H
#define PARPROF_KERNEL_TRAPS_H

#include "collectors/kernel/ring.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TRAPS_MAX 8
#define TRAPS_REGISTERS 4 /* places of one thread that debug registers can watch */

/* So long it takes until the next place of replaced code is put back: it stops the thread until
 * then. */
#define TRAP_BEHIND_NS 30000000u

enum trap_way { TRAP_NONE, TRAP_REGISTER, TRAP_REPLACED };

struct trap_place {
	uint64_t address; /* in the process; where code is replaced: as it lies there */
	uint8_t bytes;	  /* of data: 1, 2, 4 or 8, a multiple of which the address is; 0: code */
	uint32_t limit;	  /* hits */
	const char *file; /* TRAP_REPLACED: that the code is of, */
	uint64_t offset;  /* and where it lies in it */
};

struct trap_hit {
	uint64_t time;	 /* CLOCK_MONOTONIC, ns */
	uint64_t cpu_ns; /* that the thread ran since this place was armed */
	uint64_t ip;
	int place;
	bool has_registers;
	uint64_t registers[RING_REGISTERS]; /* where code is replaced */
};

struct traps {
	int fd[TRAPS_MAX];	      /* -1: dropped */
	uint64_t armed_ns[TRAPS_MAX]; /* CLOCK_MONOTONIC, after that */
	struct trap_place place[TRAPS_MAX];
	int count; /* places that are watched, the first ones of those asked for */
	struct perf_event_mmap_page *page;
	uint64_t lost;
};

/* May the kernel replace this instruction? Of instructions with a VEX, EVEX or XOP prefix (AVX) it
 * looks at the opcode alone, and takes them for others: vmovq (7e) for a conditional jump, vandnpd
 * (55) for push, a fused multiplication (9d) for popf. The program then computes nonsense or is
 * killed by SIGTRAP (seen with Linux 6.18). */
bool trap_can_replace(const uint8_t *code, size_t bytes);
/* 0, or the errno with which the first place was refused. Those from another one on that is refused
 * are not watched. */
int traps_open(struct traps *, enum trap_way, pid_t tid, const struct trap_place *, int count);
/* What was hit since the last call: up to `room` of them. */
size_t traps_read(struct traps *, struct trap_hit *, size_t room);
/* That place, which is not the first, is watched no more. */
void traps_drop(struct traps *, int place);
/* What the thread ran while the first place was watched and not used up. */
uint64_t traps_cpu_ns(const struct traps *);
/* The same of the place that was watched longest. */
uint64_t traps_armed_ns(const struct traps *);
/* Where code was replaced it is put back before the call returns or soon after. */
void traps_close(struct traps *);
/* Code is still being put back: what is replaced meanwhile has to wait its turn to be put back. */
bool traps_closing(void);

/* What a trap costs the thread it stops, measured here; 0: this way is not possible, *why tells the
 * reason. */
uint64_t traps_cost_ns(enum trap_way, const char **why);

#endif
