#include "profiler/cachegrind_file.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of cache_count behind its key, by the name that cachegrind gives them. */
#define CACHE_EVENTS(X) X(Ir) X(I1mr) X(ILmr) X(Dr) X(D1mr) X(DLmr) X(Dw) X(D1mw) X(DLmw)
enum {
#define X(name) EVENT_##name,
	CACHE_EVENTS(X)
#undef X
	    EVENTS
};
static const char *const event_name[EVENTS] = {
#define X(name) #name,
    CACHE_EVENTS(X)
#undef X
};

#define FIELDS_MAX 32

struct reader {
	struct store *store;
	struct query *add;
	const char *path;
	int64_t process;
	int column[FIELDS_MAX]; /* of the file's counts: which event, -1: none of ours */
	int columns;
	struct text file, function;
	int64_t sum[EVENTS], summary[EVENTS]; /* ours, the file's own */
	bool summed;
};

static void read_events(struct reader *r, char *words)
{
	char *rest = words, *word;
	while (r->columns < FIELDS_MAX && (word = strsep(&rest, " "))) {
		int event = EVENTS - 1;
		while (event >= 0 && strcmp(event_name[event], word) != 0)
			event--;
		if (*word)
			r->column[r->columns++] = event;
	}
}

/* Counts that are left out at the end, or written as ".", are 0. */
static void read_counts(const struct reader *r, const char *at, int64_t count[EVENTS])
{
	memset(count, 0, EVENTS * sizeof(*count));
	for (int i = 0; i < r->columns; i++) {
		char *end;
		at += strspn(at, " \t.");
		int64_t value = strtoll(at, &end, 10);
		if (end == at)
			return;
		if (r->column[i] >= 0)
			count[r->column[i]] = value;
		at = end;
	}
}

static void add_line(struct reader *r, const char *words)
{
	int64_t count[EVENTS];
	char *rest;
	int64_t line = strtoll(words, &rest, 10);
	read_counts(r, rest, count);
	query_bind_int(r->add, 1, r->process);
	query_bind_text(r->add, 2, text_string(&r->file));
	query_bind_text(r->add, 3, text_string(&r->function));
	query_bind_int(r->add, 4, line);
	for (int i = 0; i < EVENTS; i++) {
		query_bind_int(r->add, 5 + i, count[i]);
		r->sum[i] += count[i];
	}
	query_run(r->add);
}

static void begin_process(struct reader *r, const char *command, int64_t pid)
{
	struct query *q = store_query(
	    r->store,
	    "INSERT INTO process (pid, image, origin, path, command, ended) SELECT ?1, "
	    "(SELECT coalesce(max(id), 0) + 1 FROM process), "
	    "CASE WHEN ?1 = (SELECT value FROM run WHERE key = 'target_pid') THEN 'start' "
	    "END, substr(?2, 1, instr(?2 || ' ', ' ') - 1), ?2, 'exit'");
	query_bind_int(q, 1, pid);
	query_bind_text(q, 2, command);
	query_run(q);
	query_close(q);
	r->process = store_last_id(r->store);
}

static const char *after(const char *line, const char *tag)
{
	size_t length = strlen(tag);
	return strncmp(line, tag, length) == 0 ? line + length : NULL;
}

/* A name stands for all lines up to the next one. "???": not known. */
static void set(struct text *name, const char *words)
{
	text_clear(name);
	text_add(name, strcmp(words, "???") ? words : "");
}

static void take_line(struct reader *r, char *line, int64_t pid)
{
	const char *words;
	if (line[0] >= '0' && line[0] <= '9')
		add_line(r, line);
	else if ((words = after(line, "fl=")))
		set(&r->file, words);
	else if ((words = after(line, "fn=")))
		set(&r->function, words);
	else if ((words = after(line, "cmd:")))
		begin_process(r, words + strspn(words, " "), pid);
	else if ((words = after(line, "events:")))
		read_events(r, (char *)words);
	else if ((words = after(line, "summary:"))) {
		read_counts(r, words, r->summary);
		r->summed = true;
	}
}

/* One that was cut short has no summary; ours must be the same as its own. */
static int check(const struct reader *r)
{
	if (!r->columns || !r->process)
		return error("%s is not a file of cachegrind's", r->path);
	if (!r->summed)
		store_oddity(r->store, "cache counts that were not written to the end", 1, r->path);
	else if (memcmp(r->sum, r->summary, sizeof(r->sum)) != 0)
		store_oddity(r->store, "cache counts that differ from their own sum", 1, r->path);
	return 0;
}

static int read_file(struct reader *r, FILE *f, int64_t pid)
{
	char *line = NULL;
	size_t room = 0;
	while (getline(&line, &room, f) >= 0) {
		line[strcspn(line, "\n")] = 0;
		take_line(r, line, pid);
	}
	free(line);
	return check(r);
}

#define SUM_UP(name) #name "=" #name "+excluded." #name

int cachegrind_import(struct store *store, const char *path, int64_t pid)
{
	struct reader r = {.store = store, .path = path};
	FILE *f = fopen(path, "re");
	if (!f)
		return error("cannot read %s: %s", path, strerror(errno));
	r.add = store_query(
	    store,
	    "INSERT INTO cache_count VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13) "
	    "ON CONFLICT DO UPDATE SET " SUM_UP(ir) "," SUM_UP(i1mr) "," SUM_UP(ilmr) "," SUM_UP(
		dr) "," SUM_UP(d1mr) "," SUM_UP(dlmr) "," SUM_UP(dw) "," SUM_UP(d1mw) "," SUM_UP(dlmw));
	int result = r.add ? read_file(&r, f, pid) : -1;
	query_close(r.add);
	text_free(&r.file);
	text_free(&r.function);
	fclose(f);
	return result;
}
