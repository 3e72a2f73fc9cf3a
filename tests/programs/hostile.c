/* hostile WHAT: does something that breaks careless tools, then work: 2 threads × 1000 on work_mu,
 * some of it contended. Prints what it worked. */
#include "known.h"
#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>

pthread_mutex_t work_mu = PTHREAD_MUTEX_INITIALIZER;
extern char **environ;
long sum;

static void limit(int resource, rlim_t value)
{
	struct rlimit limits = {value, value};
	IS(setrlimit(resource, &limits), 0);
}

static void close_all(void)
{
	for (int fd = 3; fd < 4096; fd++)
		close(fd);
}

static void close_range_all(void)
{
	closefrom(3);
}

static void clear_environment(void)
{
	IS(clearenv(), 0);
}

static void exec_with_own_environment(void)
{
	char *arguments[] = {"hostile", "nothing", NULL}, *environment[] = {"OWN=1", NULL};
	if (fork() == 0) {
		execve("/proc/self/exe", arguments, environment);
		_exit(98);
	}
	known_sleep(100);
}

static void drop_root(void)
{
	if (getuid())
		return;
	IS(setgroups(0, NULL), 0);
	IS(setresgid(65534, 65534, 65534), 0);
	IS(setresuid(65534, 65534, 65534), 0);
}

static void limit_memory(void)
{
	limit(RLIMIT_AS, 256 << 20);
}

static void limit_files(void)
{
	limit(RLIMIT_NOFILE, 3);
}

static void limit_file_size(void)
{
	limit(RLIMIT_FSIZE, 4096);
}

static void lock_memory(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		fprintf(stderr, "mlockall: %s\n", strerror(errno));
}

static void block_signals(void)
{
	sigset_t all;
	sigfillset(&all);
	IS(sigprocmask(SIG_BLOCK, &all, NULL), 0);
}

static void small_own_stack(void)
{
	static char memory[4096];
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
	IS(sigaltstack(&stack, NULL), 0);
}

static void nothing(void)
{
}

static const struct {
	const char *name;
	void (*act)(void);
} acts[] = {
    {"nothing", nothing},
    {"close_all", close_all},
    {"close_range", close_range_all},
    {"clear_environment", clear_environment},
    {"own_environment", exec_with_own_environment},
    {"drop_root", drop_root},
    {"limit_memory", limit_memory},
    {"limit_files", limit_files},
    {"limit_file_size", limit_file_size},
    {"lock_memory", lock_memory},
    {"block_signals", block_signals},
    {"small_own_stack", small_own_stack},
};

static void *work(void *number)
{
	for (int i = 0; i < 1000; i++) {
		IS(pthread_mutex_lock(&work_mu), 0);
		if (++sum % 500 == 0)
			known_sleep(5);
		IS(pthread_mutex_unlock(&work_mu), 0);
	}
	return number;
}

int main(int argc, char **argv)
{
	IS(argc, 2);
	unsigned i = 0;
	while (strcmp(acts[i].name, argv[1]))
		IS(++i < COUNT(acts), 1);
	acts[i].act();
	known_threads(2, work);
	printf("%s %ld\n", argv[1], sum);
	return 0;
}
