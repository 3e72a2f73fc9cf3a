/*
 * The functions behind the hooks: one typed pointer per line of hooks.def.
 * real_resolve() fills them all at once, in the constructor or at the first call that comes
 * earlier. Never resolve lazily inside a wrapper: dlsym then may wait for a dlopen that waits for
 * us.
 */
#ifndef PARPROF_REAL_H
#define PARPROF_REAL_H

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

enum hook_id {
	HOOK_NONE = 0,
#define HOOK(kind, family, mode, name) HOOK_##name,
#include "collectors/preload/hooks.def"
#undef HOOK
	HOOK_LIMIT
};

pid_t _Fork(void);
/* No header tells of these without _FORTIFY_SOURCE. */
int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t room);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *time, const sigset_t *mask,
		size_t room);
ssize_t __read_chk(int fd, void *data, size_t size, size_t room);
ssize_t __pread_chk(int fd, void *data, size_t size, off_t at, size_t room);
ssize_t __pread64_chk(int fd, void *data, size_t size, off64_t at, size_t room);
ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, __SOCKADDR_ARG from,
		       socklen_t *length);

struct real {
#define SEEN(kind, family, mode, name)
#define HOOK(kind, family, mode, name) __typeof__(name) *name;
#include "collectors/preload/hooks.def"
#undef HOOK
	bool resolved;
};
extern struct real real;

/* Safe to call again and from several threads: every call stores the same values. */
void real_resolve(void);

#define REAL(name) (real.name)

#endif
