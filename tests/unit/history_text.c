#include "tests/unit/history_text.h"
#include "profiler/hash.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
	struct history *history;
	const char *text; /* the whole of it */
	char copy[256], *rest;
};

static void wrong(const struct line *l, const char *what)
{
	fprintf(stderr, "history: %s in this line: %.*s\n", what, (int)strcspn(l->text, "\n"),
		l->text);
	abort();
}

static const char *word(struct line *l)
{
	return strtok_r(NULL, " \t", &l->rest);
}

static int64_t number(struct line *l)
{
	const char *w = word(l);
	char *end;
	int64_t value = w ? strtoll(w, &end, 10) : 0;

	if (!w || *end)
		wrong(l, "a number is missing");
	return value;
}

uint32_t history_find_thread(const struct history *h, const char *name)
{
	for (uint32_t i = 0; i < h->threads; i++)
		if (!strcmp(h->thread[i].name, name))
			return i;
	return NOBODY;
}

uint32_t history_find_object(const struct history *h, const char *name)
{
	for (uint32_t i = 0; i < h->objects; i++)
		if (!strcmp(h->object[i].name, name))
			return i;
	return NOTHING;
}

static uint32_t thread(struct line *l)
{
	const char *name = word(l);
	uint32_t t = name ? history_find_thread(l->history, name) : NOBODY;

	if (t == NOBODY)
		wrong(l, "no such thread");
	return t;
}

static struct history_object *declare(struct history *h, enum history_family f, const char *name)
{
	struct history_object *o = history_add_object(h, f, name);

	o->lock = f == HISTORY_timer || f == HISTORY_io ? 0 : (int64_t)h->objects;
	o->leader = o->lock;
	return o;
}

static uint32_t object(struct line *l)
{
	const char *name = word(l);
	struct history *h = l->history;
	enum history_family family;

	if (!name)
		wrong(l, "an object is missing");
	if (history_find_object(h, name) == NOTHING) {
		family = history_family(name);
		declare(h, family == HISTORY_other ? HISTORY_mutex : family, name);
	}
	return history_find_object(h, name);
}

static void read_thread(struct line *l)
{
	struct history_thread t, *added;
	const char *name = word(l), *w;

	added = history_add_thread(l->history, name);
	t = *added;
	t.id = (int64_t)l->history->threads;
	t.begin = number(l);
	t.end = number(l);
	t.process = 1;
	while ((w = word(l))) {
		if (!strcmp(w, "by"))
			t.parent = thread(l);
		else if (!strcmp(w, "created"))
			t.created = number(l);
		else if (!strcmp(w, "group"))
			t.group = thread(l);
		else if (!strcmp(w, "cpu"))
			t.cpu_ns = number(l);
		else if (!strcmp(w, "voluntary"))
			t.voluntary = number(l);
		else if (!strcmp(w, "involuntary"))
			t.involuntary = number(l);
		else if (!strcmp(w, "process"))
			t.process = (uint32_t)number(l);
		else if (!strcmp(w, "at"))
			t.stack = (uint32_t)number(l);
		else
			wrong(l, "an unknown word");
	}
	l->history->thread[l->history->threads - 1] = t;
}

static void read_object(struct line *l)
{
	const char *name = word(l), *family = word(l), *w;
	struct history_object *o = declare(l->history, history_family(family), name);

	while ((w = word(l))) {
		if (!strcmp(w, "use")) {
			o->use = history_use(word(l));
		} else if (!strcmp(w, "init")) {
			o->init = number(l);
		} else if (!strcmp(w, "group")) {
			uint32_t leader = history_find_object(l->history, word(l));
			if (leader == NOTHING)
				wrong(l, "no such object");
			o->group = leader;
			o->leader = l->history->object[leader].lock;
		} else {
			wrong(l, "an unknown word");
		}
	}
}

static int flag(const char *w)
{
	static const struct {
		const char *word;
		int flag;
	} flags[] = {{"timed-out", HISTORY_TIMED_OUT}, {"acquired", HISTORY_ACQUIRED},
		     {"cancelled", HISTORY_CANCELLED}, {"unfinished", HISTORY_UNFINISHED},
		     {"shared", HISTORY_SHARED},       {"gives-up", HISTORY_GIVES_UP}};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (!strcmp(flags[i].word, w))
			return flags[i].flag;
	return 0;
}

/* Of a condition an object, of a join a thread. */
static uint32_t other(struct line *l, uint32_t o)
{
	enum history_family f = l->history->object[o].family;

	return f == HISTORY_join || f == HISTORY_child ? thread(l) : object(l);
}

static void read_wait(struct line *l)
{
	struct history_wait wait = *history_add_wait(l->history);
	const char *w;

	wait.thread = thread(l);
	wait.object = object(l);
	wait.begin = number(l);
	wait.end = number(l);
	while ((w = word(l))) {
		if (!strcmp(w, "held-by"))
			wait.holder = thread(l);
		else if (!strcmp(w, "other"))
			wait.other = other(l, wait.object);
		else if (!strcmp(w, "weight"))
			wait.weight = (uint16_t)number(l);
		else if (!strcmp(w, "at"))
			wait.stack = (uint32_t)number(l);
		else if (flag(w))
			wait.flags |= (uint8_t)flag(w);
		else
			wrong(l, "an unknown word");
	}
	l->history->wait[l->history->waits - 1] = wait;
}

