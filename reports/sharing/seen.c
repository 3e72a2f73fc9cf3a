#include "reports/sharing/seen.h"
#include "profiler/text.h"
#include "reports/sharing/sharing.h"
#include "reports/unit.h"
#include <stdlib.h>

struct seen {
	struct store *store;
	struct query *confirm, *clear, *add, *add_parts, *place;
	int64_t line_bytes, next;
};

struct line {
	int64_t number, process, address, apart, same, samples, touches, windows, windows_apart,
	    windows_same;
	struct word_use *use;
	size_t count, room;
};

static void say_place(struct seen *s, const struct line *l, struct text *t)
{
	query_bind_int(s->place, 1, l->number);
	if (query_step(s->place)) {
		const char *place = query_text(s->place, 1);
		text_format(t, ", in %s", query_text(s->place, 0));
		if (place) {
			text_add(t, " (");
			print_place(t, place);
			text_add(t, ")");
		}
	}
	query_reset(s->place);
}

static void say_false(struct seen *s, const struct line *l, struct text *t)
{
	text_format(t,
		    "seen: %lld times two threads used different words of the line within 10 ms, "
		    "of which they write their own",
		    (long long)(l->apart + l->windows_apart));
	say_place(s, l, t);
	if (l->windows)
		text_format(t, "; by watchpoints in %lld of %lld moments of 1 ms",
			    (long long)l->windows_apart, (long long)l->windows);
	if (!l->samples)
		return;
	text_add(t, "; ");
	print_share(t, (double)l->touches / (double)l->samples);
	text_add(t, " of the time on cores is spent where it is used");
}

/* A suspect that covers the line: its number of rows changed. */
static int64_t change(struct seen *s, struct query *q, const struct line *l, const char *words)
{
	query_bind_int(q, 1, l->process);
	query_bind_int(q, 2, l->address);
	query_bind_int(q, 3, s->line_bytes);
	query_bind_text(q, 4, words);
	query_run(q);
	return store_changes(s->store);
}

static int64_t threads_of(const struct line *l)
{
	int64_t threads = 0;
	for (size_t i = 0; i < l->count; i++) {
		size_t k = 0;
		while (l->use[k].thread != l->use[i].thread)
			k++;
		threads += k == i;
	}
	return threads;
}

static void add(struct seen *s, const struct line *l, const char *words)
{
	query_bind_int(s->add, 1, ++s->next);
	query_bind_int(s->add, 2, l->process);
	query_bind_int(s->add, 3, l->address);
	query_bind_int(s->add, 4, threads_of(l));
	query_bind_text(s->add, 5, words);
	query_run(s->add);
	query_bind_int(s->add_parts, 1, s->next);
	query_bind_int(s->add_parts, 2, l->number);
	query_run(s->add_parts);
}

static void judge(struct seen *s, const struct line *l)
{
	struct text words = {0};
	enum line_verdict verdict =
	    sharing_line(l->use, l->count, l->apart + l->same + l->windows_apart + l->windows_same);
	if (verdict == LINE_FALSE) {
		say_false(s, l, &words);
		if (!change(s, s->confirm, l, text_string(&words)))
			add(s, l, text_string(&words));
	} else if (verdict == LINE_SHARED) {
		text_format(&words,
			    "but seen: %lld times two threads used the same word of it within "
			    "10 ms: shared data, which no padding parts",
			    (long long)(l->same + l->windows_same));
		change(s, s->clear, l, text_string(&words));
	}
	text_free(&words);
}

static void take_use(struct line *l, struct query *q, int column)
{
	if (l->count == l->room) {
		l->room = l->room * 2 + 16;
		l->use = memory_grow(l->use, l->room, sizeof(*l->use));
	}
	l->use[l->count++] = (struct word_use){query_int(q, column), query_int(q, column + 1),
					       query_int(q, column + 2), query_int(q, column + 3)};
}

static void each_line(struct seen *s)
{
	struct query *q = store_query(
	    s->store,
	    "SELECT l.line, l.process, l.address, l.apart, l.same, l.samples, l.touches, "
	    "l.windows, l.windows_apart, l.windows_same, w.offset, w.user, w.reads, w.writes "
	    "FROM line_summary l JOIN line_word w ON w.line = l.line "
	    "ORDER BY l.touches DESC, l.line, w.offset, w.user");
	struct line l = {0};
	while (query_step(q)) {
		if (l.number != query_int(q, 0)) {
			if (l.count)
				judge(s, &l);
			l = (struct line){query_int(q, 0), query_int(q, 1), query_int(q, 2),
					  query_int(q, 3), query_int(q, 4), query_int(q, 5),
					  query_int(q, 6), query_int(q, 7), query_int(q, 8),
					  query_int(q, 9), l.use,	    0,
					  l.room};
		}
		take_use(&l, q, 10);
	}
	if (l.count)
		judge(s, &l);
	query_close(q);
	free(l.use);
}

#define COVERS                                                                                     \
	"WHERE process = ?1 AND EXISTS (SELECT 1 FROM reading_sharing_part p WHERE p.suspect = "   \
	"reading_sharing.suspect AND (reading_sharing.line + p.offset) / ?3 = ?2 / ?3)"

void sharing_add_seen(struct store *store, int64_t line_bytes)
{
	struct seen s = {.store = store, .line_bytes = line_bytes};
	s.next = store_value(store, "SELECT coalesce(max(suspect), 0) FROM reading_sharing", 0);
	s.confirm = store_query(store, "UPDATE reading_sharing SET evidence = CASE confidence WHEN "
				       "'high' THEN evidence ELSE ?4 || '; ' || evidence END, "
				       "confidence = 'high' " COVERS);
	s.clear =
	    store_query(store, "UPDATE reading_sharing SET evidence = evidence || '; ' || ?4, "
			       "confidence = 'low' " COVERS " AND confidence <> 'high'");
	s.add = store_query(store, "INSERT INTO reading_sharing VALUES (?1, 'words', ?2, ?3, ?4, "
				   "0, 'high', ?5, 'alignas of the line''s size for what each "
				   "thread writes, or sums in local variables that are stored "
				   "once')");
	s.add_parts =
	    store_query(store, "INSERT INTO reading_sharing_part SELECT ?1, offset, NULL, thread, "
			       "coalesce(name, function, 'word') FROM line_word WHERE line = ?2");
	s.place = store_query(
	    store, "SELECT function, file || ':' || number FROM line_word WHERE line = ?1 "
		   "AND function IS NOT NULL ORDER BY writes DESC, offset LIMIT 1");
	if (s.confirm && s.clear && s.add && s.add_parts && s.place)
		each_line(&s);
	query_close(s.confirm);
	query_close(s.clear);
	query_close(s.add);
	query_close(s.add_parts);
	query_close(s.place);
}
