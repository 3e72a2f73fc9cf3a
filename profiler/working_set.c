#include "profiler/working_set.h"
#include "collectors/kernel/touched_memory.h"
#include "collectors/kernel/translations.h"
#include "collectors/machine/cache_geometry.h"
#include "profiler/clock.h"
#include "profiler/store.h"
#include "profiler/store_rows.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAUSE_NS 200000000u
#define GROWS_FROM (MB / 2) /* what is less fits into most caches, however long it grows */
#define LONG_NS                                                                                    \
	5000000000u /* between two windows of a second: rounds without are shorter, where 100 ms   \
		       show as much */
#define BEGIN_NS 100000000u
#define MB (1u << 20)
/* A guess, before the first round: clearing, flushing, three readings. */
#define COST_OF_MB 150000u
#define COST_OF_PROCESS 300000u
#define PAGE 4096u
#define PROCESSES_MAX 16
enum { COLUMNS = 10, FLUSH_COLUMNS = 2 };

static const uint64_t windows[] = {10000000u, 100000000u, 1000000000u};
#define WINDOWS (sizeof(windows) / sizeof(*windows))

struct member {
	uint32_t process, pid;
	uint64_t cleared_ns; /* 0: could not be */
	int kept;	     /* its translations were: why, an errno */
};

struct working_set {
	struct store *store;
	struct store_rows *rows, *flush_rows;
	struct translations translations; /* by a part of the arena */
	uint64_t price_ns;		  /* of a page that is touched again */
	uint64_t share;			  /* 1 in so much of the time goes into it, at most */
	uint64_t open_cost_ns;
	uint64_t first_ns;
	uint64_t next_ns; /* of the next round or window */
	bool open;	  /* a round is */
	size_t window;	  /* that is read next */
	uint64_t cost_ns; /* of this round */
	uint64_t touched; /* by all, in the window that was read last */
	uint64_t referenced;
	uint64_t long_ns; /* of the next window of a second */
	struct member member[PROCESSES_MAX];
	int count;
	bool refused, bound; /* were said */
	bool early;	     /* there was no time yet for the next round */
	bool read;	     /* something was */
};

static void keep_caches(struct store *store)
{
	const struct cache_levels *caches = cache_levels();
	if (caches->second.size)
		store_run_set_int(store, "cache_l2_bytes", (int64_t)caches->second.size);
	if (caches->last.size)
		store_run_set_int(store, "cache_last_bytes", (int64_t)caches->last.size);
}

struct working_set *working_set_open(struct store *store, const struct arena *arena, unsigned share,
				     uint64_t first_ns)
{
	uint64_t begin = clock_thread_cpu_ns();
	struct working_set *w = memory_new(1, sizeof(*w));
	w->store = store;
	w->share = share;
	w->first_ns = first_ns;
	w->next_ns = first_ns + BEGIN_NS;
	w->rows = store_rows_open(store, "working_set", COLUMNS, false);
	w->flush_rows = store_rows_open(store, "working_set_flush", FLUSH_COLUMNS, false);
	translations_open(&w->translations, arena->fd, ARENA_FLUSH_OFFSET, ARENA_FLUSH_SIZE);
	w->price_ns = touched_memory_price_ns();
	store_run_set_int(store, "working_set_page_ns", (int64_t)w->price_ns);
	keep_caches(store);
	w->open_cost_ns = clock_thread_cpu_ns() - begin;
	return w;
}

/* Of the first process that it happens to. */
static void refuse(struct working_set *w, bool *said, const char *reason, const struct member *m,
		   const char *what, int error)
{
	struct text subject = {0};
	if (error == ESRCH || error == ENOENT || *said)
		return;
	*said = true;
	text_format(&subject, "process %u: %s: %s", m->pid, what, strerror(error));
	store_unseen(w->store, reason, text_string(&subject), 1);
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
			    (struct member){.process = p->rows[i].number, .pid = p->rows[i].pid};
}

static uint64_t guessed_cost(const struct working_set *w)
{
	uint64_t bytes = 0;
	for (int i = 0; i < w->count; i++)
		bytes += touched_memory_guess((pid_t)w->member[i].pid);
	return w->open_cost_ns + bytes / MB * COST_OF_MB + bytes / PAGE * w->price_ns +
	       (uint64_t)w->count * COST_OF_PROCESS;
}