static void read_hold(struct line *l, bool post)
{
	struct history_hold hold = *history_add_hold(l->history);
	const char *w;

	hold.thread = thread(l);
	hold.object = object(l);
	if (!post)
		hold.acquired = number(l);
	hold.released = number(l);
	while ((w = word(l))) {
		if (!strcmp(w, "waiters"))
			hold.waiters = (uint16_t)number(l);
		else if (!strcmp(w, "weight"))
			hold.weight = (uint16_t)number(l);
		else if (!strcmp(w, "at"))
			hold.stack = (uint32_t)number(l);
		else if (flag(w))
			hold.flags |= (uint8_t)flag(w);
		else
			wrong(l, "an unknown word");
	}
	l->history->hold[l->history->holds - 1] = hold;
}

static void read_wake(struct line *l)
{
	struct history_wake wake = *history_add_wake(l->history);
	const char *w;

	wake.thread = thread(l);
	wake.object = object(l);
	wake.time = number(l);
	while ((w = word(l))) {
		if (!strcmp(w, "count"))
			wake.count = (uint32_t)number(l);
		else if (!strcmp(w, "all"))
			wake.count = UINT32_MAX;
		else if (!strcmp(w, "at"))
			wake.stack = (uint32_t)number(l);
		else
			wrong(l, "an unknown word");
	}
	l->history->wake[l->history->wakes - 1] = wake;
}

static void read_poll(struct line *l)
{
	struct history_poll *p = history_add_poll(l->history);
	const char *w;

	p->thread = thread(l);
	p->object = object(l);
	p->first = number(l);
	p->last = number(l);
	p->count = (uint32_t)number(l);
	while ((w = word(l)))
		p->stack = (uint32_t)number(l);
}

static void read_usage(struct line *l)
{
	struct history_usage *u = history_add_usage(l->history);

	u->thread = thread(l);
	u->time = number(l);
	u->cpu_ns = number(l);
	if (*l->rest) {
		u->voluntary = (uint32_t)number(l);
		u->involuntary = (uint32_t)number(l);
	}
}

static void read_off(struct line *l)
{
	struct history_off *o = history_add_off(l->history);
	const char *w;

	o->thread = thread(l);
	o->begin = number(l);
	o->end = number(l);
	o->hidden = 1;
	while ((w = word(l)))
		if (!strcmp(w, "preempted"))
			o->ready = 1, o->hidden = 0;
		else if (!strcmp(w, "half"))
			o->ready = o->hidden = 0.25F;
		else
			wrong(l, "an unknown word");
	l->history->thread[o->thread].scheduled = true;
}

static void read_tally(struct line *l)
{
	struct history_tally *t = history_add_tally(l->history);

	t->thread = thread(l);
	t->object = object(l);
	t->acquisitions = number(l);
	t->contended = number(l);
	t->hold_ns = number(l);
	t->wait_ns = number(l);
}

static void read_line(struct line *l)
{
	const char *w = strtok_r(l->copy, " \t", &l->rest);

	if (!w)
		return;
	if (!strcmp(w, "end"))
		l->history->end_ns = number(l);
	else if (!strcmp(w, "cores"))
		l->history->cores = (int)number(l);
	else if (!strcmp(w, "thread"))
		read_thread(l);
	else if (!strcmp(w, "object"))
		read_object(l);
	else if (!strcmp(w, "wait"))
		read_wait(l);
	else if (!strcmp(w, "hold") || !strcmp(w, "post"))
		read_hold(l, *w == 'p');
	else if (!strcmp(w, "wake"))
		read_wake(l);
	else if (!strcmp(w, "poll"))
		read_poll(l);
	else if (!strcmp(w, "usage"))
		read_usage(l);
	else if (!strcmp(w, "off"))
		read_off(l);
	else if (!strcmp(w, "tally"))
		read_tally(l);
	else
		wrong(l, "no such fact");
}

static struct history_tally *tally_of(struct history *h, struct hash *seen, uint32_t t, uint32_t o)
{
	bool fresh;
	size_t *place = hash_put(seen, t + 1ull, o + 1ull, &fresh);
	struct history_tally *tally;

	if (!fresh)
		return &h->tally[*place];
	*place = h->tallies;
	tally = history_add_tally(h);
	tally->thread = t;
	tally->object = o;
	return tally;
}

static void sum_objects(struct history *h)
{
	for (size_t i = 0; i < h->tallies; i++) {
		const struct history_tally *t = &h->tally[i];
		struct history_object *o = &h->object[t->object];
		o->acquisitions += t->acquisitions;
		o->contended += t->contended;
		o->hold_ns += t->hold_ns;
		o->wait_ns += t->wait_ns;
	}
}

