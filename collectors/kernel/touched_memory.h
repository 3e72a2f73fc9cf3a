/*
 * Which memory a process has touched since its bits were cleared: /proc/PID/clear_refs and smaps.
 *
 * A processor sets the bit of a page when it looks its translation up, and clearing the bits does
 * not make it look again: what is read is right only when its translations were flushed since
 * (translations.h), and else too little. Where a hypervisor keeps page tables of its own, it keeps
 * those translations without end.
 *
 * Costs some 50 µs for each MB of small pages, and the process what touching them again does: 0.1
 * ms for each MB as a rule, some 3 ms under such a hypervisor. Grain: a page; 2 MB where pages are
 * huge.
 */
#ifndef PARPROF_KERNEL_TOUCHED_MEMORY_H
#define PARPROF_KERNEL_TOUCHED_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

struct touched_memory { /* bytes */
	uint64_t rss, pss;
	uint64_t touched;    /* of data: not of files that also have code mapped, not of ours */
	uint64_t referenced; /* of everything */
	uint64_t huge;	     /* in huge pages */
	uint32_t threads;
};

/* 0, or an errno. */
int touched_memory_clear(pid_t);
/* ours: inode of a file that does not count. */
int touched_memory_read(pid_t, uint64_t ours, struct touched_memory *);
/* How much of what is resident the process may touch again, in bytes; cheap; 0: not known. */
uint64_t touched_memory_guess(pid_t);
/* What touching a small page again costs on this machine: measured, on our own memory. */
uint64_t touched_memory_price_ns(void);

#endif
