#include "profiler/trial.h"
#include "profiler/arena.h"
#include "profiler/clock.h"
#include "profiler/message.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIAL_SEGMENTS 96u /* 1.5 MiB */
#define COSTS_LIMIT_MS 300

extern char **environ;

static char **environment(const char *preload, const char *arena)
{
	size_t count = 0, kept = 0;
	while (environ[count])
		count++;
	char **made = memory_new(count + 3, sizeof(char *));
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], ENV_PRELOAD "=", sizeof(ENV_PRELOAD)) != 0 &&
		    strncmp(environ[i], ENV_ARENA "=", sizeof(ENV_ARENA)) != 0)
			made[kept++] = environ[i];
	made[kept++] = (char *)preload;
	made[kept++] = (char *)arena;
	return made;
}

static pid_t start(char *const argv[], const char *library, const char *arena, int out, int err)
{
	struct text preload = {0}, path = {0};
	text_format(&preload, ENV_PRELOAD "=%s", library);
	text_format(&path, ENV_ARENA "=%s", arena);
	char **variables = environment(text_string(&preload), text_string(&path));
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	pid_t pid = -1;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &none);
	if (posix_spawn(&pid, argv[0], &files, &attributes, argv, variables) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	free(variables);
	text_free(&preload);
	text_free(&path);
	return pid;
}

/* Reads what is there; false at the end of it. */
static bool gather(struct pollfd *from, struct text *to)
{
	char buffer[4096];
	ssize_t n = 1;
	if (from->revents)
		n = read(from->fd, buffer, sizeof(buffer));
	if (from->revents && n > 0)
		text_add_bytes(to, buffer, (size_t)n);
	return n > 0;
}

/* Until it has closed its output, or takes too long: then it is ended. */
static void listen_to(struct trial *t, pid_t pid, int out, int err, int limit_ms)
{
	struct pollfd fds[2] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
	uint64_t until = clock_monotonic_ns() + (uint64_t)limit_ms * 1000000u;
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		uint64_t now = clock_monotonic_ns();
		if (now >= until || poll(fds, 2, (int)((until - now) / 1000000u) + 1) == 0) {
			kill(pid, SIGKILL);
			break;
		}
		if (fds[0].fd >= 0 && !gather(&fds[0], &t->said))
			fds[0].fd = -1;
		if (fds[1].fd >= 0 && !gather(&fds[1], &t->complained))
			fds[1].fd = -1;
	}
	while (waitpid(pid, &t->status, 0) < 0 && errno == EINTR)
		;
}

static void see_process(void *data, uint32_t number)
{
	void **both = data;
	const struct arena *arena = both[0];
	struct trial *t = both[1];
	t->attached |= arena_segment(arena, number)->kind == SEGMENT_PROCESS;
}

int trial_run(struct trial *t, const char *library, uint32_t hold_interval, char *const argv[],
	      int limit_ms)
{
	struct arena_settings settings = {clock_choose(), hold_interval, STACK_DEPTH_MAX,
					  TRIAL_SEGMENTS};
	char path[64];
	int out[2], err[2];
	*t = (struct trial){.status = -1};
	struct arena *arena = arena_create(&settings);
	if (!arena)
		return -1;
	if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
		return arena_destroy(arena), error("no pipe: %s", strerror(errno));
	pid_t pid = start(argv, library, arena_path(arena, path), out[1], err[1]);
	close(out[1]);
	close(err[1]);
	if (pid > 0)
		listen_to(t, pid, out[0], err[0], limit_ms);
	close(out[0]);
	close(err[0]);
	arena_notice(arena, see_process, (void *[]){arena, t});
	arena_destroy(arena);
	return 0;
}

void trial_free(struct trial *t)
{
	text_free(&t->said);
	text_free(&t->complained);
}

/* What `parprof calibrate` prints: ns of a bare pair, of ours, of a bare record, of ours. */
static bool measure(const char *library, uint32_t hold_interval, double *pair, double *record)
{
	char *argv[] = {"/proc/self/exe", "calibrate", NULL};
	struct trial t;
	double bare_pair, our_pair, bare_record, our_record;
	bool fine = trial_run(&t, library, hold_interval, argv, COSTS_LIMIT_MS) == 0 &&
		    t.attached &&
		    sscanf(text_string(&t.said), "%lf %lf %lf %lf", &bare_pair, &our_pair,
			   &bare_record, &our_record) == 4;
	trial_free(&t);
	if (!fine)
		return false;
	*pair = our_pair > bare_pair ? our_pair - bare_pair : 0;
	*record = our_record > bare_record ? our_record - bare_record : 0;
	return true;
}

void costs_measure(struct costs *c, const char *library)
{
	double again;
	*c = (struct costs){0};
	if (!measure(library, HOLDS_NONE, &c->pair, &c->record) ||
	    !measure(library, HOLDS_ALL, &c->hold, &again))
		return;
	double record = again < c->record ? again : c->record; /* which is written, too */
	if (c->hold > record) /* else a busy machine hides it: no less than that */
		c->hold -= record;
}
