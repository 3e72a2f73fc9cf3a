#include "profiler/line_watch.h"
#include "collectors/kernel/armed.h"
#include "collectors/kernel/watchpoint.h"
#include "profiler/clock.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "profiler/thread_table.h"
#include <stdlib.h>

#define SHARE 100u /* 1 in so much of the time goes into it, at most */
#define MOMENT_NS 1000000u
#define PAUSE_NS 10000000u
#define SUSPECTS_NS 1000000000u /* so often the locks are looked through */
#define THREADS_MAX 4
#define LOCK_OFTEN 1000 /* acquisitions by one thread */

struct line_watch {
	struct store *store;
	struct touches *touches;
	uint64_t next_ns, suspects_ns;
	uint64_t trap_ns, cost_ns, armed_ns;
	size_t line;	/* whose turn it was */
	uint32_t turns; /* of all: chooses words and threads */
	bool open, writes;
	uint32_t pid, skip;
	uint64_t word[WATCHPOINTS_MAX];
	int words, threads;
	struct line_moment moment[THREADS_MAX];
	struct watchpoints watchpoints[THREADS_MAX];
	const struct watch *watch; /* during a tick */
};

struct line_watch *line_watch_open(struct store *store, struct touches *touches)
{
	const char *why = "no samples are taken, which find the lines";
	uint64_t trap_ns = touches->line_bytes ? watchpoint_cost_ns(&why) : 0;
	if (!trap_ns) {
		notice("cache lines are not watched: %s", why);
		store_unseen(store, "cache lines not watched", why, 1);
		return NULL;
	}
	armed_slows(); /* measured while nobody else's registers are set */
	struct line_watch *w = memory_new(1, sizeof(*w));
	w->store = store;
	w->touches = touches;
	w->trap_ns = trap_ns;
	return w;
}

static void take_lock(void *data, const struct slot *slot, uint64_t count)
{
	struct line_watch *w = data;
	struct touch_line *l =
	    count >= LOCK_OFTEN ? touches_line(w->touches, w->pid, slot->object) : NULL;
	if (l)
		l->suspect = true;
}

static void take_locks(void *data, const struct thread_block *t)
{
	struct line_watch *w = data;
	const struct arena *arena = w->watch->arena;
	w->pid = t->head.pid;
	thread_table_each(t, arena->header, arena->size, take_lock, w);
}

static struct touch_line *next_line(struct line_watch *w)
{
	for (size_t i = 0; i < w->touches->lines; i++) {
		w->line = (w->line + 1) % w->touches->lines;
		struct touch_line *l = &w->touches->line[w->line];
		if (l->suspect || l->apart + l->same > 0)
			return l;
	}
	return NULL;
}

struct chosen {
	uint64_t line;
	uint64_t *word;
	int count;
};

static void choose_word(void *data, const struct touch_word *one)
{
	struct chosen *c = data;
	uint64_t address = c->line + one->word * 8;
	for (int i = 0; i < c->count; i++)
		if (c->word[i] == address)
			return;
	if (c->count < WATCHPOINTS_MAX)
		c->word[c->count++] = address;
}

/* Words that are known to be used; every other time all of them, in turns. */
static void choose_words(struct line_watch *w, const struct touch_line *l)
{
	struct chosen c = {l->address, w->word, 0};
	uint64_t words = w->touches->line_bytes / 8;
	if (w->turns % 2 == 0)
		touches_words(w->touches, l, choose_word, &c);
	for (uint64_t i = 0; c.count < WATCHPOINTS_MAX && i < words; i++) {
		struct touch_word one = {
		    .word = (uint32_t)((i + w->turns / 2 * WATCHPOINTS_MAX) % words)};
		choose_word(&c, &one);
	}
	w->words = c.count;
}

static void take_thread(void *data, const struct thread_block *t)
{
	struct line_watch *w = data;
	struct watchpoints *to = &w->watchpoints[w->threads];
	if (t->head.pid != w->pid || w->threads == THREADS_MAX || w->skip-- > 0)
		return;
	w->skip = 0;
	if (watchpoints_open(to, (pid_t)t->head.tid) != 0)
		return;
	w->moment[w->threads++] = (struct line_moment){t->head.pid, t->head.tid, 0};
}