void history_count(struct history *h)
{
	struct hash seen;

	hash_init(&seen, sizeof(size_t));
	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		struct history_tally *t = tally_of(h, &seen, w->thread, w->object);
		t->contended += w->weight;
		t->wait_ns += (w->end - w->begin) * w->weight;
		if (h->object[w->object].use != USE_LOCK)
			t->acquisitions += w->weight;
	}
	for (size_t i = 0; i < h->holds; i++) {
		const struct history_hold *r = &h->hold[i];
		struct history_tally *t = tally_of(h, &seen, r->thread, r->object);
		if (!r->acquired)
			continue;
		t->acquisitions += r->weight;
		t->hold_ns += (r->released - r->acquired) * r->weight;
	}
	hash_free(&seen);
	sum_objects(h);
}

void history_from_text(struct history *h, const char *text)
{
	*h = (struct history){.cores = 1};
	while (*text) {
		struct line l = {.history = h, .text = text};
		size_t length = strcspn(text, "\n"), used = strcspn(text, "\n#");
		if (used >= sizeof(l.copy))
			wrong(&l, "too many words");
		memcpy(l.copy, text, used);
		read_line(&l);
		text += length + (text[length] == '\n');
	}
	history_sort(h);
	if (h->tallies)
		sum_objects(h);
	else
		history_count(h);
}

static void print_flags(int flags)
{
	static const char *const words[] = {"timed-out", "acquired", "cancelled", "unfinished",
					    "",		 "",	     "shared",	  "gives-up"};

	for (int bit = 0; bit < 8; bit++)
		if (flags & 1 << bit)
			fprintf(stderr, " %s", words[bit]);
	fputc('\n', stderr);
}

static const char *thread_name(const struct history *h, uint32_t t)
{
	return t < h->threads ? h->thread[t].name : "?";
}

static const char *object_name(const struct history *h, uint32_t o)
{
	return o < h->objects ? h->object[o].name : "?";
}

static void print_waits(const struct history *h)
{
	for (size_t i = 0; i < h->waits; i++) {
		const struct history_wait *w = &h->wait[i];
		enum history_family f = h->object[w->object].family;
		fprintf(stderr, "wait %s %s %lld %lld at %u weight %u held-by %s other %s",
			thread_name(h, w->thread), object_name(h, w->object), (long long)w->begin,
			(long long)w->end, w->stack, w->weight, thread_name(h, w->holder),
			f == HISTORY_join || f == HISTORY_child ? thread_name(h, w->other)
								: object_name(h, w->other));
		print_flags(w->flags);
		fprintf(stderr, "\t# woken by %s at %lld\n", thread_name(h, w->waker),
			(long long)w->woken);
	}
}

static void print_acts(const struct history *h)
{
	for (size_t i = 0; i < h->holds; i++) {
		const struct history_hold *r = &h->hold[i];
		fprintf(stderr, "hold %s %s %lld %lld at %u weight %u waiters %u",
			thread_name(h, r->thread), object_name(h, r->object),
			(long long)r->acquired, (long long)r->released, r->stack, r->weight,
			r->waiters);
		print_flags(r->flags);
	}
	for (size_t i = 0; i < h->wakes; i++)
		fprintf(stderr, "wake %s %s %lld count %u\n", thread_name(h, h->wake[i].thread),
			object_name(h, h->wake[i].object), (long long)h->wake[i].time,
			h->wake[i].count);
	for (size_t i = 0; i < h->polls; i++)
		fprintf(stderr, "poll %s %s %lld %lld %u\n", thread_name(h, h->poll[i].thread),
			object_name(h, h->poll[i].object), (long long)h->poll[i].first,
			(long long)h->poll[i].last, h->poll[i].count);
	for (size_t i = 0; i < h->usages; i++)
		fprintf(stderr, "usage %s %lld %lld %u %u\n", thread_name(h, h->usage[i].thread),
			(long long)h->usage[i].time, (long long)h->usage[i].cpu_ns,
			h->usage[i].voluntary, h->usage[i].involuntary);
	for (size_t i = 0; i < h->offs; i++)
		fprintf(stderr, "off %s %lld %lld%s\n", thread_name(h, h->off[i].thread),
			(long long)h->off[i].begin, (long long)h->off[i].end,
			h->off[i].ready > 0 ? h->off[i].hidden > 0 ? " half" : " preempted" : "");
}

void history_print(const struct history *h)
{
	fprintf(stderr, "end %lld\ncores %d\n", (long long)h->end_ns, h->cores);
	for (size_t i = 0; i < h->threads; i++)
		fprintf(stderr, "thread %s %lld %lld cpu %lld # by %s created %lld\n",
			h->thread[i].name, (long long)h->thread[i].begin,
			(long long)h->thread[i].end, (long long)h->thread[i].cpu_ns,
			thread_name(h, h->thread[i].parent), (long long)h->thread[i].created);
	for (size_t i = 0; i < h->objects; i++)
		fprintf(stderr, "object %s %s use %s\n", h->object[i].name,
			history_family_names[h->object[i].family],
			history_use_names[h->object[i].use]);
	print_waits(h);
	print_acts(h);
}
