#include "reports/advise/waiting.h"
#include "profiler/hash.h"
#include "profiler/store.h"
#include "reports/advise/waiting_place.h"
#include "reports/path/path.h"
#include "reports/path/segment.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct kind_row {
	const char *families, *calls, *channels;
} rows[] = {
#define X(name, families, calls, channels, words, change) {families, calls, channels},
    WAITING_KINDS(X)
#undef X
};
const char *const waiting_names[] = {
#define X(name, families, calls, channels, words, change) #name,
    WAITING_KINDS(X)
#undef X
};
const char *const waiting_words[] = {
#define X(name, families, calls, channels, words, change) words,
    WAITING_KINDS(X)
#undef X
};
const char *const waiting_changes[] = {
#define X(name, families, calls, channels, words, change) change,
    WAITING_KINDS(X)
#undef X
};

/* One of the words of a list. */
static bool is_in(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

enum waiting_kind waiting_kind_of(enum history_family family, const char *call, const char *channel,
				  bool timed_out)
{
	if (timed_out)
		return WAITING_time;
	for (int i = 0; channel && i < WAITING_KIND_COUNT; i++)
		if (is_in(rows[i].channels, channel))
			return (enum waiting_kind)i;
	for (int i = 0; call && i < WAITING_KIND_COUNT; i++)
		if (is_in(rows[i].calls, call))
			return (enum waiting_kind)i;
	for (int i = 0; i < WAITING_KIND_COUNT; i++)
		if (is_in(rows[i].families, history_family_names[family]))
			return (enum waiting_kind)i;
	return WAITING_unseen;
}

bool waiting_polls(const char *call)
{
	return call && is_in(rows[WAITING_events].calls, call);
}

/* Of one kind, by object, thread and stack. */
struct place_sum {
	double ns;
	int64_t longest;
	uint32_t meanwhile; /* in the longest: the first thread's wait, NOTHING */
	uint32_t behind;    /* and the thread that was waited for and blocked unseen, NOBODY */
};

struct finder {
	const struct history *history;
	const struct alone *alone;
	uint8_t *kind;	      /* by object */
	uint32_t first;	      /* thread: the program's own */
	struct phase *nobody; /* needed a core */
	size_t count, next;
	struct hash place;
	double hidden[WAITING_KIND_COUNT]; /* ns, of those alone that were blocked unseen */
	struct waiting *waiting;
};

/* Kinds of objects, as long as their time is not up. */
static int read_kinds(struct finder *f, struct store *store)
{
	const struct history *h = f->history;
	struct hash io;
	hash_init(&io, sizeof(uint8_t));
	struct query *q = store_query(store, "SELECT lock, name, kind, polled FROM io_channel");
	while (query_step(q)) {
		const char *call = query_text(q, 1), *channel = query_text(q, 2);
		bool fresh;
		if (!channel && waiting_polls(call))
			channel = query_text(q, 3);
		*(uint8_t *)hash_put(&io, (uint64_t)query_int(q, 0), 1, &fresh) =
		    (uint8_t)waiting_kind_of(HISTORY_io, call, channel, false);
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	f->kind = memory_new(h->objects + 1, sizeof(*f->kind));
	for (size_t i = 0; i < h->objects; i++) {
		const struct history_object *o = &h->object[i];
		const uint8_t *known =
		    o->family == HISTORY_io && o->lock ? hash_get(&io, (uint64_t)o->lock, 1) : NULL;
		enum history_family family = o->use == USE_LOCK ? HISTORY_mutex : o->family;
		f->kind[i] = known ? *known : (uint8_t)waiting_kind_of(family, NULL, NULL, false);
	}
	hash_free(&io);
	return result;
}

static enum waiting_kind kind_of(const struct finder *f, uint32_t object, uint32_t wait)
{
	if (wait != NOTHING && f->history->wait[wait].flags & HISTORY_TIMED_OUT)
		return WAITING_time;
	return object == NOTHING ? WAITING_unseen : (enum waiting_kind)f->kind[object];
}

/* What the first thread waited for at that time, NOTHING: for nothing. */
static uint32_t first_waits(const struct finder *f, int64_t time)
{
	const struct history *h = f->history;
	const struct range *waits = &h->thread[f->first].waits;
	uint32_t wait = history_wait_behind(h, waits, time);
	return wait < waits->first + waits->count && h->wait[wait].begin <= time ? wait : NOTHING;
}

static struct waiting_at at_wait(const struct history *h, uint32_t wait)
{
	if (wait == NOTHING)
		return (struct waiting_at){NOBODY, NOTHING, 0};
	const struct history_wait *w = &h->wait[wait];
	return (struct waiting_at){w->thread, w->object, w->stack};
}

/* What is known of a moment: what it is a wait for, and by whom. */
struct moment {
	enum waiting_kind kind;
	struct waiting_at at;
	uint32_t meanwhile, behind;
};

static struct moment moment_of(const struct finder *f, const struct segment *s, int64_t time)
{
	const struct history *h = f->history;
	uint32_t wait = s->thread == f->first ? NOTHING : first_waits(f, time);
	struct moment m = {WAITING_unseen, {s->thread, s->object, s->stack}, wait, NOBODY};
	if (s->part != PART_hidden)
		m.kind = kind_of(f, s->object, s->wait);
	if (m.kind != WAITING_unseen)
		return m;
	m.at = (struct waiting_at){s->thread, NOTHING, 0};
	if (wait == NOTHING)
		return m;
	m.kind = kind_of(f, h->wait[wait].object, wait);
	m.at = at_wait(h, wait);
	m.meanwhile = NOTHING;
	m.behind = s->thread;
	return m;
}

static void add_place(struct finder *f, const struct moment *m, int64_t ns)
{
	uint32_t object = m->at.object;
	uint64_t group = object == NOTHING ? 0 : f->history->object[object].group + 1ull;
	bool fresh;
	struct place_sum *p = hash_put(&f->place, ((uint64_t)m->kind + 1) << 32 | group,
				       (uint64_t)m->at.thread << 32 | m->at.stack, &fresh);
	p->ns += (double)ns;
	if (ns <= p->longest)
		return;
	p->longest = ns;
	p->meanwhile = m->meanwhile;
	p->behind = m->behind;
}

static void add_hidden(struct finder *f, const struct segment *s)
{
	int64_t middle = s->begin + (s->end - s->begin) / 2;
	if (!alone_at(f->alone, s->thread, middle))
		return;
	struct moment m = moment_of(f, s, middle);
	f->hidden[m.kind] += (double)(s->end - s->begin);
	add_place(f, &m, s->end - s->begin);
}

/* Segments come in order of time. */
static void visit(void *data, const struct segment *s)
{
	struct finder *f = data;
	if (s->part == PART_hidden) {
		add_hidden(f, s);
		return;
	}
	while (f->next < f->count && f->nobody[f->next].end <= s->begin)
		f->next++;
	for (size_t i = f->next; i < f->count && f->nobody[i].begin < s->end; i++) {
		int64_t begin = f->nobody[i].begin > s->begin ? f->nobody[i].begin : s->begin;
		int64_t end = f->nobody[i].end < s->end ? f->nobody[i].end : s->end;
		struct moment m = moment_of(f, s, begin + (end - begin) / 2);
		f->waiting->kind[m.kind].ns += (double)(end - begin);
		add_place(f, &m, end - begin);
	}
}

static void follow_path(struct finder *f, const struct graph *g)
{
	struct precedence p;
	struct path path;
	precedence_make(&p, f->history);
	path_trace(&path, &p, p.last.thread, 0);
	path_segments(&path, &p, g, visit, f);
	path_free(&path);
	precedence_free(&p);
}

/* What the path did not cover is of no kind that is known. Unseen time is known by thread; the path
 * tells how it is divided among kinds. */
static void add_rest(struct finder *f)
{
	struct waiting *w = f->waiting;
	double nobody = 0, covered = 0, hidden = 0, all = f->alone->ns[TILE_hidden];
	for (size_t i = 0; i < f->count; i++)
		nobody += (double)(f->nobody[i].end - f->nobody[i].begin);
	for (int i = 0; i < WAITING_KIND_COUNT; i++) {
		covered += w->kind[i].ns;
		hidden += f->hidden[i];
	}
	w->kind[WAITING_unseen].ns += fmax(0, nobody - covered) + (hidden > 0 ? 0 : all);
	for (int i = 0; i < WAITING_KIND_COUNT; i++) {
		w->kind[i].ns += hidden > 0 ? all * f->hidden[i] / hidden : 0;
		w->ns += w->kind[i].ns;
		if (w->kind[i].ns > w->kind[w->largest].ns)
			w->largest = (enum waiting_kind)i;
	}
}

/* The longest wait of each kind by any thread. */
static void add_threads(struct finder *f, uint32_t longest[WAITING_KIND_COUNT])
{
	const struct history *h = f->history;
	int64_t most[WAITING_KIND_COUNT] = {0};
	for (uint32_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		enum waiting_kind kind = kind_of(f, w->object, i);
		f->waiting->kind[kind].thread_ns += (double)(w->end - w->begin) * w->weight;
		if (w->end - w->begin <= most[kind])
			continue;
		most[kind] = w->end - w->begin;
		longest[kind] = i;
	}
}

/* Of a place the process, unless it is the program's own, or nothing sees into it. */
static int read_process(const struct finder *f, struct store *store, struct waiting_place *p,
			uint32_t thread, uint32_t behind)
{
	const struct history *h = f->history;
	uint32_t who = behind != NOBODY ? behind : thread;
	if (who == NOBODY)
		return 0;
	p->behind = behind != NOBODY;
	return waiting_place_process(p, store, h->thread[who].process,
				     h->thread[f->first].process == h->thread[who].process);
}

/* Where each kind was most. */
static int find_places(struct finder *f, struct store *store,
		       const uint32_t longest[WAITING_KIND_COUNT])
{
	double most[WAITING_KIND_COUNT] = {0};
	struct waiting_at at[WAITING_KIND_COUNT], meanwhile[WAITING_KIND_COUNT];
	uint32_t behind[WAITING_KIND_COUNT];
	const struct place_sum *p;
	uint64_t key[2];
	size_t next = 0;
	int result = 0;
	for (int i = 0; i < WAITING_KIND_COUNT; i++) {
		at[i] = at_wait(f->history, longest[i]);
		meanwhile[i] = at_wait(f->history, NOTHING);
		behind[i] = NOBODY;
	}
	while ((p = hash_next(&f->place, &next, key))) {
		int kind = (int)(key[0] >> 32) - 1;
		uint32_t group = (uint32_t)key[0];
		if (p->ns <= most[kind])
			continue;
		most[kind] = p->ns;
		at[kind] = (struct waiting_at){(uint32_t)(key[1] >> 32),
					       group ? group - 1 : NOTHING, (uint32_t)key[1]};
		meanwhile[kind] = at_wait(f->history, p->meanwhile);
		behind[kind] = p->behind;
	}
	for (int i = 0; i < WAITING_KIND_COUNT && !result; i++) {
		struct waiting_sum *sum = &f->waiting->kind[i];
		result = waiting_place_read(&sum->at, store, f->history, &at[i]) ||
			 waiting_place_read(&sum->meanwhile, store, f->history, &meanwhile[i]) ||
			 read_process(f, store, &sum->at, at[i].thread, behind[i]);
	}
	return result ? -1 : 0;
}

static void find_nobody(struct finder *f)
{
	const struct history *h = f->history;
	for (uint32_t t = 0; t < h->threads; t++)
		if (h->thread[t].begin < h->thread[f->first].begin)
			f->first = t;
	f->nobody = serial_counted(&f->alone->running, 0, 0, &f->count);
}

int waiting_find(struct waiting *w, struct store *store, const struct graph *g,
		 const struct alone *alone)
{
	struct finder f = {.history = g->history, .alone = alone, .waiting = w};
	uint32_t longest[WAITING_KIND_COUNT];
	*w = (struct waiting){.ns = 0};
	for (int i = 0; i < WAITING_KIND_COUNT; i++)
		longest[i] = NOTHING;
	hash_init(&f.place, sizeof(struct place_sum));
	int result = read_kinds(&f, store);
	if (!result && g->history->threads) {
		find_nobody(&f);
		follow_path(&f, g);
		add_rest(&f);
		add_threads(&f, longest);
		result = find_places(&f, store, longest);
	}
	hash_free(&f.place);
	free(f.kind);
	free(f.nobody);
	return result;
}

void waiting_free(struct waiting *w)
{
	for (int i = 0; i < WAITING_KIND_COUNT; i++) {
		waiting_place_free(&w->kind[i].at);
		waiting_place_free(&w->kind[i].meanwhile);
	}
	*w = (struct waiting){.ns = 0};
}

void waiting_say(struct text *out, const struct waiting *w)
{
	const struct waiting_sum *most = &w->kind[w->largest];
	struct text where = {0};
	double part = most->ns / fmax(1, w->ns);
	waiting_place_say(&where, &most->at);
	if (most->meanwhile.call) {
		text_add(&where, where.length ? "; meanwhile the program is in " : "");
		waiting_place_say(&where, &most->meanwhile);
	}
	text_add(out, "waits");
	if (part < WAITING_ALL)
		text_format(out, ", %.0f %% of that", 100 * part);
	text_format(out, " for %s", waiting_words[w->largest]);
	if (where.length)
		text_format(out, " (%s)", text_string(&where));
	text_free(&where);
}

static void bind_place(struct query *q, int first, const struct waiting_place *p)
{
	struct text words = {0};
	waiting_place_say(&words, p);
	query_bind_text(q, first, words.length ? words.data : NULL);
	query_bind_text(q, first + 1, p->call);
	query_bind_text(q, first + 2, p->object);
	query_bind_text(q, first + 3, p->function);
	query_bind_text(q, first + 4, p->where);
	query_bind_text(q, first + 5, p->process);
	text_free(&words);
}

int waiting_write(const struct waiting *w, struct store *store, double wall)
{
	struct query *q = store_query(store, "INSERT INTO reading_advice_waiting VALUES (?, ?, ?, "
					     "?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int result = 0;
	for (int i = 0; i < WAITING_KIND_COUNT && !result; i++) {
		const struct waiting_sum *sum = &w->kind[i];
		struct text meanwhile = {0};
		if (sum->ns <= 0 && sum->thread_ns <= 0)
			continue;
		waiting_place_say(&meanwhile, &sum->meanwhile);
		query_bind_text(q, 1, waiting_names[i]);
		query_bind_text(q, 2, waiting_words[i]);
		query_bind_int(q, 3, (int64_t)sum->ns);
		query_bind_double(q, 4, sum->ns / fmax(1, wall));
		query_bind_int(q, 5, (int64_t)sum->thread_ns);
		bind_place(q, 6, &sum->at);
		query_bind_text(q, 12, meanwhile.length ? meanwhile.data : NULL);
		result = query_run(q);
		text_free(&meanwhile);
	}
	query_close(q);
	return result;
}
