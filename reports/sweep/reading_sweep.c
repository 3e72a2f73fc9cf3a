/* Writes what the sweep found into the tables of readings.sql. */
#include "profiler/embedded.h"
#include "profiler/hash.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/readings.h"
#include "reports/sweep/account.h"
#include <stdio.h>

struct writer {
	struct store *store;
	const struct history *history;
	const struct account *account;
	struct query *query; /* the table's insert */
	int column;	     /* the last that was bound */
};

static void put(struct writer *w, int64_t value)
{
	query_bind_int(w->query, ++w->column, value);
}

static void put_double(struct writer *w, double value)
{
	query_bind_double(w->query, ++w->column, value);
}

static void put_text(struct writer *w, const char *value)
{
	query_bind_text(w->query, ++w->column, value);
}

/* NULL: no lock. */
static void put_leader(struct writer *w, uint32_t object)
{
	int64_t leader = object == NOTHING ? 0 : w->history->object[object].leader;

	if (leader)
		put(w, leader);
	else
		query_bind_null(w->query, ++w->column);
}

static void put_thread(struct writer *w, uint32_t thread)
{
	if (thread == NOBODY)
		query_bind_null(w->query, ++w->column);
	else
		put(w, w->history->thread[thread].id);
}

static void row(struct writer *w)
{
	query_run(w->query);
	w->column = 0;
}

static void figure(struct writer *w, const char *key, int64_t value)
{
	put_text(w, key);
	put(w, value);
	row(w);
}

static void figure_double(struct writer *w, const char *key, double value)
{
	put_text(w, key);
	put_double(w, value);
	row(w);
}

static void state_sums(const struct account *s, int64_t sum[TILE_STATE_COUNT])
{
	for (int i = 0; i < TILE_STATE_COUNT; i++)
		sum[i] = 0;
	for (size_t t = 0; t < s->threads; t++)
		for (int i = 0; i < TILE_STATE_COUNT; i++)
			sum[i] += s->state_ns[t][i];
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static int64_t serial_ns(const struct account *s)
{
	int64_t ns = 0;

	for (size_t i = 0; i < s->serials; i++)
		ns += s->serial[i].ns;
	return ns;
}

static void write_figures(struct writer *w)
{
	const struct account *s = w->account;
	int64_t sum[TILE_STATE_COUNT], life = 0, progress;
	char key[32];

	state_sums(s, sum);
	for (int i = 0; i < TILE_STATE_COUNT; i++) {
		snprintf(key, sizeof(key), "%s_ns", tile_state_names[i]);
		figure(w, key, sum[i]);
		life += sum[i];
	}
	progress = sum[TILE_run] + sum[TILE_io] + sum[TILE_timer];
	figure(w, "lanes", s->lanes);
	put_text(w, "lanes_are");
	put_text(w, s->waits_progress ? "threads" : "cores");
	row(w);
	figure_double(w, "speedup", ratio(s->part[0].ns, (double)s->wall_ns));
	figure(w, "wall_ns", s->wall_ns);
	figure(w, "life_ns", life);
	figure(w, "progress_ns", progress);
	figure(w, "serial_ns", serial_ns(s));
	figure(w, "peak_threads", s->peak_threads);
	figure_double(w, "ready_share",
		      ratio((double)sum[TILE_ready], (double)(sum[TILE_ready] + sum[TILE_run])));
	figure_double(w, "average_running", ratio((double)sum[TILE_run], (double)s->wall_ns));
	figure_double(w, "average_progress", ratio((double)progress, (double)s->wall_ns));
}

static void write_states(struct writer *w)
{
	for (uint32_t t = 0; t < w->account->threads; t++)
		for (int i = 0; i < TILE_STATE_COUNT; i++) {
			if (w->account->state_ns[t][i] == 0)
				continue;
			put_thread(w, t);
			put_text(w, tile_state_names[i]);
			put(w, w->account->state_ns[t][i]);
			row(w);
		}
}

static void write_stack(struct writer *w)
{
	for (size_t i = 0; i < w->account->parts; i++) {
		const struct account_part *p = &w->account->part[i];
		put(w, (int64_t)i);
		put_text(w, account_part_words[p->kind]);
		put_leader(w, p->object);
		put_double(w, ratio(p->ns, (double)w->account->wall_ns));
		put(w, (int64_t)(p->ns + 0.5));
		row(w);
	}
}

static void write_profile(struct writer *w)
{
	const struct account *s = w->account;
	size_t counts = s->counts;

	while (counts > 1 && !s->running_ns[counts - 1] && !s->progress_ns[counts - 1])
		counts--;
	for (size_t i = 0; i < counts; i++) {
		put(w, (int64_t)i);
		put(w, s->running_ns[i]);
		put(w, s->progress_ns[i]);
		row(w);
	}
}

static void write_criticality(struct writer *w)
{
	for (uint32_t t = 0; t < w->account->threads; t++) {
		put_thread(w, t);
		put(w, (int64_t)(w->account->criticality_ns[t] + 0.5));
		put_double(w, ratio((double)w->account->state_ns[t][TILE_run],
				    w->account->criticality_ns[t]));
		row(w);
	}
}

static void write_serial(struct writer *w)
{
	for (size_t i = 0; i < w->account->serials; i++) {
		const struct account_serial *s = &w->account->serial[i];
		put_thread(w, s->thread);
		put(w, s->stack);
		put(w, s->count);
		put(w, s->ns);
		put(w, s->longest_ns);
		put(w, s->begin_ns);
		row(w);
	}
}

static void write_blame(struct writer *w)
{
	for (size_t i = 0; i < w->account->blames; i++) {
		const struct account_blame *b = &w->account->blame[i];
		put_leader(w, b->object);
		put_text(w, account_cause_words[b->cause]);
		put_thread(w, b->culprit);
		put_leader(w, b->culprit_object);
		put(w, b->stack);
		put(w, b->direct);
		put(w, b->ns);
		row(w);
	}
}

static void write_knots(struct writer *w)
{
	for (size_t i = 0; i < w->account->knots; i++) {
		put(w, w->account->knot[i].knot + 1);
		put_thread(w, w->account->knot[i].thread);
		put(w, w->account->knot[i].ns);
		row(w);
	}
}

static void write_imbalance(struct writer *w)
{
	for (size_t i = 0; i < w->account->balances; i++) {
		const struct account_balance *b = &w->account->balance[i];
		put_leader(w, b->object);
		put(w, b->generations);
		put(w, b->threads);
		put(w, b->wait_ns);
		put(w, b->mean_ns);
		put(w, b->max_ns);
		put_thread(w, b->late);
		put(w, b->late_count);
		put(w, b->stack);
		row(w);
	}
}

static const struct {
	const char *insert;
	void (*write)(struct writer *);
} tables[] = {
    {"INSERT INTO reading VALUES (?, ?)", write_figures},
    {"INSERT INTO reading_state VALUES (?, ?, ?)", write_states},
    {"INSERT INTO reading_stack VALUES (?, ?, ?, ?, ?)", write_stack},
    {"INSERT INTO reading_profile VALUES (?, ?, ?)", write_profile},
    {"INSERT INTO reading_criticality VALUES (?, ?, ?)", write_criticality},
    {"INSERT INTO reading_serial VALUES (?, ?, ?, ?, ?, ?)", write_serial},
    {"INSERT INTO reading_blame VALUES (?, ?, ?, ?, ?, ?, ?)", write_blame},
    {"INSERT INTO reading_knot VALUES (?, ?, ?)", write_knots},
    {"INSERT INTO reading_imbalance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", write_imbalance},
};

static int write_all(struct writer *w)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		bool failed;
		w->query = store_query(w->store, tables[i].insert);
		tables[i].write(w);
		failed = !w->query || query_failed(w->query);
		query_close(w->query);
		if (failed)
			return -1;
	}
	return 0;
}