/* Too early for what it would cost? Then that is when it is looked at again. */
static bool too_early(struct working_set *w, uint64_t now_ns)
{
	uint64_t at = w->first_ns + guessed_cost(w) * w->share;
	w->early = now_ns < at;
	if (!w->early)
		return false;
	w->next_ns = now_ns + BEGIN_NS < at ? at : now_ns + BEGIN_NS;
	return true;
}

static void clear(struct working_set *w, struct member *m)
{
	int error = touched_memory_clear((pid_t)m->pid);
	if (error)
		refuse(w, &w->refused, "working set not measured", m, "clear_refs", error);
	else
		m->cleared_ns = clock_monotonic_ns();
}

/* Those that the flush of all does not reach. */
static void flush_alone(struct working_set *w, struct member *m)
{
	if (m->kept && translations_flush_alone((pid_t)m->pid) == 0)
		m->kept = 0;
	if (m->kept)
		refuse(w, &w->bound, "working set is a lower bound, translations not flushed", m,
		       "reading its memory", m->kept);
	else
		m->cleared_ns = clock_monotonic_ns();
}

/* Flushed after all are cleared: a page that is touched in between has its bit set early, or it was
 * not touched again. */
static void clear_all(struct working_set *w)
{
	for (int i = 0; i < w->count; i++)
		w->member[i].kept = translations_reach(&w->translations, (pid_t)w->member[i].pid);
	for (int i = 0; i < w->count; i++)
		clear(w, &w->member[i]);
	int error = translations_flush(&w->translations);
	for (int i = 0; i < w->count; i++) {
		struct member *m = &w->member[i];
		if (error && !m->kept)
			m->kept = error;
		if (m->cleared_ns)
			flush_alone(w, m);
	}
}

static void keep_flushes(struct working_set *w)
{
	for (int i = 0; i < w->count; i++) {
		if (!w->member[i].cleared_ns || w->member[i].kept)
			continue;
		int64_t *row = store_rows_next(w->flush_rows);
		row[0] = w->member[i].process;
		row[1] = (int64_t)(w->member[i].cleared_ns - w->first_ns);
	}
}

static void begin(struct working_set *w, const struct watch *watch, uint64_t now_ns)
{
	choose(w, watch);
	if (!w->count) /* it has not told of itself yet */
		w->next_ns = now_ns + BEGIN_NS / 4;
	if (!w->count || too_early(w, now_ns))
		return;
	clear_all(w);
	keep_flushes(w);
	w->open = true;
	w->window = 0;
	uint64_t end = clock_monotonic_ns();
	w->cost_ns = end - now_ns;
	w->next_ns = end + windows[0];
}

static void keep(struct working_set *w, const struct member *m, uint64_t now_ns)
{
	struct touched_memory t;
	if (!m->cleared_ns || touched_memory_read((pid_t)m->pid, w->translations.inode, &t) != 0)
		return;
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
	w->read = true;
	w->touched += t.touched;
	w->referenced += t.referenced;
}

static void read_window(struct working_set *w, uint64_t now_ns)
{
	uint64_t before = w->touched;
	w->touched = w->referenced = 0;
	for (int i = 0; i < w->count; i++)
		keep(w, &w->member[i], clock_monotonic_ns());
	uint64_t end = clock_monotonic_ns();
	w->cost_ns += end - now_ns;
	bool grows = w->touched > GROWS_FROM && w->touched > 2 * before;
	if (++w->window < WINDOWS - 1 || (w->window < WINDOWS && (grows || now_ns >= w->long_ns))) {
		uint64_t at = now_ns - windows[w->window - 1] + windows[w->window];
		w->next_ns = at > end ? at : end;
		return;
	}
	w->open = false;
	if (w->window == WINDOWS)
		w->long_ns = end + LONG_NS;
	w->cost_ns += w->referenced / PAGE * w->price_ns;
	uint64_t pause = w->cost_ns * w->share;
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
	if (w->early || (w->open && !w->read)) {
		struct text subject = {0};
		text_format(&subject,
			    "it would have taken more than %.0f %% of the time until then",
			    100.0 / (double)w->share);
		store_unseen(w->store,
			     w->read ? "working set not measured again, at the end"
				     : "working set not measured",
			     text_string(&subject), 1);
		text_free(&subject);
	}
	store_rows_close(w->rows);
	store_rows_close(w->flush_rows);
	free(w);
}
