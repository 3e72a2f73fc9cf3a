#include "collectors/preload/emit.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/launch.h"
#include "collectors/preload/vfork.h"
#include <fcntl.h>
#include <stdarg.h>

/* An attempt, or with an errno: its failure. */
static void record(uint16_t hook, uint32_t preload, int failed, const char *path)
{
	int error = errno;
	if (vfork_in_child()) {
		vfork_child_execs(failed ? PRELOAD_INHERITED : preload);
		return;
	}
	struct thread *t = thread_enter();
	if (t) {
		emit_exec(t, hook, preload, (uint32_t)failed, path ? path : "");
		thread_leave(t);
	}
	errno = error;
}

/* The real function came back: it failed. */
static int came_back(struct launch *l, uint16_t hook, const char *path)
{
	launch_end(l);
	record(hook, l->preload, errno, path);
	return -1;
}

static int run(uint16_t hook, const char *path, char *const argv[], char *const envp[])
{
	struct launch l;
	launch_begin(&l, AT_FDCWD, path, 0, envp);
	record(hook, l.preload, 0, path);
	REAL(execve)(path, argv, l.envp);
	return came_back(&l, hook, path);
}

static int run_searched(uint16_t hook, const char *file, char *const argv[], char *const envp[])
{
	struct launch l;
	char room[LAUNCH_PATH_MAX];
	const char *path = launch_search(file, room);
	launch_begin(&l, AT_FDCWD, path, 0, envp);
	record(hook, l.preload, 0, path);
	REAL(execvpe)(file, argv, l.envp);
	return came_back(&l, hook, path);
}

EXPORT int execve(const char *path, char *const argv[], char *const envp[])
{
	return run(HOOK_execve, path, argv, envp);
}

EXPORT int execv(const char *path, char *const argv[])
{
	return run(HOOK_execv, path, argv, environ);
}

EXPORT int execvp(const char *file, char *const argv[])
{
	return run_searched(HOOK_execvp, file, argv, environ);
}

EXPORT int execvpe(const char *file, char *const argv[], char *const envp[])
{
	return run_searched(HOOK_execvpe, file, argv, envp);
}

/* The arguments as an array on the caller's stack, as large as the C library's own. */
#define LISTED(argument, list)                                                                     \
	size_t count = 1;                                                                          \
	va_list list;                                                                              \
	va_start(list, argument);                                                                  \
	while (va_arg(list, char *))                                                               \
		count++;                                                                           \
	va_end(list);                                                                              \
	char *argv[count + 1];                                                                     \
	va_start(list, argument);                                                                  \
	argv[0] = (char *)argument;                                                                \
	for (size_t i = 1; i <= count; i++)                                                        \
		argv[i] = va_arg(list, char *);

EXPORT int execl(const char *path, const char *argument, ...)
{
	LISTED(argument, list)
	va_end(list);
	return run(HOOK_execl, path, argv, environ);
}

EXPORT int execlp(const char *file, const char *argument, ...)
{
	LISTED(argument, list)
	va_end(list);
	return run_searched(HOOK_execlp, file, argv, environ);
}

EXPORT int execle(const char *path, const char *argument, ...)
{
	LISTED(argument, list)
	char *const *envp = va_arg(list, char *const *);
	va_end(list);
	return run(HOOK_execle, path, argv, envp);
}

EXPORT int fexecve(int fd, char *const argv[], char *const envp[])
{
	struct launch l;
	launch_begin(&l, fd, "", AT_EMPTY_PATH, envp);
	record(HOOK_fexecve, l.preload, 0, "");
	REAL(fexecve)(fd, argv, l.envp);
	return came_back(&l, HOOK_fexecve, "");
}

/* glibc has it since 2.34. */
EXPORT int execveat(int directory, const char *path, char *const argv[], char *const envp[],
		    int flags)
{
	struct launch l;
	launch_begin(&l, directory, path, flags, envp);
	record(HOOK_execveat, l.preload, 0, path);
	if (REAL(execveat))
		REAL(execveat)(directory, path, argv, l.envp, flags);
	else
		KERNEL(execveat, directory, path, argv, l.envp, flags);
	return came_back(&l, HOOK_execveat, path);
}
