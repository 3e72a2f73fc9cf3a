#include "reports/replay/whatif.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/replay/select.h"
#include <stdlib.h>

static const char insert[] = "INSERT INTO reading_whatif (edit, leader, stack, factor, threads, "
			     "cores, low, gain, high, error, name)"
			     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

struct whatif *whatif_add(struct whatifs *all, const char *words)
{
	if (all->count == all->room) {
		all->room = all->room * 2 + 16;
		all->row = memory_grow(all->row, all->room, sizeof(*all->row));
	}
	struct whatif *w = &all->row[all->count++];
	*w = (struct whatif){.words = memory_copy(words)};
	return w;
}

/* Rows move while they are added: what points into them is set here. */
static void point(struct whatif *w)
{
	if (w->edit.object || w->edit.stack) {
		w->scenario.edit = &w->edit;
		w->scenario.edits = 1;
	}
	if (w->staff.threads) {
		w->scenario.staff = &w->staff;
		w->scenario.staffs = 1;
	}
}

void whatif_run(struct whatifs *all, struct replay *r)
{
	for (size_t i = 0; i < all->count; i++) {
		point(&all->row[i]);
		if (replay_run(r, &all->row[i].scenario, &all->row[i].band))
			all->row[i].band = (struct band){0, 0, 0};
	}
}

static int by_low(const void *a, const void *b)
{
	const struct band *x = &((const struct whatif *)a)->band,
			  *y = &((const struct whatif *)b)->band;
	if (x->low != y->low)
		return x->low < y->low ? 1 : -1;
	return (x->middle < y->middle) - (x->middle > y->middle);
}

void whatif_sort(struct whatifs *all)
{
	qsort(all->row, all->count, sizeof(*all->row), by_low);
}

static void bind_or_null(struct query *q, int index, int64_t value)
{
	if (value)
		query_bind_int(q, index, value);
	else
		query_bind_null(q, index);
}

static void write_row(struct query *q, const struct whatif *w, double error)
{
	const struct scenario *s = &w->scenario;
	query_bind_text(q, 1, w->words);
	bind_or_null(q, 2, w->leader);
	query_bind_int(q, 3, w->stack);
	if (s->edits && s->edit->factor > 0)
		query_bind_double(q, 4, s->edit->factor);
	else
		query_bind_null(q, 4);
	bind_or_null(q, 5, s->staffs ? s->staff->threads : 0);
	bind_or_null(q, 6, s->cores);
	query_bind_double(q, 7, w->band.low);
	query_bind_double(q, 8, w->band.middle);
	query_bind_double(q, 9, w->band.high);
	query_bind_text(q, 11, w->name);
	query_bind_double(q, 10, error);
	query_run(q);
}

int whatif_write(const struct whatifs *all, struct store *store, const struct replay *r)
{
	struct query *q = store_query(store, insert);
	for (size_t i = 0; i < all->count; i++)
		if (all->row[i].band.low > 0)
			write_row(q, &all->row[i], r->error);
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

void whatif_free(struct whatifs *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->row[i].words);
		free(all->row[i].name);
		select_free(&all->row[i].edit);
	}
	free(all->row);
	*all = (struct whatifs){0};
}
