#include "reports/replay/replay.h"
#include "tests/unit/history_random.h"
#include "tests/unit/history_traced.h"
#include "tests/unit/unit.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Programs whose truth is known: run by the engine and recorded as a history, of which a replay
 * makes a program again. */
struct world {
	struct program p;
	size_t first;
	uint64_t dice;
};

static uint32_t roll(struct world *w, uint32_t sides)
{
	w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->dice >> 33) % sides;
}

static struct op *op(struct world *w, enum op_kind kind, uint32_t number, int64_t ns,
		     uint32_t stack)
{
	struct op *o = program_add_op(&w->p, kind, number, ns);
	o->stack = stack;
	return o;
}

static void begin_thread(struct world *w, int64_t start, uint32_t group)
{
	program_add_thread(&w->p)->start = start;
	w->p.thread[w->p.threads - 1].group = group;
	w->first = w->p.ops;
}

static void end_thread(struct world *w)
{
	op(w, OP_cpu, 0, 1, 0);
	program_add_span(&w->p, w->first);
}

/* main creates so many threads, group 1, and joins them. */
static void add_main(struct world *w, uint32_t threads)
{
	begin_thread(w, 0, 0);
	op(w, OP_cpu, 0, 1000, 0);
	for (uint32_t t = 1; t <= threads; t++) {
		op(w, OP_create, t, 50, 1);
		op(w, OP_cpu, 0, 100, 0);
	}
	for (uint32_t t = 1; t <= threads; t++)
		op(w, OP_join, t, 0, 2);
	end_thread(w);
}

/* The program again, as its recording lets it appear. */
static void replay_of(struct replay *r, struct graph *g, struct history *h, const struct program *p,
		      const struct machine *m)
{
	CU_ASSERT(history_traced(h, p, m) > 0);
	graph_make(g, h);
	replay_open(r, g, NULL, 1000000);
}

static void done(struct replay *r, struct graph *g, struct history *h)
{
	replay_close(r);
	graph_free(g);
	history_free(h);
}

/* Locks, some nested, a barrier now and then, sleeps: nothing that depends on who comes first. */
static void random_threads(struct world *w, uint64_t seed)
{
	w->dice = seed;
	uint32_t threads = 1 + roll(w, 7), rounds = 1 + roll(w, 4);
	program_add_object(&w->p, OBJECT_BARRIER)->parties = threads;
	for (int l = 0; l < 4; l++)
		program_add_object(&w->p, OBJECT_LOCK);
	add_main(w, threads);
	for (uint32_t t = 1; t <= threads; t++) {
		begin_thread(w, -1, 1);
		for (uint32_t i = 0; i < rounds * 8; i++) {
			uint32_t lock = 1 + roll(w, 4), what = roll(w, 8);
			op(w, what ? OP_cpu : OP_sleep, 0, 1 + roll(w, 20000000), 10);
			op(w, OP_acquire, lock, 0, 20 + lock)->flags = roll(w, 3) ? 0 : OP_SHARED;
			op(w, OP_cpu, 0, 1 + roll(w, 5000000), 0);
			if (lock < 4 && !roll(w, 3)) {
				op(w, OP_acquire, lock + 1, 0, 30);
				op(w, OP_cpu, 0, 1 + roll(w, 2000000), 0);
				op(w, OP_release, lock + 1, 0, 30);
			}
			if (!roll(w, 5))
				op(w, OP_sleep, 0, 1 + roll(w, 2000000), 40);
			op(w, OP_release, lock, 0, 20 + lock);
			if (i % 8 == 7)
				op(w, OP_barrier, 0, 0, 50);
		}
		end_thread(w);
	}
}

