/*
 * Calls that may wait for input, output or a disk. Most do not: two clock reads and a few stores
 * are all they pay. One that took IO_LONG_US and gave up its core is written as a wait, with its
 * stack, afterwards. One that was long because it copied much is none.
 *
 * What was waited for is the pipe, FIFO, socket or file behind the file descriptor, by its inode,
 * so that both ends of a pipe are one object in all processes; else the function: every call of
 * poll() waits for the object "poll". Calls that moved bytes through one are counted, with the
 * bytes.
 */
#ifndef PARPROF_IO_H
#define PARPROF_IO_H

#include "collectors/preload/descriptor.h"
#include "collectors/preload/watch.h"

#define IO_LONG_US 20u
#define NO_FD (-1)
#define NO_LIMIT INT64_MIN

struct io {
	struct thread *thread;
	uint64_t site, begin;
	int fd;
	bool ended;
};

/* The object of a call that waits for no file descriptor we know of: its number as a hook. */
static inline uint64_t io_object(uint64_t site)
{
	return site >> 48;
}

static inline void io_begin(struct io *io, struct thread *t, uint64_t site, int fd)
{
	io->thread = t;
	io->site = site;
	io->fd = fd;
	io->ended = false;
	io->begin = ticks_now();
	t->block.waiting_for = io_object(site);
	t->block.waiting_site = site;
	__atomic_store_n(&t->block.waiting_since, io->begin, __ATOMIC_RELEASE);
}

/* It was long: writes it, if it gave up its core; whether it did. Keeps errno. */
bool io_waited(struct io *io, uint64_t end, int64_t result, uint32_t flags);

static inline void io_end(struct io *io, int64_t result, int64_t late)
{
	uint64_t end = ticks_now();
	io->ended = true;
	io->thread->block.waiting_since = 0;
	if (unlikely(end - io->begin >= process.io_long))
		io_waited(io, end, result, result == late ? WAIT_TIMED_OUT : 0);
}

/* The same of a call that moves bytes. */
static inline void io_moved(struct io *io, int64_t result)
{
	uint64_t end = ticks_now();
	bool counted = false;
	io->ended = true;
	io->thread->block.waiting_since = 0;
	if (unlikely(end - io->begin >= process.io_long))
		counted = io_waited(io, end, result, 0);
	if (result > 0)
		descriptor_moved(io->thread, io->fd, io->site, (uint64_t)result, end, counted);
}

/* Cleanup when the thread is cancelled inside the call. */
void io_unwound(struct io *io);
#define IO_CLEANUP __attribute__((cleanup(io_unwound)))

#endif
