#include "profiler/piece_watch.h"
#include "collectors/kernel/armed.h"
#include "collectors/kernel/perf_open.h"
#include "profiler/clock.h"
#include "profiler/message.h"
#include "profiler/piece_moment.h"
#include "profiler/piece_rows.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_NS 10000000u
#define AGE_NS 100000000u /* of the sample that found the thread in the loop */
#define GLANCE_NS                                                                                  \
	100000u /* between two looks where code is replaced: it costs until it is put back */
#define SLOTS 4 /* the first one is quick */
#define SLOW_REGISTERS 2 /* moments of slow loops beside it, by the registers they need */
#define WORDS_REPLACED 4
#define TIMED_FIRST 2 /* moments of a loop, before words are looked at where that is dear */
#define ALONE 3	      /* 1 of so many moments has the header alone: that one is timed best */

struct piece_watch {
	uint64_t start_ns;
	unsigned share; /* 1 in so much of the time goes into it, at most */
	struct store *store;
	struct kernel_feed *feed;
	struct piece_loops loops;
	struct piece_tools tools;
	struct piece_rows *rows;
	struct piece_moment *moment[SLOTS];
	uint64_t charged_ns[SLOTS]; /* of its cost, already waited for */
	uint64_t next_ns;
};

static void take_frames(void *data, const struct happening *h, const struct image *image,
			const uint64_t *frame, size_t depth)
{
	piece_loops_sample(&((struct piece_watch *)data)->loops, h, image, frame, depth);
}

static void take_uses(void *data, const struct happening *h, const struct address_use *use,
		      int count)
{
	(void)h;
	piece_loops_uses(&((struct piece_watch *)data)->loops, use, count);
}

/* What this moment cost and was not waited for yet. */
static void charge(struct piece_watch *w, int slot, uint64_t cost_ns, uint64_t now_ns)
{
	uint64_t cost = cost_ns > w->charged_ns[slot] ? cost_ns - w->charged_ns[slot] : 0;
	uint64_t from = w->next_ns > now_ns ? w->next_ns : now_ns;
	w->charged_ns[slot] = cost_ns;
	w->next_ns = from + cost * w->share;
}

static void close_moment(struct piece_watch *w, int slot, uint64_t now_ns)
{
	struct piece_moment *m = w->moment[slot];
	const struct image *image = samples_image(&w->feed->samples, m->loop->process->pid);
	charge(w, slot, piece_moment_close(m, image, now_ns), now_ns);
}

/* The process is gone, or what it ran is. */
static void write_process(struct piece_watch *w, struct piece_process *p, int64_t ns)
{
	for (int i = 0; i < SLOTS; i++)
		if (w->moment[i]->loop && w->moment[i]->loop->process == p)
			close_moment(w, i, clock_monotonic_ns());
	piece_rows_write(w->rows, p, ns, piece_trap_ns(&w->tools));
	piece_loops_forget(&w->loops, p);
}

static void take_end(void *data, uint32_t pid, int64_t ns)
{
	struct piece_watch *w = data;
	struct piece_process *p = piece_loops_process(&w->loops, pid);
	if (p)
		write_process(w, p, ns);
}

/* How it can be done here. */
static enum trap_way choose_way(uint64_t *trap_ns, const char **why)
{
	const char *first = NULL;
	*trap_ns = traps_cost_ns(TRAP_REGISTER, &first);
	if (*trap_ns)
		return TRAP_REGISTER;
	*trap_ns = traps_cost_ns(TRAP_REPLACED, why);
	if (*trap_ns)
		return TRAP_REPLACED;
	*why = first;
	return TRAP_NONE;
}

/* A register that slows the program down is not set for seconds. */
static enum trap_way choose_slow_way(enum trap_way way)
{
	const char *why;
	if (way != TRAP_REGISTER || !armed_slows())
		return way;
	return traps_cost_ns(TRAP_REPLACED, &why) ? TRAP_REPLACED : TRAP_NONE;
}

static const char *words_of_way(const struct piece_tools *t)
{
	if (t->way == TRAP_REPLACED)
		return "replaced code";
	if (t->slow_way == TRAP_REGISTER)
		return "registers";
	return t->slow_way == TRAP_NONE ? "registers, briefly"
					: "registers, slow loops by replaced code";
}

static struct piece_watch *refuse(struct store *store, const char *why)
{
	notice("passes of loops are not watched: %s", why);
	store_unseen(store, "passes of loops not watched", why, 1);
	return NULL;
}

struct piece_watch *piece_watch_open(struct store *store, struct kernel_feed *feed, unsigned share)
{
	const char *why = "no samples are taken by the kernel, which find the loops";
	struct piece_tools tools = {.way = TRAP_NONE};
	if (feed->open && feed->samples_wanted)
		tools.way = choose_way(&tools.trap_ns, &why);
	tools.slow_way = choose_slow_way(tools.way);
	if (tools.way == TRAP_NONE)
		return refuse(store, why);
	tools.accesses = accesses_open();
	if (!tools.accesses)
		return refuse(store, "the decoder of instructions cannot be opened");
	struct piece_watch *w = memory_new(1, sizeof(*w));
	w->store = store;
	w->share = share;
	w->start_ns = clock_monotonic_ns();
	w->feed = feed;
	w->tools = tools;
	piece_loops_init(&w->loops);
	w->tools.loops = &w->loops;
	w->rows = piece_rows_open(store);
	for (int i = 0; i < SLOTS; i++)
		w->moment[i] = memory_new(1, sizeof(struct piece_moment));
	store_run_set_text(store, "pieces_by", words_of_way(&tools));
	store_run_set_int(store, "pieces_trap_ns", (int64_t)tools.trap_ns);
	struct sample_listener listener = {w, take_frames, take_uses, take_end};
	kernel_feed_listen(feed, &listener);
	return w;
}

