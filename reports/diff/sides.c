#include "reports/diff/sides.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/question.h"
#include "reports/readings.h"
#include "reports/recording.h"
#include "reports/table.h"
#include <stdlib.h>

static bool holds_sweep(struct store *store)
{
	return store_value(store, "SELECT count(*) FROM sweep_summary", 0) > 0;
}

static bool holds_recording(struct store *store)
{
	return store_value(store, "SELECT count(*) FROM process_summary", 0) > 0;
}

static void add_rows(struct changes *c, enum change_side side, const struct table *t)
{
	for (size_t i = 0; i < t->rows; i++)
		if (table_cell(t, i, "value")->type != CELL_NONE)
			changes_add(c, side, table_text(t, i, "section"), table_text(t, i, "name"),
				    table_text(t, i, "place"), table_text(t, i, "unit"),
				    table_real(t, i, "value"));
}

/* To be freed; NULL: no row. */
static char *text_of(struct store *store, const char *sql)
{
	struct query *q = store_query(store, sql);
	char *text = query_step(q) ? memory_copy(query_text(q, 0)) : NULL;
	query_close(q);
	return text;
}

/* A was read before: what was said of it is for the cores that B has. */
static void read_advice(struct sides *s, enum change_side side, struct store *store)
{
	struct store *before = side == SIDE_B ? recording_open(s->path[SIDE_A][0]) : NULL;
	if (before)
		advice_find(&s->advice, before, (double)store_run_int(store, "cores", 1));
	store_close(before);
}

static void read_facts(struct sides *s, enum change_side side, struct store *store)
{
	if (!s->sweeps) {
		s->command[side] = store_run_text(store, "command");
		read_advice(s, side, store);
		return;
	}
#define LAST " FROM sweep_summary ORDER BY sweep DESC LIMIT 1"
	s->command[side] = text_of(store, "SELECT command" LAST);
	s->verdict[side] = text_of(store, "SELECT verdict" LAST);
	s->best[side] = store_value(store, "SELECT best" LAST, 0);
	s->knee[side] = store_value(store, "SELECT knee" LAST, 0);
#undef LAST
}

/* nth of its side, from 1. */
static int read_store(struct sides *s, enum change_side side, struct store *store, size_t nth)
{
	struct table t = {0};
	int result = s->sweeps ? 0 : readings_make_sweep(store);
	if (result == 0)
		result =
		    table_read(&t, question_find(s->sweeps ? "diff_sweep" : "diff"), store, NULL);
	if (result == 0 && !s->sweeps)
		s->changes.before[side] = nth - 1;
	if (result == 0)
		add_rows(&s->changes, side, &t);
	if (result == 0 && nth == 1)
		read_facts(s, side, store);
	table_free(&t);
	return result;
}

/* The first file decides what is compared: its recording, when it has one. */
static int check(struct sides *s, struct store *store, const char *path, bool first)
{
	bool recording = holds_recording(store), sweep = holds_sweep(store);
	if (first)
		s->sweeps = sweep && !recording;
	if (s->sweeps ? sweep : recording)
		return 0;
	return error("%s holds no %s to compare with", path, s->sweeps ? "sweep" : "recording");
}

static int read_file(struct sides *s, enum change_side side, size_t nth)
{
	const char *path = s->path[side][nth - 1];
	struct store *store = recording_open(path);
	if (!store)
		return -1;
	int result = check(s, store, path, side == SIDE_A && nth == 1);
	if (result == 0)
		result = read_store(s, side, store, nth);
	store_close(store);
	return result;
}

int sides_read(struct sides *s)
{
	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < s->count[side]; i++)
			if (read_file(s, side, i + 1) != 0)
				return -1;
	if (!s->sweeps)
		for (int side = 0; side < SIDES; side++)
			changes_pad(&s->changes, side, s->count[side]);
	bool paired = !s->sweeps && s->count[SIDE_A] == s->count[SIDE_B];
	changes_judge(&s->changes, paired, s->sweeps ? "time" : "run");
	return 0;
}

void sides_free(struct sides *s)
{
	for (int side = 0; side < SIDES; side++) {
		free(s->command[side]);
		free(s->verdict[side]);
	}
	changes_free(&s->changes);
}