static void count_thread(void *data, const struct thread_block *t)
{
	struct line_watch *w = data;
	w->skip += t->head.pid == w->pid;
}

/* All are opened before the first is armed: the moment is the same for them. */
static void begin(struct line_watch *w, const struct watch *watch, uint64_t now_ns)
{
	const struct touch_line *l = next_line(w);
	w->next_ns = now_ns + PAUSE_NS;
	if (!l)
		return;
	w->pid = l->pid;
	w->writes = w->turns % 4 != 3;
	w->threads = 0;
	w->skip = 0;
	choose_words(w, l);
	watch_live(watch, count_thread, w);
	w->skip = w->skip > THREADS_MAX ? w->turns % (w->skip - THREADS_MAX + 1) : 0;
	watch_live(watch, take_thread, w);
	w->turns++;
	for (int i = 0; i < w->threads; i++)
		watchpoints_arm(&w->watchpoints[i], w->word, w->words, w->writes);
	uint64_t end = clock_monotonic_ns();
	w->cost_ns = end - now_ns;
	w->armed_ns = end;
	w->open = w->threads > 0;
	w->next_ns = end + MOMENT_NS;
}

void line_watch_keep(struct touches *t, uint32_t pid, const uint64_t *words, bool writes,
		     const struct line_moment *moment, int threads, int64_t ns)
{
	bool same = false, apart = false;
	for (int i = 0; i < threads; i++)
		for (int k = 0; k < i; k++) {
			uint32_t a = moment[i].fired, b = moment[k].fired;
			same |= (a & b) != 0;
			apart |= a && b && (a & b) == 0;
		}
	for (int i = 0; i < threads; i++)
		for (int k = 0; k < WATCHPOINTS_MAX; k++) {
			struct touch one = {.pid = pid,
					    .tid = moment[i].tid,
					    .address = words[k],
					    .ns = ns,
					    .reads = !writes,
					    .writes = writes,
					    .trapped = true};
			if (moment[i].fired & 1u << k)
				touches_add(t, &one);
		}
	struct touch_line *l = touches_line(t, pid, words[0]);
	if (!l)
		return;
	l->windows++;
	l->windows_same += same;
	l->windows_apart += apart && !same;
}

static void finish(struct line_watch *w, uint64_t now_ns)
{
	for (int i = 0; i < w->threads; i++) {
		uint32_t fired = watchpoints_fired(&w->watchpoints[i]);
		watchpoints_close(&w->watchpoints[i]);
		w->moment[i].fired = fired;
		w->cost_ns += (uint64_t)__builtin_popcount(fired) * w->trap_ns;
	}
	line_watch_keep(w->touches, w->pid, w->word, w->writes, w->moment, w->threads,
			(int64_t)now_ns);
	w->open = false;
	w->cost_ns += clock_monotonic_ns() - now_ns + armed_loss_ns(now_ns - w->armed_ns);
	uint64_t pause = w->cost_ns * SHARE;
	w->next_ns = now_ns + (pause > PAUSE_NS ? pause : PAUSE_NS);
}

void line_watch_tick(struct line_watch *w, const struct watch *watch, uint64_t now_ns)
{
	if (!w || now_ns < w->next_ns)
		return;
	w->watch = watch;
	if (w->open) {
		finish(w, now_ns);
		return;
	}
	if (now_ns >= w->suspects_ns) {
		w->suspects_ns = now_ns + SUSPECTS_NS;
		watch_live(watch, take_locks, w);
	}
	begin(w, watch, now_ns);
}

uint64_t line_watch_pause(const struct line_watch *w, uint64_t now_ns, uint64_t pause_ns)
{
	if (!w || !w->open)
		return pause_ns;
	uint64_t left = w->next_ns > now_ns ? w->next_ns - now_ns : 0;
	return left < pause_ns ? left : pause_ns;
}

bool line_watch_is_open(const struct line_watch *w)
{
	return w && w->open;
}

void line_watch_close(struct line_watch *w)
{
	if (!w)
		return;
	for (int i = 0; w->open && i < w->threads; i++)
		watchpoints_close(&w->watchpoints[i]);
	free(w);
}
