#include "collectors/preload/descriptor.h"
#include "collectors/preload/channel.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/watch.h"
#include "collectors/preload/kernel.h"

/* Half a ms to one of ticks, and so many of them: 7 to 17 ms. */
#define STAMP_SHIFT 20
#define STAMP_AGE 16u

static struct descriptor {
	uint64_t object;  /* 0: none that is counted */
	uint32_t process; /* who looked: a forked child has to tell of it anew. 0: forgotten */
	uint32_t stamp;
} descriptors[DESCRIPTORS];

static void forget(int fd)
{
	if ((unsigned)fd < DESCRIPTORS && descriptors[fd].process)
		__atomic_store_n(&descriptors[fd].process, 0, __ATOMIC_RELAXED);
}

static inline bool is_known(const struct descriptor *d, uint64_t now)
{
	return d->process == process.number &&
	       (uint32_t)(now >> STAMP_SHIFT) - d->stamp < STAMP_AGE;
}

uint64_t descriptor_object(struct thread *t, int fd, uint64_t site, uint64_t now)
{
	if ((unsigned)fd >= DESCRIPTORS)
		return channel_find(t, fd, site);
	struct descriptor *d = &descriptors[fd];
	if (is_known(d, now))
		return d->object;
	uint64_t object = channel_find(t, fd, site);
	d->object = object;
	d->stamp = (uint32_t)(now >> STAMP_SHIFT);
	__atomic_store_n(&d->process, process.number, __ATOMIC_RELEASE);
	return object;
}

static void add(struct thread *t, struct counter *c, struct slot *slot, uint64_t bytes,
		bool counted)
{
	struct stats *s = table_stats(t, slot);
	if (!counted)
		c->count++;
	if (unlikely(!s))
		return;
	s->bytes += bytes;
	s->headers += bytes == CHANNEL_HEADER;
}

static __attribute__((noinline)) void moved_slow(struct thread *t, int fd, uint64_t site,
						 uint64_t bytes, uint64_t now, bool counted)
{
	int saved = errno;
	thread_guard(t);
	uint64_t object = descriptor_object(t, fd, site, now);
	if (object) {
		struct entry e = watch_entry(t, (const void *)object, site, FAMILY_io);
		if (e.counter)
			add(t, e.counter, e.slot, bytes, counted);
	}
	thread_leave(t);
	errno = saved;
}

void descriptor_moved(struct thread *t, int fd, uint64_t site, uint64_t bytes, uint64_t now,
		      bool counted)
{
	if (unlikely((unsigned)fd >= DESCRIPTORS))
		return;
	const struct descriptor *d = &descriptors[fd];
	uint64_t object = d->object;
	if (likely(is_known(d, now))) {
		if (!object)
			return;
		struct slot *slot;
		struct counter *c = table_hit_slot(t, object, site, &slot);
		if (likely(c && slot->stats)) {
			add(t, c, slot, bytes, counted);
			return;
		}
	}
	moved_slow(t, fd, site, bytes, now, counted);
}

EXPORT int close(int fd)
{
	real_ready();
	forget(fd);
	return REAL(close)(fd);
}

static void forget_range(unsigned first, unsigned last)
{
	for (unsigned fd = first; fd <= last && fd < DESCRIPTORS; fd++)
		forget((int)fd);
}

EXPORT int close_range(unsigned first, unsigned last, int flags)
{
	real_ready();
	forget_range(first, last);
	return REAL(close_range)(first, last, flags);
}

EXPORT void closefrom(int first)
{
	real_ready();
	forget_range(first > 0 ? (unsigned)first : 0, DESCRIPTORS);
	REAL(closefrom)(first);
}

EXPORT int dup2(int from, int fd)
{
	real_ready();
	forget(fd);
	return REAL(dup2)(from, fd);
}

EXPORT int dup3(int from, int fd, int flags)
{
	real_ready();
	forget(fd);
	return REAL(dup3)(from, fd, flags);
}

static int made(int result, const int ends[2])
{
	if (result == 0) {
		forget(ends[0]);
		forget(ends[1]);
	}
	return result;
}

EXPORT int pipe(int ends[2])
{
	real_ready();
	return made(REAL(pipe)(ends), ends);
}

EXPORT int pipe2(int ends[2], int flags)
{
	real_ready();
	return made(REAL(pipe2)(ends, flags), ends);
}

EXPORT int socketpair(int domain, int type, int protocol, int ends[2])
{
	real_ready();
	return made(REAL(socketpair)(domain, type, protocol, ends), ends);
}
