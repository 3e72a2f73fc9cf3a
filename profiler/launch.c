#include "profiler/launch.h"
#include "collectors/log.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0, or why this file cannot be run. */
static int runnable(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) == 0 ? 0 : errno;
}

/* Along PATH; the first that runs, else the most telling errno. An empty entry is ".". */
static char *search(const char *name, int *why)
{
	const char *path = getenv("PATH");
	if (!path)
		path = "/bin:/usr/bin";
	for (const char *at = path;; at++) {
		size_t length = strcspn(at, ":");
		struct text file = {0};
		text_add_bytes(&file, length ? at : ".", length ? length : 1);
		text_format(&file, "/%s", name);
		int reason = runnable(text_string(&file));
		if (!reason)
			return file.data;
		if (reason == EACCES)
			*why = EACCES;
		text_free(&file);
		at += length;
		if (!*at)
			return NULL;
	}
}

char *launch_search(const char *name)
{
	int why;
	return search(name, &why);
}

void launch_find(struct launch *l, char **argv)
{
	*l = (struct launch){.argv = argv};
	int why = ENOENT;
	if (strchr(argv[0], '/')) {
		why = runnable(argv[0]);
		l->path = why ? NULL : memory_copy(argv[0]);
	} else if (argv[0][0]) {
		l->path = search(argv[0], &why);
	}
	if (!l->path && (why == ENOENT || why == ENOTDIR))
		die(STATUS_NOT_FOUND, "there is no program '%s'%s", argv[0],
		    strchr(argv[0], '/') ? "" : " in PATH");
	if (!l->path)
		die(STATUS_CANNOT_RUN, "cannot run '%s': %s", argv[0], strerror(why));
	l->kind = elf_kind_of(l->path, &l->decisive);
}

static bool is_variable(const char *entry, const char *name)
{
	size_t n = strlen(name);
	return !strncmp(entry, name, n) && entry[n] == '=';
}

static char *variable(const char *name, const char *value, const char *more)
{
	struct text t = {0};
	text_format(&t, "%s=%s%s%s", name, value, more ? ":" : "", more ? more : "");
	return t.data;
}

void launch_environment(struct launch *l, const char *library, const char *arena_path)
{
	extern char **environ;
	size_t count = 0, kept = 0;
	while (environ[count])
		count++;
	l->environment = memory_new(count + 3, sizeof(char *));
	if (!arena_path) {
		memcpy(l->environment, environ, count * sizeof(char *));
		return;
	}
	const char *theirs = getenv(ENV_PRELOAD);
	l->made[0] = variable(ENV_PRELOAD, library, theirs);
	l->made[1] = variable(ENV_ARENA, arena_path, NULL);
	for (size_t i = 0; i < count; i++) {
		if (is_variable(environ[i], ENV_ARENA))
			continue;
		/* in its place: the program sees the order */
		l->environment[kept++] =
		    is_variable(environ[i], ENV_PRELOAD) ? l->made[0] : environ[i];
	}
	if (!theirs)
		l->environment[kept++] = l->made[0];
	l->environment[kept++] = l->made[1];
}

void launch_free(struct launch *l)
{
	free(l->made[0]);
	free(l->made[1]);
	free(l->environment);
	free(l->path);
	free(l->decisive);
}

/* As execvp: a text without "#!" is a shell script. Returns errno. */
static int exec(const struct launch *l)
{
	if (l->runner)
		execve(l->runner[0], l->runner, l->environment);
	if (l->runner)
		return errno;
	execve(l->path, l->argv, l->environment);
	if (errno != ENOEXEC)
		return errno;
	size_t count = 0;
	while (l->argv[count])
		count++;
	char **shell = memory_new(count + 2, sizeof(char *));
	shell[0] = "sh";
	shell[1] = l->path;
	memcpy(shell + 2, l->argv + 1, (count - 1) * sizeof(char *));
	execve("/bin/sh", shell, l->environment);
	return errno;
}

static void child(const struct launch *l, int go, int failure)
{
	char word;
	if (read(go, &word, 1) != 1)
		_exit(STATUS_TOOL);
	for (int n = 1; n < NSIG; n++)
		sigaction(n, &l->caller_actions[n], NULL);
	sigprocmask(SIG_SETMASK, &l->caller_mask, NULL);
	int why = exec(l);
	(void)!write(failure, &why, sizeof(why));
	_exit(STATUS_CANNOT_RUN);
}

void launch_signals(struct launch *l, const sigset_t *ours)
{
	for (int n = 1; n < NSIG; n++)
		sigaction(n, NULL, &l->caller_actions[n]);
	sigprocmask(SIG_BLOCK, ours, &l->caller_mask);
	/* blocked is not enough: it must not end us when it is unblocked again */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* ignored by the caller, it would eat the status */
}

int launch_hold(struct launch *l)
{
	int go[2], failure[2];
	if (pipe2(go, O_CLOEXEC) != 0 || pipe2(failure, O_CLOEXEC) != 0)
		return error("no pipe to the program: %s", strerror(errno));
	fflush(NULL);
	l->pid = fork();
	if (l->pid < 0)
		return error("cannot fork: %s", strerror(errno));
	if (l->pid == 0) {
		close(go[1]); /* so that our end is the last one */
		close(failure[0]);
		child(l, go[0], failure[1]);
	}
	close(go[0]);
	close(failure[1]);
	l->go = go[1];
	l->failure = failure[0];
	return 0;
}

int launch_go(struct launch *l)
{
	int why = 0;
	ssize_t n;
	if (write(l->go, "g", 1) != 1)
		return error("the program ended before it began"), STATUS_TOOL;
	while ((n = read(l->failure, &why, sizeof(why))) < 0 && errno == EINTR)
		;
	close(l->go);
	close(l->failure);
	if (n != sizeof(why))
		return 0;
	waitpid(l->pid, NULL, 0);
	l->pid = 0;
	error("cannot run '%s': %s", l->path, strerror(why));
	return why == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

static char *if_there(char *path)
{
	char *full = access(path, R_OK) == 0 ? realpath(path, NULL) : NULL;
	free(path);
	return full;
}

static char *beside_us(const char *relative)
{
	struct text t = {0};
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return NULL;
	self[n] = 0;
	*strrchr(self, '/') = 0;
	text_format(&t, "%s/%s", self, relative);
	return if_there(t.data);
}

char *launch_library_or(struct text *why)
{
	const char *given = getenv("PARPROF_LIBRARY");
	char *found = given && *given ? if_there(memory_copy(given)) : NULL;
	if (given && *given && !found) {
		text_format(why, "PARPROF_LIBRARY: cannot read '%s': %s", given, strerror(errno));
		return NULL;
	}
	if (!found)
		found = beside_us("libparprof.so");
	if (!found)
		found = beside_us("../lib/parprof/libparprof.so");
	if (!found)
		text_add(why, "libparprof.so is neither beside this program nor in ../lib/parprof; "
			      "set PARPROF_LIBRARY to its path");
	if (!found || !strpbrk(found, " :"))
		return found;
	text_format(why,
		    "the loader cannot preload '%s': spaces and colons separate names "
		    "in " ENV_PRELOAD "; copy it elsewhere and set PARPROF_LIBRARY",
		    found);
	free(found);
	return NULL;
}

char *launch_library(void)
{
	struct text why = {0};
	char *library = launch_library_or(&why);
	if (!library)
		die(STATUS_TOOL, "%s", text_string(&why));
	text_free(&why);
	return library;
}

int launch_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
