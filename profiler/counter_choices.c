/* From the words of --counters to events, and to the rows that describe them. */
#include "profiler/counters.h"
#include "profiler/embedded.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define GROUPS_MAX (sizeof(((struct counter_choices *)0)->group) / sizeof(struct counter_group *))

static void read_library(struct counter_library *l)
{
	for (const struct embedded *e = embedded; e->path; e++) {
		const char *end = strrchr(e->path, '.');
		int line = end && !strcmp(end, ".counters") ? counter_library_add(l, e->text) : 0;
		if (line)
			BUG("%s: line %d is wrong", e->path, line);
	}
}

static bool chosen(const struct counter_choices *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->choice[i].event->name, name))
			return true;
	return false;
}

static void add(struct counter_choices *c, const struct counter_event *event, bool own)
{
	c->choice = memory_grow(c->choice, c->count + 1, sizeof(*c->choice));
	c->choice[c->count++] = (struct counter_choice){event, own};
}

static void add_group(struct counter_choices *c, const struct counter_group *g)
{
	for (size_t i = 0; i < c->group_count; i++)
		if (c->group[i] == g)
			return;
	if (c->group_count == GROUPS_MAX)
		BUG("more than %zu groups of counters", GROUPS_MAX);
	c->group[c->group_count++] = g;
	for (char *const *name = g->event; *name; name++) {
		const struct counter_event *e = counter_event_find(&c->library, *name);
		if (!e)
			BUG("group %s uses %s, which no file describes", g->name, *name);
		if (!chosen(c, *name))
			add(c, e, false);
	}
}

/* As libpfm4 names it: perf::PAGE-FAULTS, INST_RETIRED:ANY … */
static void add_own(struct counter_choices *c, const char *name)
{
	struct counter_event *e = memory_new(1, sizeof(*e));
	e->name = memory_copy(name);
	e->unit = memory_copy(strcasestr(name, "-CLOCK") ? "ns" : "count");
	e->about = memory_copy("");
	e->alternative[0] = memory_copy(name);
	add(c, e, true);
}

static void add_word(struct counter_choices *c, const char *word)
{
	const struct counter_group *g = counter_group_find(&c->library, word);
	const struct counter_event *e = counter_event_find(&c->library, word);
	if (g)
		add_group(c, g);
	else if (*word && !chosen(c, word) && e)
		add(c, e, false);
	else if (*word && !chosen(c, word))
		add_own(c, word);
}

void counter_choices_make(struct counter_choices *c, const char *names)
{
	char *all = memory_copy(names), *rest = all, *word;
	*c = (struct counter_choices){0};
	read_library(&c->library);
	while ((word = strsep(&rest, ",")))
		add_word(c, word);
	free(all);
}

void counter_choices_free(struct counter_choices *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct counter_event *e = (struct counter_event *)c->choice[i].event;
		if (!c->choice[i].own)
			continue;
		free(e->name);
		free(e->unit);
		free(e->about);
		free(e->alternative[0]);
		free(e);
	}
	free(c->choice);
	counter_library_free(&c->library);
}

static void store_events(const struct counter_choices *c, const struct counter_plan *plans,
			 struct store *store)
{
	struct query *q = store_query(store, "INSERT INTO counter VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	for (size_t i = 0; i < c->count; i++) {
		const struct counter_event *e = c->choice[i].event;
		const struct counter_plan *p = &plans[i];
		query_bind_int(q, 1, (int64_t)i + 1);
		query_bind_text(q, 2, e->name);
		query_bind_text(q, 3, p->native);
		query_bind_text(q, 4, e->unit);
		query_bind_text(q, 5, e->about);
		query_bind_text(q, 6, p->native ? "counted" : "refused");
		query_bind_text(q, 7, p->native ? NULL : p->why);
		query_bind_int(q, 8, p->native && p->sampled);
		query_run(q);
	}
	query_close(q);
}

static void store_members(const struct counter_choices *c, const struct counter_group *g,
			  struct query *q)
{
	for (size_t i = 0; i < c->count; i++)
		for (char *const *name = g->event; *name; name++) {
			if (strcmp(*name, c->choice[i].event->name) != 0)
				continue;
			query_bind_text(q, 1, g->name);
			query_bind_int(q, 2, (int64_t)i + 1);
			query_run(q);
		}
}

static void store_metrics(const struct counter_choices *c, const struct counter_group *g,
			  struct query *q)
{
	for (size_t i = 0; i < c->library.metric_count; i++) {
		const struct counter_metric *m = &c->library.metrics[i];
		if (strcmp(m->group, g->name) != 0)
			continue;
		query_bind_text(q, 1, m->group);
		query_bind_text(q, 2, m->name);
		query_bind_text(q, 3, m->unit);
		query_bind_text(q, 4, m->formula);
		query_bind_text(q, 5, m->about);
		query_run(q);
	}
}

void counter_choices_store(const struct counter_choices *c, const struct counter_plan *plans,
			   struct store *store)
{
	struct query *group = store_query(store, "INSERT INTO counter_group VALUES (?, ?)");
	struct query *member =
	    store_query(store, "INSERT OR IGNORE INTO counter_member VALUES (?, ?)");
	struct query *metric = store_query(
	    store, "INSERT INTO counter_metric (group_name, name, unit, formula, about) "
		   "VALUES (?, ?, ?, ?, ?)");
	store_events(c, plans, store);
	for (size_t i = 0; i < c->group_count; i++) {
		query_bind_text(group, 1, c->group[i]->name);
		query_bind_text(group, 2, c->group[i]->about);
		query_run(group);
		store_members(c, c->group[i], member);
		store_metrics(c, c->group[i], metric);
	}
	query_close(group);
	query_close(member);
	query_close(metric);
}
