/* posix_spawn, and what spawns inside the C library: system and popen. */
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/environment.h"
#include "collectors/preload/elf_interp.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/launch.h"
#include "collectors/preload/watch.h"
#include <fcntl.h>

struct spawning {
	struct launch launch;
	uint64_t begin;
	pid_t own; /* where the program does not want to know the pid */
};

static void spawn_begin(struct spawning *s, const char *path, char *const envp[])
{
	launch_begin(&s->launch, AT_FDCWD, path, 0, envp);
	s->begin = ticks_now();
}

static int spawn_end(struct spawning *s, uint16_t hook, const pid_t *pid, int result)
{
	int error = errno;
	launch_end(&s->launch);
	struct thread *t = thread_enter();
	if (t) {
		emit_fork(t, hook, s->begin, ticks_now(), result ? 0 : (uint32_t)*pid,
			  s->launch.preload);
		thread_leave(t);
	}
	errno = error;
	return result;
}

EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		       const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct spawning s;
	pid_t *to = pid ? pid : &s.own;
	spawn_begin(&s, path, envp);
	int result = REAL(posix_spawn)(to, path, actions, attributes, argv, s.launch.envp);
	return spawn_end(&s, HOOK_posix_spawn, to, result);
}

EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
			const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	struct spawning s;
	char room[LAUNCH_PATH_MAX];
	pid_t *to = pid ? pid : &s.own;
	spawn_begin(&s, launch_search(file, room), envp);
	int result = REAL(posix_spawnp)(to, file, actions, attributes, argv, s.launch.envp);
	return spawn_end(&s, HOOK_posix_spawnp, to, result);
}

/* The shell gets `environ` as it is. */
static bool expose(void)
{
	int error = errno;
	real_ready();
	bool exposed = environment_can_carry() &&
		       elf_preload(AT_FDCWD, "/bin/sh", 0) == PRELOAD_KEPT && environment_expose();
	errno = error;
	return exposed;
}

static void conceal(const bool *exposed)
{
	int error = errno;
	if (*exposed)
		environment_conceal();
	errno = error;
}

EXPORT FILE *popen(const char *command, const char *type)
{
	bool exposed = expose();
	FILE *pipe = REAL(popen)(command, type);
	conceal(&exposed);
	return pipe;
}

/* Waits for its shell, and can be cancelled meanwhile. */
EXPORT int system(const char *command)
{
	struct wait w WAIT_CLEANUP = {0};
	bool exposed __attribute__((cleanup(conceal))) = expose();
	struct thread *t = thread_here();
	if (t)
		wait_begin(&w, t, NULL, SITE(__builtin_return_address(0), HOOK_system),
			   FAMILY_child, false, 0);
	int result = REAL(system)(command);
	if (t)
		wait_end(&w, result, 0);
	return result;
}
