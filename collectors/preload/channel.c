#include "collectors/preload/channel.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/generation.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/peer.h"
#include "collectors/preload/words.h"
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* No address is one of these. */
#define INODE_OBJECT (1ull << 62)
#define INODE_MASK (INODE_OBJECT - 1)

/* A server has a socket for each request, and many programs read many files: they do not all get an
 * object, and those of files take none from sockets. */
#define OWN_SIZE 512u
#define OWN_PROBES 8u
static struct own {
	uint64_t object[OWN_SIZE];
	uint32_t process; /* whose they are: a forked child tells of them anew */
} channels, files;

enum ownership { OWN_NONE, OWN_NEW, OWN_KNOWN };

static enum ownership find_own(struct own *own, uint64_t object)
{
	if (unlikely(own->process != process.number)) {
		own->process = process.number;
		for (uint32_t i = 0; i < OWN_SIZE; i++)
			own->object[i] = 0;
	}
	uint32_t at = (uint32_t)((object * 0x9e3779b97f4a7c15ull) >> 55);
	for (uint32_t i = 0; i < OWN_PROBES; i++) {
		uint64_t *place = &own->object[(at + i) % OWN_SIZE], found = 0;
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
	char path[sizeof(folder) + WORDS_DECIMAL_MAX];
	words_copy(path, folder, sizeof(folder) - 1);
	words_decimal(path + sizeof(folder) - 1, (unsigned)fd);
	long got = KERNEL(readlink, path, name, (long)LINK_MAX_ - 1);
	name[got > 0 ? got : 0] = 0;
}

static void tell(struct thread *t, int fd, uint64_t site, uint64_t object, const struct stat *file)
{
	char name[LINK_MAX_];
	struct peer peer = {.address = ""};
	uint16_t hook = (uint16_t)(site >> 48);
	uint32_t generation = generation_of(object);
	name_of(fd, name);
	emit_shared(t, hook, object, generation,
		    (uint64_t)major(file->st_dev) << 32 | minor(file->st_dev), file->st_ino, 0,
		    name);
	peer.kind = S_ISREG(file->st_mode) ? CHANNEL_file
		    : name[0] == '/'	   ? CHANNEL_fifo
					   : CHANNEL_pipe;
	if (S_ISSOCK(file->st_mode))
		peer_ask(&peer, fd, file->st_ino);
	emit_channel(t, hook, object, generation, &peer);
}

uint64_t channel_find(struct thread *t, int fd, uint64_t site)
{
	struct stat file;
	int saved = errno;
	uint64_t object = 0;
	enum ownership kind = OWN_NONE;
	if (fd >= 0 && !process.sandboxed && KERNEL(fstat, (long)fd, &file) == 0 &&
	    (S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode) || S_ISREG(file.st_mode))) {
		object = INODE_OBJECT | ((file.st_ino ^ file.st_dev << 40) & INODE_MASK);
		kind = find_own(S_ISREG(file.st_mode) ? &files : &channels, object);
	}
	if (kind == OWN_NEW)
		tell(t, fd, site, object, &file);
	errno = saved;
	return kind == OWN_NONE ? 0 : object;
}