/* The figure that the report's question gives. */
static int64_t overhead_ns(struct store *store)
{
	return store_value(store, embedded_text("reports/questions/overhead.sql"), 0);
}

/* Of the CPU time, as the report's question gives it. */
static double runtime_share(struct store *store)
{
	struct text sql = {0};
	text_format(&sql, "SELECT sum(share) FROM (%s)",
		    embedded_text("reports/questions/runtimes.sql"));
	struct query *q = store_query(store, text_string(&sql));
	double share = query_step(q) ? query_double(q, 0) : 0;

	query_close(q);
	text_free(&sql);
	return share;
}

/* Of what all threads were blocked unseen, that of the threads of parallel runtimes. */
static double team_share(const struct writer *w)
{
	struct query *q = store_query(w->store, "SELECT DISTINCT thread FROM reading_team");
	struct hash team;
	double all = 0, teams = 0;
	bool fresh;

	hash_init(&team, 1);
	while (query_step(q))
		hash_put(&team, (uint64_t)query_int(q, 0), 1, &fresh);
	query_close(q);
	for (size_t t = 0; t < w->account->threads; t++) {
		double ns = (double)w->account->state_ns[t][TILE_hidden];
		all += ns;
		if (hash_get(&team, (uint64_t)w->history->thread[t].id, 1))
			teams += ns;
	}
	hash_free(&team);
	return all > 0 ? teams / all : 0;
}

int reading_sweep(struct reading_input *in)
{
	struct account account;
	struct writer w = {.store = in->store, .history = in->graph->history, .account = &account};
	int64_t overhead;
	double runtime;
	int result;

	reading_take(in);
	overhead = overhead_ns(in->store);
	runtime = runtime_share(in->store);
	reading_give(in);
	account_make(&account, in->graph, overhead);
	account_split_runtime(&account, PART_work, runtime);
	reading_take(in);
	account_split_runtime(&account, PART_hidden, team_share(&w));
	result = store_begin(in->store) || write_all(&w) || store_commit(in->store) ? -1 : 0;
	reading_give(in);
	account_free(&account);
	return result;
}
