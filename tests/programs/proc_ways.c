/*
 * proc_ways CHILD [WAY...]: starts CHILD (proc_child) in every way there is, each with a status of
 * its own, and prints what came back. The output is the same alone and recorded.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t _Fork(void);
extern char **environ;
static char *child_path;
static const char *child_name; /* its last part, found by PATH */
static char status_text[8];
static char *arguments[4];

static void want(int status)
{
	snprintf(status_text, sizeof(status_text), "%d", status);
	arguments[0] = child_path;
	arguments[1] = status_text;
	arguments[2] = NULL;
}

static int reap(pid_t pid)
{
	int status = -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

static int way_fork(void)
{
	pid_t pid = fork();
	if (!pid)
		_exit(11);
	return reap(pid);
}

static int way__Fork(void)
{
	pid_t pid = _Fork();
	if (!pid)
		_Exit(12);
	return reap(pid);
}

static int way_vfork_exit(void)
{
	pid_t pid = vfork();
	if (!pid)
		_exit(13);
	return reap(pid);
}

static int way_vfork_exec(void)
{
	want(14);
	pid_t pid = vfork();
	if (!pid) {
		execv(child_path, arguments);
		_exit(127);
	}
	return reap(pid);
}

static int way_vfork_failed(void)
{
	static volatile int failed;
	want(15);
	pid_t pid = vfork();
	if (!pid) {
		execve("/nonexistent/program", arguments, environ);
		failed = errno;
		_exit(15);
	}
	return reap(pid) + (failed == ENOENT ? 0 : 1000);
}

static int way_vfork_many(void)
{
	volatile int sum = 0;
	want(1);
	for (int i = 0; i < 20; i++) {
		pid_t pid = vfork();
		if (!pid) {
			execve(child_path, arguments, environ);
			_exit(127);
		}
		sum += reap(pid);
	}
	return sum;
}

/* Each of the exec family in a forked child. */
#define EXEC_WAY(name, status, call)                                                               \
	static int way_##name(void)                                                                \
	{                                                                                          \
		want(status);                                                                      \
		pid_t pid = fork();                                                                \
		if (!pid) {                                                                        \
			call;                                                                      \
			_exit(127);                                                                \
		}                                                                                  \
		return reap(pid);                                                                  \
	}
static char *empty[] = {NULL};
EXEC_WAY(execve, 21, execve(child_path, arguments, environ))
EXEC_WAY(execve_empty, 22, execve(child_path, arguments, empty))
EXEC_WAY(execv, 23, execv(child_path, arguments))
EXEC_WAY(execvp, 24, execvp(child_name, arguments))
EXEC_WAY(execvpe, 25, execvpe(child_name, arguments, empty))
EXEC_WAY(execl, 26, execl(child_path, child_path, status_text, (char *)NULL))
EXEC_WAY(execlp, 27, execlp(child_name, child_path, status_text, (char *)NULL))
EXEC_WAY(execle, 28, execle(child_path, child_path, status_text, (char *)NULL, empty))
EXEC_WAY(fexecve, 29, fexecve(open(child_path, O_RDONLY | O_CLOEXEC), arguments, environ))
EXEC_WAY(execveat, 30, execveat(AT_FDCWD, child_path, arguments, environ, 0))

static int way_spawn(void)
{
	pid_t pid;
	want(31);
	return posix_spawn(&pid, child_path, NULL, NULL, arguments, environ) ? -1 : reap(pid);
}

static int way_spawnp(void)
{
	pid_t pid;
	want(32);
	return posix_spawnp(&pid, child_name, NULL, NULL, arguments, empty) ? -1 : reap(pid);
}

static int way_spawn_null(void)
{
	want(33);
	return posix_spawn(NULL, child_path, NULL, NULL, arguments, NULL) ? -1 : reap(-1);
}

static int way_spawn_failed(void)
{
	pid_t pid;
	want(0);
	int missing = posix_spawn(&pid, "/nonexistent/program", NULL, NULL, arguments, environ);
	int denied = posix_spawn(&pid, "/etc/passwd", NULL, NULL, arguments, environ);
	return missing == ENOENT && denied == EACCES ? 34 : -1;
}

static int shell_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

static char *shell_command(int status)
{
	static char command[4200];
	snprintf(command, sizeof(command), "%s %d", child_path, status);
	return command;
}

static int way_system(void)
{
	return shell_status(system(shell_command(35)));
}

static int way_popen(void)
{
	FILE *pipe = popen(shell_command(36), "r");
	return pipe ? shell_status(pclose(pipe)) : -1;
}

/* The environment is gone afterwards, as the program wants it. */
static int in_clear_environment(int (*way)(void))
{
	pid_t pid = fork();
	if (!pid) {
		clearenv();
		int status = way();
		_exit(environ && *environ ? 97 : status);
	}
	return reap(pid);
}

static int way_system_cleared(void)
{
	return in_clear_environment(way_system);
}

static int way_popen_cleared(void)
{
	return in_clear_environment(way_popen);
}

/* system() from two threads while a third changes the environment. */
static volatile int stop;
static void *run_system(void *unused)
{
	(void)unused;
	long wrong = 0;
	for (int i = 0; i < 5; i++)
		wrong += shell_status(system("exit 6")) != 6;
	return (void *)wrong;
}

static void *change_environment(void *unused)
{
	(void)unused;
	char value[16];
	for (int i = 0; !stop; i++) {
		snprintf(value, sizeof(value), "%d", i);
		setenv("PROC_CHANGING", value, 1);
		usleep(500);
	}
	return NULL;
}

static int way_system_threads(void)
{
	pthread_t runner[2], changer;
	void *wrong[2];
	pthread_create(&changer, NULL, change_environment, NULL);
	for (int i = 0; i < 2; i++)
		pthread_create(&runner[i], NULL, run_system, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(runner[i], &wrong[i]);
	stop = 1;
	pthread_join(changer, NULL);
	unsetenv("PROC_CHANGING");
	return wrong[0] || wrong[1] || getenv("LD_PRELOAD") || getenv("PARPROF_ARENA") ? -1 : 37;
}

static int way_exec_errno(void)
{
	want(0);
	pid_t pid = fork();
	if (!pid) {
		int good = execv("/nonexistent/program", arguments) == -1 && errno == ENOENT;
		good &= execve("/etc/passwd", arguments, environ) == -1 && errno == EACCES;
		good &= execvp("no-such-program-anywhere", arguments) == -1 && errno == ENOENT;
		good &= execl("/etc", "etc", (char *)NULL) == -1 && errno == EACCES;
		good &= execlp("", "empty", (char *)NULL) == -1 && errno == ENOENT;
		good &= execve("/etc/passwd/x", arguments, environ) == -1 && errno == ENOTDIR;
		good &= fexecve(-1, arguments, environ) == -1;
		_exit(good ? 38 : errno);
	}
	return reap(pid);
}

/* The whole process becomes the child, whichever thread says so. */
static void *exec_in_thread(void *unused)
{
	(void)unused;
	execv(child_path, arguments);
	_exit(127);
}

static void *sleep_on(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

static int way_thread_exec(void)
{
	want(39);
	pid_t pid = fork();
	if (!pid) {
		pthread_t one, other;
		pthread_create(&other, NULL, sleep_on, NULL);
		pthread_create(&one, NULL, exec_in_thread, NULL);
		pthread_join(one, NULL);
	}
	return reap(pid);
}

/* The child of a process whose other threads hold locks, in malloc too. */
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static void *hold_locks(void *unused)
{
	(void)unused;
	while (!stop) {
		pthread_mutex_lock(&held);
		free(malloc(100));
		pthread_mutex_unlock(&held);
	}
	return NULL;
}

static int way_fork_locked(void)
{
	pthread_t holder[2];
	volatile int sum = 0;
	stop = 0;
	want(2);
	for (int i = 0; i < 2; i++)
		pthread_create(&holder[i], NULL, hold_locks, NULL);
	for (int i = 0; i < 20; i++) {
		pid_t pid = i % 2 ? fork() : vfork();
		if (!pid) {
			execve(child_path, arguments, empty);
			_exit(127);
		}
		sum += reap(pid);
	}
	stop = 1;
	for (int i = 0; i < 2; i++)
		pthread_join(holder[i], NULL);
	return sum;
}

#define MANY 5000
static int way_huge_environment(void)
{
	char **many = calloc(MANY + 2, sizeof(char *));
	pid_t pid;
	for (int i = 0; i < MANY; i++)
		if (asprintf(&many[i], "PROC_%d=value of number %d", i, i) < 0)
			return -1;
	many[MANY] = "LD_PRELOAD=";
	want(3);
	arguments[2] = "5000";
	arguments[3] = NULL;
	int sum = posix_spawn(&pid, child_path, NULL, NULL, arguments, many) ? 1000 : reap(pid);
	pid = vfork();
	if (!pid) {
		execve(child_path, arguments, many);
		_exit(127);
	}
	sum += reap(pid);
	char **before = environ;
	environ = many;
	char command[4200];
	snprintf(command, sizeof(command), "%s 3 5000", child_path);
	sum += shell_status(system(command));
	environ = before;
	return sum;
}

static void *in_tiny_stack(void *sum)
{
	pid_t pid;
	*(int *)sum +=
	    posix_spawn(&pid, child_path, NULL, NULL, arguments, environ) ? 1000 : reap(pid);
	pid = vfork();
	if (!pid) {
		execvp(child_name, arguments);
		_exit(127);
	}
	*(int *)sum += reap(pid);
	*(int *)sum += shell_status(system("exit 4"));
	return NULL;
}

static int way_tiny_stack(void)
{
	int sum = 0;
	pthread_t thread;
	pthread_attr_t attributes;
	want(4);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 16384);
	if (pthread_create(&thread, &attributes, in_tiny_stack, &sum))
		return -1;
	pthread_join(thread, NULL);
	return sum;
}

#define WAY(name)                                                                                  \
	{                                                                                          \
#name, way_##name                                                                  \
	}
static const struct way {
	const char *name;
	int (*run)(void);
} ways[] = {
    WAY(fork),
    WAY(_Fork),
    WAY(vfork_exit),
    WAY(vfork_exec),
    WAY(vfork_failed),
    WAY(vfork_many),
    WAY(execve),
    WAY(execve_empty),
    WAY(execv),
    WAY(execvp),
    WAY(execvpe),
    WAY(execl),
    WAY(execlp),
    WAY(execle),
    WAY(fexecve),
    WAY(execveat),
    WAY(spawn),
    WAY(spawnp),
    WAY(spawn_null),
    WAY(spawn_failed),
    WAY(system),
    WAY(popen),
    WAY(system_cleared),
    WAY(popen_cleared),
    WAY(system_threads),
    WAY(exec_errno),
    WAY(thread_exec),
    WAY(fork_locked),
    WAY(huge_environment),
    WAY(tiny_stack),
};

static int is_asked_for(int argc, char **argv, const char *name)
{
	for (int i = 2; i < argc; i++)
		if (!strcmp(argv[i], name))
			return 1;
	return argc == 2;
}

int main(int argc, char **argv)
{
	char path[8192];
	child_path = argv[1];
	child_name = strrchr(child_path, '/') + 1;
	snprintf(path, sizeof(path), "%.*s:/usr/bin:/bin", (int)(child_name - child_path) - 1,
		 child_path);
	setenv("PATH", path, 1);
	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (is_asked_for(argc, argv, ways[i].name))
			printf("%s %d\n", ways[i].name, ways[i].run());
	return 0;
}
