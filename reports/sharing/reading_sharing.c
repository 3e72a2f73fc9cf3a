/* Fills reading_sharing and reading_sharing_part. */
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/readings.h"
#include "reports/sharing/seen.h"
#include "reports/sharing/sharing.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	struct store *store;
	struct query *add, *add_part, *add_beside;
	const struct lock_use *use;
	const struct argument_use *argument;
	int64_t line_bytes, number;
};

static const char *const kinds[] = {
    [SHARING_LOCKS] = "locks", [SHARING_DATA] = "data", [SHARING_ARGUMENTS] = "arguments"};

static void say_locks(const struct suspect *s, struct text *t)
{
	text_format(t, "%s; taken %lld times by %lld threads: up to %lld moves of the line",
		    s->apart ? "each lock has threads of its own, the line is everybody's"
			     : "different threads take different locks of it, or the same",
		    (long long)s->acquisitions, (long long)s->threads, (long long)s->moves);
}

static void say_data(const struct suspect *s, struct text *t)
{
	text_format(t,
		    "whoever uses what lies beside the lock loses the line to those who take it: "
		    "%lld times, %lld threads; data that it protects is fine there",
		    (long long)s->acquisitions, (long long)s->threads);
}

static void say_arguments(const struct writer *w, const struct suspect *s, struct text *t)
{
	if (s->stride)
		text_format(t, "%lld bytes apart, lines have %lld: ", (long long)s->stride,
			    (long long)w->line_bytes);
	text_add(t, s->apart ? "several begin in one line; it costs if the threads write there"
			     : "one ends in the line that the next begins in; it costs if the "
			       "threads write there");
}

static const char *cure(const struct suspect *s)
{
	return s->kind == SHARING_LOCKS ? "a line for each: alignas of the line's size, or padding"
	       : s->kind == SHARING_DATA
		   ? "move the variable, or alignas of the line's size for the lock"
		   : "alignas of the line's size for the type, or sums in local "
		     "variables that are stored once";
}

static bool sure(const struct suspect *s)
{
	return s->apart && !s->plain && s->kind != SHARING_DATA;
}

static void add_row(struct writer *w, const struct suspect *s)
{
	struct text evidence = {0};
	if (s->kind == SHARING_LOCKS)
		say_locks(s, &evidence);
	else if (s->kind == SHARING_DATA)
		say_data(s, &evidence);
	else
		say_arguments(w, s, &evidence);
	query_bind_int(w->add, 1, ++w->number);
	query_bind_text(w->add, 2, kinds[s->kind]);
	query_bind_int(w->add, 3, s->process);
	query_bind_int(w->add, 4, s->line);
	query_bind_int(w->add, 5, s->threads);
	query_bind_int(w->add, 6, s->moves);
	query_bind_text(w->add, 7, sure(s) ? "medium" : "low");
	query_bind_text(w->add, 8, text_string(&evidence));
	query_bind_text(w->add, 9, cure(s));
	query_run(w->add);
	text_free(&evidence);
}

static void add_part(struct writer *w, int64_t offset, int64_t lock, int64_t thread)
{
	query_bind_int(w->add_part, 1, w->number);
	query_bind_int(w->add_part, 2, offset);
	query_bind_int(w->add_part, 3, lock);
	query_bind_int(w->add_part, 4, thread);
	query_run(w->add_part);
}

/* Variables beside the locks of the line. */
static int64_t add_beside(struct writer *w, const struct suspect *s)
{
	int64_t found = 0;
	for (size_t i = s->first; i < s->first + s->count; i++) {
		query_bind_int(w->add_beside, 1, w->number);
		query_bind_int(w->add_beside, 2, s->line);
		query_bind_int(w->add_beside, 3, w->use[i].lock);
		query_run(w->add_beside);
		found += store_changes(w->store);
	}
	return found;
}