TEST(replay, meets_the_recorded_run_when_there_are_cores_for_all)
{
	double worst = 0;
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct world w = {0};
		struct history h;
		struct graph g;
		struct replay r;
		struct machine m = {8, HAND_OVER_FIFO, 3000000,
				    .wake = (int64_t)(seed % 3) * 40000};
		random_threads(&w, seed);
		replay_of(&r, &g, &h, &w.p, &m);
		CU_ASSERT(r.base[HAND_OVER_FIFO][DEAL_FIXED] > 0);
		double error =
		    (double)r.base[HAND_OVER_FIFO][DEAL_FIXED] / (double)r.making.wall - 1;
		worst = fabs(error) > worst ? fabs(error) : worst;
		if (fabs(error) > 0.005)
			fprintf(stderr, "seed %d: error %g\n", (int)seed, error);
		done(&r, &g, &h);
		program_free(&w.p);
	}
	CU_ASSERT(worst < 0.005);
}

/* A loop over items, item i by thread i modulo threads: think, then hold a lock. What the items
 * take depends on i alone. */
struct loop {
	uint32_t threads, items;
	int64_t think, hold;
	double factor; /* of the hold */
	bool without, outside, pulled;
	uint32_t queue; /* items come through a queue that holds so many, 0: there is none */
};

static int64_t varied(int64_t ns, uint32_t item, uint32_t salt)
{
	uint64_t x = (item * 2654435761u + salt * 40503u + 12345u) * 0x9e3779b97f4a7c15ull;
	return ns / 2 + (int64_t)((x >> 40) % (uint64_t)(ns + 1));
}

static void add_item(struct world *w, const struct loop *l, uint32_t item)
{
	int64_t hold = (int64_t)((double)varied(l->hold, item, 2) * l->factor);
	op(w, OP_cpu, 0, varied(l->think, item, 1), 10);
	if (!l->without)
		op(w, OP_acquire, 0, 0, 20);
	op(w, OP_cpu, 0, hold, 20);
	if (!l->without)
		op(w, OP_release, 0, 0, 20);
}

static void make_loop(struct world *w, const struct loop *l)
{
	program_add_object(&w->p, OBJECT_LOCK);
	add_main(w, l->threads);
	for (uint32_t t = 1; t <= l->threads; t++) {
		begin_thread(w, -1, 1);
		for (uint32_t i = t - 1; i < l->items; i += l->threads)
			add_item(w, l, i);
		end_thread(w);
	}
}

static int64_t true_wall(const struct loop *l, const struct machine *m)
{
	struct world w = {0};
	struct history h;
	make_loop(&w, l);
	int64_t wall = history_traced(&h, &w.p, m);
	history_free(&h);
	program_free(&w.p);
	return wall;
}

/* What is predicted of `from`, against what happens with `to`: relative. */
static double prediction_error(const struct loop *from, const struct loop *to,
			       const struct machine *m, struct scenario *s)
{
	struct world w = {0};
	struct history h;
	struct graph g;
	struct replay r;
	struct band b;
	make_loop(&w, from);
	replay_of(&r, &g, &h, &w.p, m);
	struct staff staff = {replay_largest_group(&r), to->threads};
	if (to->threads != from->threads) {
		s->staff = &staff;
		s->staffs = 1;
	}
	CU_ASSERT_EQUAL(replay_run(&r, s, &b), 0);
	/* a larger change is less certain */
	CU_ASSERT(b.low <= b.middle / pow(fmax(b.middle, 1), 0.1) + 1e-9);
	CU_ASSERT(b.high >= b.middle * pow(fmax(b.middle, 1), 0.1) - 1e-9);
	double truth = (double)true_wall(from, m) / (double)true_wall(to, m);
	double error = b.middle / truth - 1;
	if (fabs(error) > 0.03)
		fprintf(stderr, "%u to %u threads: predicted %.3f (%.3f .. %.3f), is %.3f\n",
			from->threads, to->threads, b.middle, b.low, b.high, truth);
	done(&r, &g, &h);
	program_free(&w.p);
	return error;
}

static const struct machine many_cores = {128, HAND_OVER_FIFO, 3000000, .wake = 50000};

