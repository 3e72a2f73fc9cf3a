/*
 * Makes processors forget which translations (TLB) they keep of a process, from outside: they set a
 * page's bit of use only when they look its translation up, so a page whose bit was cleared while
 * its translation was kept looks unused for as long as it is.
 *
 * A part of a file that the process has mapped and nobody uses does it: three of its pages are put
 * into the page tables of the process by reading them there, then they are taken out of the file.
 * Two that lie in one page table and more than 33 pages apart are what the kernel does not flush
 * page by page: it flushes all. Of three so far apart two always lie in one.
 *
 * Costs some ten microseconds a process, and nothing that the process would notice but looking its
 * translations up anew.
 */
#ifndef PARPROF_KERNEL_TRANSLATIONS_H
#define PARPROF_KERNEL_TRANSLATIONS_H

#include <stdint.h>
#include <sys/types.h>

struct translations {
	int fd; /* the caller's, stays open */
	uint64_t offset, size;
	uint64_t device, inode;
};

/* Of a file that processes map from its beginning; what [offset, offset + size) holds is lost.
 * size: 80 pages or more, less than a page table spans. */
int translations_open(struct translations *, int fd, uint64_t offset, uint64_t size);
/* The next flush reaches this process: 0, or an errno: EPERM where its memory must not be read,
 * ENXIO where it has not mapped the file. */
int translations_reach(const struct translations *, pid_t);
/* Of all that were reached since the last flush: 0, or an errno. */
int translations_flush(const struct translations *);
/* Of one process that cannot be reached, for the time of a walk over its pages; ENOTSUP where the
 * kernel notes which pages are written: that is not for us to clear, a program may read it. */
int translations_flush_alone(pid_t);
/* Writes to /proc/PID/clear_refs: '1' clears the bits of use, '4' those of writing, and flushes. 0,
 * or an errno. */
int translations_clear_refs(pid_t, char what);

#endif
