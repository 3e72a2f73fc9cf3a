#include "profiler/facts.h"
#include "collectors/machine/cache_geometry.h"
#include "profiler/ingest.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <gnu/libc-version.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static void set_command(struct store *store, char **argv)
{
	struct text command = {0};
	for (int i = 0; argv[i]; i++)
		text_format(&command, "%s%s", i ? " " : "", argv[i]);
	store_run_set_text(store, "command", text_string(&command));
	text_free(&command);
}

static void set_machine(struct store *store)
{
	struct utsname u;
	cpu_set_t cores;
	uname(&u);
	store_run_set_text(store, "host", u.nodename);
	store_run_set_text(store, "kernel", u.release);
	store_run_set_text(store, "libc", gnu_get_libc_version());
	long count = sched_getaffinity(0, sizeof(cores), &cores) == 0
			 ? CPU_COUNT(&cores)
			 : sysconf(_SC_NPROCESSORS_ONLN);
	store_run_set_int(store, "cores", count);
	store_run_set_int(store, "cache_line_bytes", cache_line_bytes(cache_levels()));
}

void facts_begin(struct store *store, const struct arena_header *arena, char **argv, int pid)
{
	struct timespec now;
	char *directory = getcwd(NULL, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	store_run_set_int(store, "finished", 0);
	store_run_set_text(store, "tool_version", PARPROF_VERSION);
	store_run_set_text(store, "directory", directory ? directory : "");
	store_run_set_int(store, "started_unix_ns", now.tv_sec * 1000000000ll + now.tv_nsec);
	store_run_set_int(store, "target_pid", pid);
	store_run_set_int(store, "recorder_pid", arena->recorder_pid);
	store_run_set_text(store, "clock", clock_name(arena->clock));
	store_run_set_int(store, "hold_interval", arena->hold_interval);
	set_command(store, argv);
	set_machine(store);
	free(directory);
}

void facts_end(struct store *store, const struct arena_header *arena, const struct ingest *ingest,
	       int exit_status, struct anchor first, struct anchor last)
{
	struct ingest_count count;
	uint64_t ns = last.monotonic_ns - first.monotonic_ns;
	ingest_count(ingest, &count);
	store_run_set_int(store, "wall_ns", (int64_t)ns);
	store_run_set_int(store, "exit_status", exit_status);
	store_run_set_double(store, "ticks_per_ns",
			     ns ? (double)(last.ticks - first.ticks) / (double)ns : 1);
	store_run_set_int(store, "records", (int64_t)count.records);
	store_run_set_int(store, "records_dropped", (int64_t)arena->records_dropped);
	store_run_set_int(store, "threads_unseen", (int64_t)arena->threads_unseen);
	store_run_set_int(store, "events_guarded", (int64_t)arena->events_guarded);
	store_run_set_int(store, "samples_missed", (int64_t)arena->samples_missed);
	if (arena->timers_refused)
		store_unseen(store, "threads got no timer to be sampled by (ulimit -i)", "",
			     (int64_t)arena->timers_refused);
}

void facts_costs(struct store *store, const struct costs *c)
{
	if (c->pair > 0)
		store_run_set_double(store, "cost_pair_ns", c->pair);
	if (c->hold > 0)
		store_run_set_double(store, "cost_hold_ns", c->hold);
	if (c->record > 0)
		store_run_set_double(store, "cost_record_ns", c->record);
}

static int64_t cpu_ns(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000000ll +
	       (u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000ll;
}

void facts_recorder(struct store *store, const struct rusage *before)
{
	struct rusage now, none = {0};
	getrusage(RUSAGE_SELF, &now);
	if (!before)
		before = &none;
	long rss = now.ru_maxrss > before->ru_maxrss ? now.ru_maxrss : before->ru_maxrss;
	store_run_set_int(store, "recorder_cpu_ns", cpu_ns(&now) + cpu_ns(before));
	store_run_set_int(store, "recorder_rss_bytes", rss * 1024ll);
}
