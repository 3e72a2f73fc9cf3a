#include "profiler/recorder.h"
#include "profiler/counters.h"
#include "profiler/deadlock.h"
#include "profiler/facts.h"
#include "profiler/feed.h"
#include "profiler/finish_apart.h"
#include "profiler/kernel_feed.h"
#include "profiler/launch.h"
#include "profiler/line_watch.h"
#include "profiler/machine_store.h"
#include "profiler/message.h"
#include "profiler/output_name.h"
#include "profiler/piece_watch.h"
#include "profiler/simulation.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "profiler/working_set.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_BUSY_NS 10000000u
#define TICK_IDLE_NS 50000000u
#define COMMIT_NS                                                                                  \
	250000000u /* what a killed recorder may lose; a commit writes a page of most tables */
#define TICK_HEAVY_NS 1000000u
#define HEAVY_BYTES (512u * 1024u) /* found in one round */
#define PROGRESS_AFTER_NS 1000000000u
#define ALONE_NS 100000000u
#define FIRST_ANCHOR_NS 20000000u
#define ANCHOR_NS 1000000000u
#define LIVE_NS 1000000000u
#define LIVE_SHARE 200u /* 1 in so much of the time, at most, goes into keeping live counts */

struct recorder {
	const struct recorder_settings *settings;
	struct launch launch;
	struct simulation simulation; /* with settings->simulate */
	char *library;
	enum log_clock clock;
	struct arena *arena;
	struct watch watch;
	struct feed feed;
	struct deadlock_watch deadlocks;
	struct kernel_feed kernel;
	struct counters *counters;
	struct working_set *working_set;
	struct line_watch *line_watch;
	struct piece_watch *piece_watch;
	struct store *store;
	char *path, *raw_path;
	sigset_t signals; /* taken by wait_for_signal() */
	struct anchor first, last;
	uint64_t next_anchor_ns, anchor_interval_ns;
	uint64_t next_tick_ns; /* of the ingest */
	uint64_t next_live_ns;
	uint64_t pause_ns;
	uint64_t alone_since_ns; /* nobody that we know of runs since then */
	bool child_over;	 /* the program we started */
	bool told_to_end;	 /* by a signal, after it */
	bool deaf; /* the database is full or broken: only the program's end matters */
	int child_status;
};

static struct recorder *the_recorder; /* for last_wish() */

static void reap(struct recorder *r)
{
	int status;
	if (r->child_over || waitpid(r->launch.pid, &status, WNOHANG) != r->launch.pid)
		return;
	r->child_over = true;
	r->child_status = status;
	watch_child_ended(&r->watch, (uint32_t)r->launch.pid, status);
}

/* SIGINT and SIGQUIT come from the terminal to the program as well; the others only to us. */
static void take_signal(struct recorder *r, int number)
{
	if (number == SIGCHLD)
		reap(r);
	else if (r->child_over)
		r->told_to_end = true;
	else if (number == SIGTERM || number == SIGHUP)
		kill(r->launch.pid, number);
}

static void wait_for_signal(struct recorder *r, uint64_t ns)
{
	struct timespec limit = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
	int number = sigtimedwait(&r->signals, NULL, &limit);
	if (number > 0)
		take_signal(r, number);
}

static void wait_for_child(struct recorder *r)
{
	for (reap(r); !r->child_over; reap(r))
		wait_for_signal(r, ANCHOR_NS);
}

/* We failed, the program must not: its status is what our caller gets. */
static void last_wish(int status)
{
	struct recorder *r = the_recorder;
	arena_stop(r->arena);
	error("recording ended early; %s runs on", r->launch.path);
	wait_for_child(r);
	(void)status;
	_exit(launch_exit_status(r->child_status));
}

static void take_anchor(struct recorder *r)
{
	r->last = clock_anchor(r->clock);
	feed_anchor(&r->feed, r->last);
	r->next_anchor_ns = r->last.monotonic_ns + r->anchor_interval_ns;
	r->anchor_interval_ns *=
	    4; /* soon after the start the second one: it gives the frequency */
	if (r->anchor_interval_ns > ANCHOR_NS)
		r->anchor_interval_ns = ANCHOR_NS;
}