static int slow_slots(const struct piece_watch *w)
{
	if (w->tools.slow_way == TRAP_NONE)
		return 1;
	return w->tools.slow_way == TRAP_REGISTER ? SLOW_REGISTERS : SLOTS;
}

/* It goes on by other means. */
static void begin_slow(struct piece_watch *w, uint64_t now_ns)
{
	struct piece_loop *loop = w->moment[0]->loop;
	const struct image *image = samples_image(&w->feed->samples, loop->process->pid);
	close_moment(w, 0, now_ns);
	for (int i = 1; i < slow_slots(w) && image; i++)
		if (!w->moment[i]->loop) {
			w->charged_ns[i] = 0;
			if (piece_moment_open_slow(w->moment[i], &w->tools, loop, image, now_ns))
				loop->refused++;
			return;
		}
}

/* The quick one turned out to be slow: it makes room for others, or ends when there are enough. */
static void set_apart(struct piece_watch *w, uint64_t now_ns)
{
	if (w->tools.slow_way != w->tools.way) {
		begin_slow(w, now_ns);
		return;
	}
	charge(w, 0, piece_moment_cost(w->moment[0]), now_ns);
	for (int i = 1; i < slow_slots(w); i++)
		if (!w->moment[i]->loop) {
			struct piece_moment *quick = w->moment[0];
			w->moment[0] = w->moment[i];
			w->moment[i] = quick;
			w->charged_ns[i] = w->charged_ns[0];
			return;
		}
	close_moment(w, 0, now_ns);
}

static void look(struct piece_watch *w, int slot, uint64_t now_ns)
{
	if (piece_moment_look(w->moment[slot], now_ns))
		close_moment(w, slot, now_ns);
	else if (slot == 0 && w->moment[0]->slow)
		set_apart(w, now_ns);
}

static bool all_slow_taken(const struct piece_watch *w)
{
	for (int i = 1; i < slow_slots(w); i++)
		if (!w->moment[i]->loop)
			return false;
	return true;
}

/* How many are looked at in the next moment of a loop. */
static int words_of(const struct piece_watch *w, const struct piece_loop *loop, uint64_t now_ns)
{
	uint64_t room_ns = (now_ns - w->start_ns) / w->share;
	if (w->tools.way == TRAP_REGISTER)
		return loop->moments % ALONE == 1 ? 0 : TRAPS_REGISTERS - 1;
	bool late = room_ns > WORDS_REPLACED * TRAP_BEHIND_NS && loop->moments >= TIMED_FIRST;
	return late && loop->moments % ALONE != 1 ? WORDS_REPLACED : 0;
}

/* Not slow ones again while there is no room for them. */
static void begin(struct piece_watch *w, uint64_t now_ns)
{
	struct piece_loop *loop = piece_loops_choose(&w->loops, now_ns, AGE_NS, all_slow_taken(w));
	if (!loop) {
		w->next_ns = now_ns + PAUSE_NS;
		return;
	}
	const struct image *image = samples_image(&w->feed->samples, loop->process->pid);
	int words = words_of(w, loop, now_ns);
	int error = image ? piece_moment_open(w->moment[0], &w->tools, w->tools.way, loop, image,
					      words, clock_monotonic_ns())
			  : ESRCH;
	w->charged_ns[0] = 0;
	w->next_ns = now_ns + PAUSE_NS;
	if (!error)
		return;
	loop->refused++;
	if (error != ESRCH)
		store_unseen(w->store, "a loop was not watched", perf_refusal(error), 1);
}

/* Where code is replaced, or a register slows the program down, that has to end soon. */
static void glance(struct piece_watch *w)
{
	while (w->moment[0]->loop && piece_moment_is_dear(w->moment[0])) {
		struct timespec pause = {0, GLANCE_NS};
		nanosleep(&pause, NULL);
		look(w, 0, clock_monotonic_ns());
	}
}

void piece_watch_tick(struct piece_watch *w, uint64_t now_ns, bool may_begin)
{
	if (!w)
		return;
	uint64_t own_ns = clock_thread_cpu_ns();
	bool worked = false;
	for (int i = 0; i < SLOTS; i++)
		if (w->moment[i]->loop) {
			look(w, i, now_ns);
			worked = true;
		}
	if (may_begin && !w->moment[0]->loop && now_ns >= w->next_ns && !traps_closing()) {
		begin(w, now_ns);
		glance(w);
		worked = true;
	}
	if (worked)
		w->next_ns += (clock_thread_cpu_ns() - own_ns) * w->share;
}

bool piece_watch_is_quick(const struct piece_watch *w)
{
	return w && w->moment[0]->loop;
}

uint64_t piece_watch_pause(const struct piece_watch *w, uint64_t pause_ns)
{
	bool open = false;
	for (int i = 0; w && i < SLOTS; i++)
		open |= w->moment[i]->loop != NULL;
	return open && pause_ns > PAUSE_NS ? PAUSE_NS : pause_ns;
}

void piece_watch_close(struct piece_watch *w)
{
	if (!w)
		return;
	while (w->loops.processes)
		write_process(w, w->loops.process[0], INT64_MAX);
	kernel_feed_listen(w->feed, NULL);
	piece_rows_close(w->rows);
	piece_loops_free(&w->loops);
	for (int i = 0; i < SLOTS; i++)
		free(w->moment[i]);
	accesses_close(w->tools.accesses);
	free(w);
}