static void drop_row(struct writer *w)
{
	struct text sql = {0};
	text_format(&sql,
		    "DELETE FROM reading_sharing WHERE suspect = %lld;"
		    "DELETE FROM reading_sharing_part WHERE suspect = %lld",
		    (long long)w->number, (long long)w->number);
	store_exec(w->store, text_string(&sql));
	text_free(&sql);
}

static void add_lock_suspect(void *data, const struct suspect *s)
{
	struct writer *w = data;
	add_row(w, s);
	for (size_t i = s->first; i < s->first + s->count; i++)
		add_part(w, w->use[i].address - s->line, w->use[i].lock, w->use[i].thread);
	if (!add_beside(w, s) && s->kind == SHARING_DATA)
		drop_row(w);
}

static void add_argument_suspect(void *data, const struct suspect *s)
{
	struct writer *w = data;
	add_row(w, s);
	for (size_t i = s->first; i < s->first + s->count; i++)
		add_part(w, w->argument[i].address - s->line, 0, w->argument[i].thread);
}

/* All rows of a query, as arrays of numbers; to be freed. */
static int64_t *read_rows(struct store *store, const char *sql, size_t columns, size_t *count)
{
	struct query *q = store_query(store, sql);
	int64_t *rows = NULL;
	size_t room = 0;
	*count = 0;
	while (query_step(q)) {
		if (*count == room) {
			room = room ? room * 2 : 64;
			rows = memory_grow(rows, room, columns * sizeof(*rows));
		}
		for (size_t c = 0; c < columns; c++)
			rows[*count * columns + c] = query_int(q, (int)c);
		++*count;
	}
	query_close(q);
	return rows;
}

#define WORDS(type) (sizeof(type) / sizeof(int64_t))

static void find_all(struct writer *w)
{
	size_t uses, arguments;
	int64_t wall_ns = store_run_int(w->store, "wall_ns", 0);
	int64_t *use = read_rows(w->store,
				 "SELECT process, address, lock, thread, count FROM line_use "
				 "ORDER BY process, address, lock, thread",
				 WORDS(struct lock_use), &uses);
	int64_t *argument = read_rows(w->store,
				      "SELECT process, parent, routine, argument, thread, begin_ns,"
				      " end_ns, plain FROM argument_use ORDER BY 1, 2, 3, 4, 5",
				      WORDS(struct argument_use), &arguments);
	w->use = (const struct lock_use *)use;
	w->argument = (const struct argument_use *)argument;
	if (uses)
		sharing_locks(w->use, uses, w->line_bytes, wall_ns, add_lock_suspect, w);
	if (arguments)
		sharing_arguments(w->argument, arguments, w->line_bytes, add_argument_suspect, w);
	free(use);
	free(argument);
}

int reading_sharing(struct reading_input *in)
{
	struct writer w = {.store = in->store};
	w.line_bytes = store_run_int(in->store, "cache_line_bytes", 64);
	w.add = store_query(in->store, "INSERT INTO reading_sharing VALUES (?,?,?,?,?,?,?,?,?)");
	w.add_part = store_query(in->store, "INSERT OR IGNORE INTO reading_sharing_part VALUES "
					    "(?1, ?2, nullif(?3, 0), nullif(?4, 0), NULL)");
	w.add_beside = store_query(
	    in->store, "INSERT INTO reading_sharing_part SELECT ?1, address - ?2, NULL, "
		       "NULL, name FROM line_beside b WHERE lock = ?3 AND NOT EXISTS "
		       "(SELECT 1 FROM reading_sharing_part p WHERE p.suspect = ?1 AND "
		       "p.offset = b.address - ?2)");
	if (w.add && w.add_part && w.add_beside && store_begin(in->store) == 0) {
		find_all(&w);
		sharing_add_seen(in->store, w.line_bytes);
		store_commit(in->store);
	}
	query_close(w.add);
	query_close(w.add_part);
	query_close(w.add_beside);
	return store_failed(in->store) || !w.add ? -1 : 0;
}
