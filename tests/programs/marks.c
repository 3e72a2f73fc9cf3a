/* Marks of every kind, so many as the test knows: points of progress in threads, a forked child and
 * a plugin; phases and sites inside each other; names. marks [PLUGIN | killed] */
#include "collectors/parprof.h"
#include "known.h"
#include <dlfcn.h>
#include <signal.h>
#include <sys/wait.h>

#define THREADS 4
#define ITEMS 1000000

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t made;

static void *work(void *number)
{
	char name[16];
	snprintf(name, sizeof(name), "crew %ld", (long)number);
	parprof_name_thread(name);
	for (long i = 0; i < ITEMS; i++)
		parprof_progress("item");
	for (long i = 0; i < 100; i++) {
		IS(pthread_mutex_lock(&cache), 0);
		parprof_progress("batch");
		IS(pthread_mutex_unlock(&cache), 0);
	}
	return NULL;
}

static void spin(long ms)
{
	long end = known_now() + ms * 1000000;
	while (known_now() < end)
		;
}

NOINLINE void inner(void)
{
	parprof_site_begin("inner");
	for (int i = 0; i < 5; i++) {
		parprof_task_begin(); /* ends the one before */
		parprof_lock_begin();
		parprof_lock_begin(); /* inside another one: not counted twice */
		spin(1);
		parprof_lock_end();
		parprof_lock_end();
	}
	parprof_site_end();
}

NOINLINE void outer(void)
{
	parprof_site_begin("outer");
	for (int i = 0; i < 10; i++) {
		parprof_task_begin();
		if (i == 7)
			spin(30);
		inner();
		parprof_task_end();
		parprof_task_end(); /* there is none: nothing */
	}
	parprof_site_end();
	parprof_site_end();
}

NOINLINE void often(void)
{
	parprof_phase_begin("busy");
	parprof_site_begin("often");
	for (int i = 0; i < 300000; i++) {
		parprof_task_begin();
		parprof_task_end();
	}
	parprof_site_end();
	parprof_phase_end("busy");
	parprof_task_begin(); /* of no site */
	parprof_task_end();
}

static void phases(void)
{
	parprof_phase_begin("load");
	for (int i = 0; i < 3; i++) {
		parprof_phase_begin("parse");
		spin(10);
		parprof_phase_end("parse");
	}
	parprof_phase_end("never begun");
	parprof_phase_end("load");
	parprof_phase_begin("rest"); /* until the end */
}

/* Deeper than what is kept. */
static void deep(int level)
{
	parprof_site_begin("deep");
	parprof_task_begin();
	if (level)
		deep(level - 1);
	parprof_task_end();
	parprof_site_end();
}

static void on_signal(int number)
{
	(void)number;
	parprof_progress("signal");
}

static void child(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 1000; i++)
			parprof_progress("item");
		parprof_progress("child");
		IS(pthread_mutex_lock(&made), 0);
		IS(pthread_mutex_unlock(&made), 0);
		_exit(0);
	}
	IS(waitpid(pid, NULL, 0), pid);
}

static void be_killed(void)
{
	parprof_site_begin("cut");
	for (int i = 0; i < 12345; i++) {
		parprof_task_begin();
		parprof_progress("before the end");
	}
	raise(SIGKILL);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "killed"))
		be_killed();
	errno = 1234;
	parprof_name_thread("boss");
	parprof_name_lock(&cache, "the cache");
	IS(pthread_mutex_init(&made, NULL), 0);
	parprof_name_lock(&made, "first name");
	parprof_name_lock(&made, "made");
	IS(pthread_mutex_lock(&made), 0);
	IS(pthread_mutex_unlock(&made), 0);
	known_threads(THREADS, work);
	outer();
	often();
	deep(40);
	phases();
	child();
	signal(SIGUSR1, on_signal);
	for (int i = 0; i < 500; i++)
		raise(SIGUSR1);
	IS(errno, 1234);
	if (argc > 1) {
		void *plugin = dlopen(argv[1], RTLD_NOW);
		IS(plugin != NULL, 1);
		IS(dlerror() == NULL, 1);
		((void (*)(void))dlsym(plugin, "plugin_marks"))();
	}
	printf("%d\n", THREADS * ITEMS);
	return 0;
}
