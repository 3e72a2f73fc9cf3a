#include "collectors/preload/io.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/usage.h"
#include "collectors/preload/words.h"
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* No address is one of these. */
#define INODE_OBJECT (1ull << 62)
#define INODE_MASK (INODE_OBJECT - 1)

/* So many pipes and sockets of a process have an object of their own: a server has a socket for
 * each request. Once put in, an inode stays. */
#define OWN_SIZE 512u
#define OWN_PROBES 8u
static uint64_t own[OWN_SIZE];
static uint32_t own_process; /* whose they are: a forked child tells of them anew */

enum ownership { OWN_NONE, OWN_NEW, OWN_KNOWN };

static enum ownership find_own(uint64_t object)
{
	if (unlikely(own_process != process.number)) {
		own_process = process.number;
		for (uint32_t i = 0; i < OWN_SIZE; i++)
			own[i] = 0;
	}
	uint32_t at = (uint32_t)((object * 0x9e3779b97f4a7c15ull) >> 55);
	for (uint32_t i = 0; i < OWN_PROBES; i++) {
		uint64_t *place = &own[(at + i) % OWN_SIZE], found = 0;
		if (__atomic_compare_exchange_n(place, &found, object, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return OWN_NEW;
		if (found == object)
			return OWN_KNOWN;
	}
	return OWN_NONE;
}

#define LINK_MAX_ 256

/* What /proc calls the file: "pipe:[4711]", or a path. */
static void name_of(int fd, char name[LINK_MAX_])
{
	static const char folder[] = "/proc/self/fd/";
	char path[sizeof(folder) + 10], digits[10];
	size_t length = sizeof(folder) - 1, count = 0;
	words_copy(path, folder, length);
	for (unsigned n = (unsigned)fd; count == 0 || n; n /= 10)
		digits[count++] = (char)('0' + n % 10);
	while (count)
		path[length++] = digits[--count];
	path[length] = 0;
	long got = KERNEL(readlink, path, name, (long)LINK_MAX_ - 1);
	name[got > 0 ? got : 0] = 0;
}

/* What was waited for; *kind is OWN_NEW when file is to be told. */
static uint64_t object_of(const struct io *io, struct stat *file, enum ownership *kind)
{
	*kind = OWN_NONE;
	if (io->fd < 0 || process.sandboxed || KERNEL(fstat, (long)io->fd, file) != 0 ||
	    !(S_ISFIFO(file->st_mode) || S_ISSOCK(file->st_mode)))
		return io_object(io->site);
	uint64_t object = INODE_OBJECT | ((file->st_ino ^ file->st_dev << 40) & INODE_MASK);
	*kind = find_own(object);
	return *kind == OWN_NONE ? io_object(io->site) : object;
}

static void tell_file(const struct wait *w, int fd, const struct stat *file)
{
	char name[LINK_MAX_];
	name_of(fd, name);
	emit_shared(w->thread, (uint16_t)(w->site >> 48), w->object, w->generation,
		    (uint64_t)major(file->st_dev) << 32 | minor(file->st_dev), file->st_ino, 0,
		    name);
}

void io_waited(struct io *io, uint64_t end, int64_t result, uint32_t flags)
{
	struct thread *t = io->thread;
	struct stat file;
	struct wait w;
	enum ownership kind;
	int saved = errno;
	thread_guard(t);
	if (usage_waited(t, io->begin, end)) {
		uint64_t object = object_of(io, &file, &kind);
		wait_late(&w, t, object, io->site, FAMILY_io, io->begin);
		if (kind == OWN_NEW)
			tell_file(&w, io->fd, &file);
		wait_ended(&w, end, (int)result, flags);
	}
	thread_leave(t);
	errno = saved;
}

void io_unwound(struct io *io)
{
	if (!io->thread || io->ended)
		return;
	io->ended = true;
	io->thread->block.waiting_since = 0;
	io_waited(io, ticks_now(), 0, WAIT_CANCELLED);
}