static void show_progress(const struct recorder *r)
{
	struct ingest_count n;
	struct stat st = {0};
	struct text line = {0};
	if (clock_monotonic_ns() - r->first.monotonic_ns < PROGRESS_AFTER_NS)
		return;
	ingest_count(r->feed.ingest, &n);
	stat(r->path, &st);
	text_add_ns(&line, (int64_t)(clock_monotonic_ns() - r->first.monotonic_ns));
	if (r->settings->simulate) {
		progress("%s  simulating caches", text_string(&line));
		text_free(&line);
		return;
	}
	text_add(&line, "  ");
	text_add_count(&line, n.records);
	text_format(&line, " events  %llu locks  ", (unsigned long long)n.locks);
	text_add_bytes_human(&line, (uint64_t)st.st_size);
	if (r->arena->header->records_dropped) {
		text_add(&line, "  dropped ");
		text_add_count(&line, r->arena->header->records_dropped);
	}
	progress("%s", text_string(&line));
	text_free(&line);
}

static void go_deaf(struct recorder *r)
{
	r->deaf = true;
	arena_stop(r->arena);
	kernel_feed_drop(&r->kernel);
	error("%s keeps what was recorded until now; %s runs on unwatched", r->path,
	      r->launch.path);
}

static void keep_live(struct recorder *r)
{
	uint64_t begin = clock_monotonic_ns();
	if (begin < r->next_live_ns)
		return;
	feed_live(&r->feed, &r->watch);
	uint64_t pause = (clock_monotonic_ns() - begin) * LIVE_SHARE;
	r->next_live_ns = begin + (pause > LIVE_NS ? pause : LIVE_NS);
}

/* Debug registers are few: not both at a time. */
static void watch_breakpoints(struct recorder *r, uint64_t now_ns)
{
	if (!piece_watch_is_quick(r->piece_watch))
		line_watch_tick(r->line_watch, &r->watch, now_ns);
	piece_watch_tick(r->piece_watch, now_ns, !line_watch_is_open(r->line_watch));
}

/* One round; sets how long to wait before the next. */
static void tick(struct recorder *r)
{
	uint64_t now_ns = clock_monotonic_ns(), ticks = clock_ticks(r->clock);
	if (now_ns >= r->next_anchor_ns)
		take_anchor(r);
	uint64_t bytes = watch_tick(&r->watch, ticks);
	bytes += kernel_feed_tick(&r->kernel, &r->watch, now_ns);
	if (now_ns >= r->next_tick_ns) {
		keep_live(r);
		counters_tick(r->counters, r->first.monotonic_ns);
		feed_tick(&r->feed, ticks);
		r->next_tick_ns = now_ns + COMMIT_NS;
		show_progress(r);
	}
	deadlock_look(&r->deadlocks, now_ns, ticks);
	working_set_tick(r->working_set, &r->watch, now_ns);
	watch_breakpoints(r, now_ns);
	if (bytes > HEAVY_BYTES)
		r->pause_ns = TICK_HEAVY_NS;
	else if (bytes > HEAVY_BYTES / 4)
		r->pause_ns = TICK_BUSY_NS;
	else if (r->pause_ns < TICK_IDLE_NS)
		r->pause_ns += TICK_BUSY_NS;
	r->pause_ns = working_set_pause(r->working_set, now_ns, r->pause_ns);
	r->pause_ns = line_watch_pause(r->line_watch, now_ns, r->pause_ns);
	r->pause_ns = piece_watch_pause(r->piece_watch, r->pause_ns);
	if (store_failed(r->store))
		go_deaf(r);
}

/* A child that was just forked is not known yet, so nobody must run for a while. */
static bool all_are_gone(struct recorder *r)
{
	if (watch_running(&r->watch) || !r->alone_since_ns) {
		r->alone_since_ns = clock_monotonic_ns();
		return false;
	}
	return clock_monotonic_ns() - r->alone_since_ns > ALONE_NS;
}

