#include "profiler/working_set.h"
#include "collectors/kernel/touched_memory.h"
#include "collectors/machine/cache_geometry.h"
#include "profiler/clock.h"
#include "profiler/store.h"
#include "profiler/store_rows.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHARE 100u /* 1 in so much of the time goes into it, at most */
#define PAUSE_NS 2000000000u
#define BEGIN_NS 100000000u
#define MB (1u << 20)
/* Guesses, before the first round: clearing, three readings, touching again. */
#define COST_OF_MB 250000u
#define RETOUCH_OF_MB 100000u
#define PROCESSES_MAX 16
enum { COLUMNS = 10 };

static const uint64_t windows[] = {10000000u, 100000000u, 1000000000u};
#define WINDOWS (sizeof(windows) / sizeof(*windows))

struct member {
	uint32_t process, pid;
	uint64_t cleared_ns; /* 0: could not be */
};

struct working_set {
	struct store *store;
	struct store_rows *rows;
	uint64_t first_ns;
	uint64_t next_ns; /* of the next round or window */
	bool open;	  /* a round is */
	size_t window;	  /* that is read next */
	uint64_t cost_ns; /* of this round */
	struct member member[PROCESSES_MAX];
	int count;
	bool refused; /* was said */
};

static void keep_caches(struct store *store)
{
	struct cache_levels caches;
	long second = sysconf(_SC_LEVEL2_CACHE_SIZE);
	cache_levels_read(&caches, "/sys");
	if (second > 0)
		store_run_set_int(store, "cache_l2_bytes", second);
	if (caches.last.size)
		store_run_set_int(store, "cache_last_bytes", (int64_t)caches.last.size);
}

struct working_set *working_set_open(struct store *store, uint64_t first_ns)
{
	struct working_set *w = memory_new(1, sizeof(*w));
	w->store = store;
	w->first_ns = first_ns;
	w->next_ns = first_ns + BEGIN_NS;
	w->rows = store_rows_open(store, "working_set", COLUMNS, false);
	keep_caches(store);
	return w;
}

static void refuse(struct working_set *w, const struct member *m, int error)
{
	struct text subject = {0};
	if (error == ESRCH || error == ENOENT || w->refused)
		return;
	w->refused = true;
	text_format(&subject, "process %u: /proc/%u/clear_refs: %s", m->pid, m->pid,
		    strerror(error));
	store_unseen(w->store, "working set not measured", text_string(&subject), 1);
	text_free(&subject);
}

/* Those that run, the newest image of each. */
static void choose(struct working_set *w, const struct watch *watch)
{
	const struct watch_processes *p = &watch->processes;
	w->count = 0;
	for (uint32_t i = 0; i < p->count && w->count < PROCESSES_MAX; i++)
		if (!p->rows[i].over && !p->rows[i].foreign)
			w->member[w->count++] =
			    (struct member){p->rows[i].number, p->rows[i].pid, 0};
}

static uint64_t guessed_cost(const struct working_set *w)
{
	uint64_t bytes = 0;
	for (int i = 0; i < w->count; i++)
		bytes += touched_memory_rss((pid_t)w->member[i].pid);
	return bytes / MB * COST_OF_MB + 100000u;
}

/* Too early for what it would cost? Then that is when it is looked at again. */
static bool too_early(struct working_set *w, uint64_t now_ns)
{
	uint64_t at = w->first_ns + guessed_cost(w) * SHARE;
	if (now_ns >= at)
		return false;
	w->next_ns = now_ns + BEGIN_NS < at ? at : now_ns + BEGIN_NS;
	return true;
}

static void begin(struct working_set *w, const struct watch *watch, uint64_t now_ns)
{
	choose(w, watch);
	if (too_early(w, now_ns))
		return;
	for (int i = 0; i < w->count; i++) {
		int error = touched_memory_clear((pid_t)w->member[i].pid);
		if (error)
			refuse(w, &w->member[i], error);
		else
			w->member[i].cleared_ns = clock_monotonic_ns();
	}
	w->open = true;
	w->window = 0;
	w->cost_ns = clock_monotonic_ns() - now_ns;
	w->next_ns = now_ns + windows[0];
}

static uint64_t keep(struct working_set *w, const struct member *m, uint64_t now_ns)
{
	struct touched_memory t;
	if (!m->cleared_ns || touched_memory_read((pid_t)m->pid, &t) != 0)
		return 0;
	int64_t *row = store_rows_next(w->rows);
	row[0] = m->process;
	row[1] = (int64_t)(m->cleared_ns - w->first_ns);
	row[2] = (int64_t)windows[w->window];
	row[3] = (int64_t)(now_ns - m->cleared_ns);
	row[4] = (int64_t)t.rss;
	row[5] = (int64_t)t.pss;
	row[6] = (int64_t)t.touched;
	row[7] = (int64_t)t.huge;
	row[8] = t.threads;
	row[9] = (int64_t)(clock_monotonic_ns() - now_ns);
	return t.touched;
}

static void read_window(struct working_set *w, uint64_t now_ns)
{
	uint64_t touched = 0, end;
	for (int i = 0; i < w->count; i++)
		touched += keep(w, &w->member[i], clock_monotonic_ns());
	end = clock_monotonic_ns();
	w->cost_ns += end - now_ns;
	if (++w->window < WINDOWS) {
		uint64_t at = now_ns - windows[w->window - 1] + windows[w->window];
		w->next_ns = at > end ? at : end;
		return;
	}
	w->open = false;
	w->cost_ns += touched / MB * RETOUCH_OF_MB;
	uint64_t pause = w->cost_ns * SHARE;
	w->next_ns = end + (pause > PAUSE_NS ? pause : PAUSE_NS);
}

void working_set_tick(struct working_set *w, const struct watch *watch, uint64_t now_ns)
{
	if (!w || now_ns < w->next_ns)
		return;
	if (w->open)
		read_window(w, now_ns);
	else
		begin(w, watch, now_ns);
}

uint64_t working_set_pause(const struct working_set *w, uint64_t now_ns, uint64_t pause_ns)
{
	if (!w || !w->open)
		return pause_ns;
	uint64_t left = w->next_ns > now_ns ? w->next_ns - now_ns : 0;
	return left < pause_ns ? left : pause_ns;
}

void working_set_close(struct working_set *w)
{
	if (!w)
		return;
	store_rows_close(w->rows);
	free(w);
}