TEST(replay, predicts_the_change_of_a_lock)
{
	for (uint32_t threads = 1; threads <= 16; threads *= 2) {
		bool is_lock[8] = {true}; /* object 0 */
		struct loop from = {threads, 512, 20000000, 6000000, .factor = 1}, half = from,
			    none = from;
		struct edit hold = {EDIT_hold, 0.5, .object = is_lock, .objects = 1};
		struct edit without = {EDIT_without, .object = is_lock, .objects = 1};
		half.factor = 0.5;
		none.without = true;
		CU_ASSERT(fabs(prediction_error(&from, &half, &many_cores,
						&(struct scenario){.edit = &hold, .edits = 1})) <
			  0.002);
		CU_ASSERT(fabs(prediction_error(&from, &none, &many_cores,
						&(struct scenario){.edit = &without, .edits = 1})) <
			  0.002);
	}
}

TEST(replay, predicts_any_number_of_threads_from_one_or_two)
{
	double worst = 0, sum = 0;
	int n = 0;
	for (uint32_t from = 1; from <= 2; from++)
		for (uint32_t to = 1; to <= 64; to *= 2) {
			struct loop a = {from, 2048, 60000000, 6000000, .factor = 1}, b = a;
			b.threads = to;
			double error =
			    fabs(prediction_error(&a, &b, &many_cores, &(struct scenario){0}));
			worst = error > worst ? error : worst;
			sum += error;
			n++;
		}
	CU_ASSERT(worst < 0.03);
	CU_ASSERT(sum / n < 0.01);
}

TEST(replay, predicts_fewer_cores)
{
	struct loop l = {8, 512, 20000000, 1000000, .factor = 1};
	for (int cores = 1; cores <= 8; cores *= 2) {
		struct machine m = many_cores;
		struct world w = {0};
		struct history h;
		struct graph g;
		struct replay r;
		struct band b;
		make_loop(&w, &l);
		replay_of(&r, &g, &h, &w.p, &m);
		CU_ASSERT_EQUAL(replay_run(&r, &(struct scenario){.cores = cores}, &b), 0);
		m.cores = cores;
		double truth = (double)r.making.wall / (double)true_wall(&l, &m);
		CU_ASSERT_DOUBLE_EQUAL(b.middle, truth, truth * 0.03);
		done(&r, &g, &h);
		program_free(&w.p);
	}
}

/* Any history, also one that no program could have: replays end, and their bands are in order. */
static size_t survives(struct history *h, uint64_t seed)
{
	struct graph g;
	struct replay r;
	struct band b = {0};
	bool some[16] = {true, false, true, true, true, true, true};
	struct edit e = {(enum edit_kind)(seed % EDIT_KIND_COUNT),
			 .factor = 2,
			 .object = some,
			 .stack = some,
			 .stack_surely = some,
			 .thread = some};
	e.factor = e.kind == EDIT_move ? 0.5 : 2;
	e.stacks = 7;
	e.objects = h->objects < 16 ? (uint32_t)h->objects : 16;
	e.threads = h->threads < 16 ? (uint32_t)h->threads : 16;
	graph_make(&g, h);
	replay_open(&r, &g, NULL, seed % 5 ? 100000 : 40);
	struct staff staff = {replay_largest_group(&r), 1 + (uint32_t)seed % 9};
	struct scenario s = {.edit = &e, .edits = 1, .staff = &staff};
	s.staffs = staff.group != NOBODY;
	int result = replay_run(&r, &s, &b);
	CU_ASSERT(result || (b.low > 0 && b.low <= b.middle && b.middle <= b.high));
	CU_ASSERT(!result || *r.stuck);
	replay_close(&r);
	graph_free(&g);
	return result == 0;
}

TEST(replay, survives_any_history)
{
	size_t ended = 0;
	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct history h;
		history_random(&h, seed, NULL);
		ended += survives(&h, seed);
		history_free(&h);
		history_damaged(&h, seed);
		history_sort(&h);
		survives(&h, seed);
		history_free(&h);
	}
	CU_ASSERT(ended > 2000); /* others end in waits for what never comes */
}