static bool is_over(struct recorder *r)
{
	if (!r->child_over)
		return false;
	return !r->settings->wait_for_all || r->told_to_end || r->deaf || all_are_gone(r);
}

/* Each wake-up may take the core from a thread that holds a lock others wait for: as few as the
 * log's size allows, and none before a running thread's slice is over. */
static void be_humble(void)
{
	sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){.sched_priority = 0});
}

static void loop(struct recorder *r)
{
	be_humble();
	wait_for_signal(r, TICK_BUSY_NS);
	r->next_anchor_ns = r->first.monotonic_ns + TICK_BUSY_NS / 2;
	r->next_live_ns = r->first.monotonic_ns + LIVE_NS / 4;
	if (r->settings->working_set)
		r->working_set = working_set_open(r->store, r->arena, r->settings->working_set,
						  r->first.monotonic_ns);
	if (r->settings->pieces_share) {
		address_samples_keep_all(&r->kernel.addresses);
		r->piece_watch = piece_watch_open(r->store, &r->kernel, r->settings->pieces_share);
	}
	if (r->settings->watch_lines)
		r->line_watch = line_watch_open(r->store, &r->kernel.addresses.touches);
	deadlock_open(&r->deadlocks, &r->watch, r->store, r->feed.ingest, r->first);
	while (!is_over(r)) {
		if (!r->deaf)
			tick(r);
		wait_for_signal(r, r->deaf ? ANCHOR_NS : r->pause_ns);
		reap(r);
	}
	arena_stop(r->arena);
	take_anchor(r);
	line_watch_close(r->line_watch);
	piece_watch_close(r->piece_watch);
	if (!r->deaf) {
		watch_finish(&r->watch, r->last.ticks);
		kernel_feed_close(&r->kernel, r->last.monotonic_ns);
	}
	deadlock_close(&r->deadlocks);
	progress_erase();
}

static void keep_oddity(void *store, const char *kind, uint64_t count)
{
	store_oddity(store, kind, (int64_t)count, NULL);
}

static void write_facts(struct recorder *r)
{
	struct costs costs;
	facts_end(r->store, r->arena->header, r->feed.ingest, launch_exit_status(r->child_status),
		  r->first, r->last);
	watch_oddities(&r->watch, keep_oddity, r->store);
	if (r->arena->refusals)
		store_oddity(r->store, "moments without free memory for the log",
			     (int64_t)r->arena->refusals, NULL);
	if (r->settings->simulate)
		return; /* nothing was watched */
	costs_measure(&costs, r->library);
	facts_costs(r->store, &costs);
}

static void say_where(const struct recorder *r)
{
	struct stat st = {0};
	struct text size = {0};
	stat(r->path, &st);
	text_add_bytes_human(&size, (uint64_t)st.st_size);
	notice("%s, %s", r->path, text_string(&size));
	if (!r->settings->written)
		notice("next: parprof report %s", r->path);
	text_free(&size);
}

/* From what was seen to a finished file. What fails here has said so. */
static void end(struct recorder *r)
{
	working_set_close(r->working_set);
	counters_end(r->counters, r->first.monotonic_ns);
	if (!r->deaf)
		write_facts(r);
	bool fine = feed_close(&r->feed, r->last.ticks) == 0 && !r->deaf;
	if (fine && r->settings->simulate)
		fine = simulation_import(&r->simulation, r->store, r->raw_path,
					 r->settings->force) == 0;
	fine = store_close(r->store) == 0 && fine;
	if (!fine)
		error("the recording in %s is not complete", r->path);
	else if (finish_apart(r->path) != 0)
		warning("%s has no names yet; 'parprof report' will look for them again", r->path);
	if (fine)
		say_where(r);
}

static void say_unseen(const struct recorder *r)
{
	const char *reason = elf_kind_reason(r->launch.kind);
	if (r->settings->simulate)
		simulation_facts(&r->simulation, r->store);
	if (!reason || r->settings->simulate)
		return;
	if (strcmp(r->launch.path, r->launch.decisive) != 0)
		notice("%s, which runs %s, %s; it runs unwatched", r->launch.decisive,
		       r->launch.path, reason);
	else
		notice("%s %s; it runs unwatched", r->launch.path, reason);
	store_unseen(r->store, elf_kind_name(r->launch.kind), r->launch.decisive, 1);
}

