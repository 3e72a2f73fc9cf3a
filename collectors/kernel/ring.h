/*
 * Per-CPU rings of one software event of the kernel, opened on a program before it runs and
 * inherited by all its threads and children: context switches, births, ends, names, mappings, and
 * samples of what runs. No descriptor, thread or call of ours is in the program for it.
 *
 * Invariants
 *  - Records of one ring come in order of time, but for those that an interrupt put before the one
 * it interrupted; those of different rings do not.
 *  - A record handed out is whole, and valid during the call only.
 */
#ifndef PARPROF_RING_H
#define PARPROF_RING_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ring_settings {
	bool switches;
	uint32_t hertz;	      /* samples a second of each running thread; 0: none */
	uint32_t stack_bytes; /* copied with a sample, a multiple of 8 */
};

/* The user registers of a sample, in the order of the record: AX BX CX DX SI DI BP SP IP, R8 … R15.
 */
enum { RING_BP = 6, RING_SP = 7, RING_IP = 8, RING_R8 = 9, RING_REGISTERS = 17 };
/* Of enum perf_event_x86_regs, all that an operand in memory may be made of. */
#define RING_REGISTERS_MASK (0x1ffu | 0xffu << 16)

struct ring {
	int fd;
	struct perf_event_mmap_page *page;
	uint64_t size; /* of the data, a power of two */
};

struct rings {
	struct ring *ring;
	size_t count;
	bool kernel;	      /* samples are taken in the kernel, too */
	unsigned char *whole; /* a record that wrapped around */
};

/* The program begins to be watched when it calls exec. 0, or the errno of what was refused:
 * nothing is open then. */
int rings_open(struct rings *, pid_t, const struct ring_settings *);
void rings_close(struct rings *);

/* Hands out what has come to one of them since the last call, and frees its room: so many bytes. */
uint64_t ring_read(struct rings *, size_t ring,
		   void (*each)(void *data, const struct perf_event_header *), void *data);

#endif
