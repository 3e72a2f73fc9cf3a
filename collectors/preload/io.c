#include "collectors/preload/io.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/usage.h"

bool io_waited(struct io *io, uint64_t end, int64_t result, uint32_t flags)
{
	struct thread *t = io->thread;
	struct wait w;
	int saved = errno;
	thread_guard(t);
	bool waited = usage_waited(t, io->begin, end);
	if (waited) {
		uint64_t object = io->fd >= 0 ? descriptor_object(t, io->fd, io->site, end) : 0;
		wait_late(&w, t, object ? object : io_object(io->site), io->site, FAMILY_io,
			  io->begin);
		wait_ended(&w, end, (int)result, flags);
	}
	thread_leave(t);
	errno = saved;
	return waited;
}

void io_unwound(struct io *io)
{
	if (!io->thread || io->ended)
		return;
	io->ended = true;
	io->thread->block.waiting_since = 0;
	io_waited(io, ticks_now(), 0, WAIT_CANCELLED);
}
