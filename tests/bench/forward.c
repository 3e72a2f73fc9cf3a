/*
 * The least any preload library can cost: forwards the functions of hooks.def to the real ones and
 * does nothing else. Functions written by hand in the real library are forwarded only where a row
 * of the bench calls them.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static void resolve(void);

#define RETURNING(result, name, params, args)                                                      \
	result name params;                                                                        \
	static result(*real_##name) params;                                                        \
	result name params                                                                         \
	{                                                                                          \
		if (__builtin_expect(!real_##name, 0))                                             \
			resolve();                                                                 \
		return real_##name args;                                                           \
	}
#define ACQUIRE(family, mode, name, params, args, try_name, cancel)                                \
	RETURNING(int, name, params, args)
#define TRY(family, mode, name, params, args) RETURNING(int, name, params, args)
#define RELEASE(family, name, params, args) RETURNING(int, name, params, args)
#define WAIT(family, name, params, args, waited, other) RETURNING(int, name, params, args)
#define WAKE(family, name, params, args) RETURNING(int, name, params, args)
#define INIT(family, name, params, args) RETURNING(int, name, params, args)
#define DESTROY(family, name, params, args) RETURNING(int, name, params, args)
#define TIMER(result, name, params, args) RETURNING(result, name, params, args)
#define IO(result, name, params, args, fd, late) RETURNING(result, name, params, args)
#define IO_AS(plain, result, name, params, args, fd, late)
#define MOVE(direction, result, name, params, args, fd) RETURNING(result, name, params, args)
#define MOVE_AS(plain, direction, result, name, params, args, fd)
#define OWN(kind, family, result, name, params)
#define SEEN(kind, family, mode, name)

#include "collectors/preload/hooks.def"

RETURNING(int, pthread_create,
	  (pthread_t * handle, const pthread_attr_t *attributes, void *(*routine)(void *),
	   void *argument),
	  (handle, attributes, routine, argument))
RETURNING(pid_t, fork, (void), ())
RETURNING(pid_t, waitpid, (pid_t pid, int *status, int options), (pid, status, options))

/* The condition variables of before 2003 have another layout: never take their functions. */
static void *real(const char *name)
{
	void *at = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");

	return at ? at : dlsym(RTLD_NEXT, name);
}

#define ACQUIRE(family, mode, name, params, args, try_name, cancel) real_##name = real(#name);
#define TRY(family, mode, name, params, args) real_##name = real(#name);
#define RELEASE(family, name, params, args) real_##name = real(#name);
#define WAIT(family, name, params, args, waited, other) real_##name = real(#name);
#define WAKE(family, name, params, args) real_##name = real(#name);
#define INIT(family, name, params, args) real_##name = real(#name);
#define DESTROY(family, name, params, args) real_##name = real(#name);
#define TIMER(result, name, params, args) real_##name = real(#name);
#define IO(result, name, params, args, fd, late) real_##name = real(#name);
#define IO_AS(plain, result, name, params, args, fd, late)
#define MOVE(direction, result, name, params, args, fd) real_##name = real(#name);
#define MOVE_AS(plain, direction, result, name, params, args, fd)
#define OWN(kind, family, result, name, params)
#define SEEN(kind, family, mode, name)

__attribute__((constructor)) static void resolve(void)
{
#include "collectors/preload/hooks.def"
	real_pthread_create = real("pthread_create");
	real_fork = real("fork");
	real_waitpid = real("waitpid");
}