/* Everything the recording needs, before the program runs. */
static int prepare(struct recorder *r)
{
	const struct recorder_settings *s = r->settings;
	struct arena_settings a = {r->clock, s->hold_interval, s->stack_depth, 0};
	char arena[64];
	r->arena = arena_create(&a);
	if (!r->arena)
		return -1;
	bool unwatched = s->simulate || elf_kind_breaks(r->launch.kind);
	if (s->simulate && simulation_open(&r->simulation, &r->launch, s->cache_sizes) != 0)
		return -1;
	launch_environment(&r->launch, r->library, unwatched ? NULL : arena_path(r->arena, arena));
	if (launch_hold(&r->launch) != 0)
		return -1;
	r->path = output_name(s->output, r->launch.path, r->launch.pid);
	r->store = store_create(r->path, s->force);
	if (!r->store)
		return -1;
	if (s->raw) {
		r->raw_path = output_name(s->raw, r->launch.path, r->launch.pid);
		if (!s->simulate)
			r->feed.raw = rawlog_create(r->raw_path, s->force, r->arena->header);
		if (!s->simulate && !r->feed.raw)
			return -1;
	}
	r->feed.arena = r->arena;
	r->feed.ingest = ingest_open(r->store, r->arena->header);
	if (!r->feed.ingest)
		return -1;
	struct watch_sink sink = feed_sink(&r->feed);
	watch_open(&r->watch, r->arena, &sink);
	facts_begin(r->store, r->arena->header, r->launch.argv, r->launch.pid);
	machine_store_this(r->store);
	struct own_samples own =
	    kernel_feed_open(&r->kernel, &s->kernel, r->launch.pid, r->store, r->feed.ingest);
	arena_sample(r->arena, own.hertz, own.python_only);
	say_unseen(r);
	r->counters = counters_open(s->counters, r->store, r->launch.pid);
	return 0;
}

/* The program was not run: what was made for it goes. */
static int give_up(struct recorder *r, int status)
{
	kernel_feed_drop(&r->kernel);
	if (r->feed.ingest)
		feed_close(&r->feed, r->first.ticks);
	if (r->store) {
		store_close(r->store);
		unlink(r->path);
		if (r->feed.raw)
			unlink(r->raw_path);
	}
	return status;
}

static void let_go(struct recorder *r)
{
	counters_free(r->counters);
	watch_free(&r->watch);
	arena_destroy(r->arena);
	simulation_close(&r->simulation);
	launch_free(&r->launch);
	free(r->library);
	if (r->settings->written)
		*r->settings->written = r->path;
	else
		free(r->path);
	free(r->raw_path);
}

static void choose_signals(sigset_t *set)
{
	static const int ours[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		sigaddset(set, ours[i]);
}

/* From the go to the end. */
static int record(struct recorder *r)
{
	int status = launch_go(&r->launch);
	if (status)
		return give_up(r, status);
	the_recorder = r;
	message_on_death(last_wish);
	loop(r);
	end(r);
	message_on_death(NULL);
	return launch_exit_status(r->child_status);
}

int recorder_run(const struct recorder_settings *settings, char **argv)
{
	struct recorder r = {
	    .settings = settings,
	    .clock = clock_choose(),
	    .anchor_interval_ns = FIRST_ANCHOR_NS,
	};
	launch_find(&r.launch, argv);
	r.library = launch_library();
	choose_signals(&r.signals);
	launch_signals(&r.launch, &r.signals);
	bool ready = prepare(&r) == 0;
	if (ready) {
		take_anchor(&r);
		r.first = r.last;
		kernel_feed_start(&r.kernel, r.first.monotonic_ns);
	}
	int status = ready ? record(&r) : give_up(&r, STATUS_TOOL);
	let_go(&r);
	return status;
}
