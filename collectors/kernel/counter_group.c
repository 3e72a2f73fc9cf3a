#include "collectors/kernel/counter_group.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MARK " -- "

static void *more(void *array, size_t count, size_t size)
{
	void *grown = realloc(array, (count + 1) * size);
	if (!grown)
		abort();
	memset((char *)grown + count * size, 0, size);
	return grown;
}

static char *copy(const char *string)
{
	char *made = strdup(string ? string : "");
	if (!made)
		abort();
	return made;
}

/* Cuts the next word off, NULL: there is none. */
static char *word(char **rest)
{
	*rest += strspn(*rest, " \t");
	char *found = strsep(rest, " \t");
	if (!*rest)
		*rest = found + strlen(found);
	return *found ? found : NULL;
}

/* Cuts off what is behind the mark; "" when there is none. */
static char *words_of(char *rest)
{
	char *mark = strstr(rest, WORDS_MARK);
	if (!mark)
		return rest + strlen(rest);
	*mark = 0;
	return mark + strlen(WORDS_MARK);
}

static bool group_takes(struct counter_library *l, const char *event)
{
	if (!l->group_count)
		return false;
	struct counter_group *g = &l->groups[l->group_count - 1];
	size_t count = 0;
	while (g->event[count])
		count++;
	if (count == COUNTER_GROUP_EVENTS)
		return false;
	g->event[count] = copy(event);
	return true;
}

static bool add_group(struct counter_library *l, char *rest)
{
	char *name = word(&rest);
	if (!name || counter_group_find(l, name))
		return false;
	l->groups = more(l->groups, l->group_count, sizeof(*l->groups));
	l->groups[l->group_count++] =
	    (struct counter_group){.name = copy(name), .about = copy(NULL)};
	return true;
}

static bool add_about(struct counter_library *l, char *rest)
{
	if (!l->group_count)
		return false;
	struct counter_group *g = &l->groups[l->group_count - 1];
	free(g->about);
	g->about = copy(rest);
	return true;
}

static bool add_uses(struct counter_library *l, char *rest)
{
	for (char *name; (name = word(&rest));)
		if (!group_takes(l, name))
			return false;
	return true;
}

static bool add_event(struct counter_library *l, char *rest)
{
	char *about = words_of(rest), *name = word(&rest), *unit = word(&rest);
	if (!name || !unit || counter_event_find(l, name) || !group_takes(l, name))
		return false;
	struct counter_event e = {copy(name), copy(unit), copy(about), {NULL}};
	size_t count = 0;
	for (char *other; count < COUNTER_ALTERNATIVES && (other = word(&rest));)
		e.alternative[count++] = copy(other);
	l->events = more(l->events, l->event_count, sizeof(*l->events));
	l->events[l->event_count++] = e;
	return count && !word(&rest);
}

static bool add_metric(struct counter_library *l, char *rest)
{
	char *about = words_of(rest), *name = word(&rest), *unit = word(&rest);
	if (!name || !unit || !l->group_count)
		return false;
	rest += strspn(rest, " \t");
	l->metrics = more(l->metrics, l->metric_count, sizeof(*l->metrics));
	l->metrics[l->metric_count++] =
	    (struct counter_metric){copy(l->groups[l->group_count - 1].name), copy(name),
				    copy(unit), copy(rest), copy(about)};
	return *rest;
}

static bool add_line(struct counter_library *l, char *line)
{
	static const struct {
		const char *word;
		bool (*add)(struct counter_library *, char *rest);
	} kinds[] = {{"group", add_group},
		     {"about", add_about},
		     {"uses", add_uses},
		     {"event", add_event},
		     {"metric", add_metric}};
	char *rest = line, *kind = word(&rest);
	if (!kind || kind[0] == '#')
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i].word))
			return kinds[i].add(l, rest);
	return false;
}

int counter_library_add(struct counter_library *l, const char *text)
{
	char *all = copy(text), *rest = all, *line;
	int number = 0, wrong = 0;
	while (!wrong && (line = strsep(&rest, "\n"))) {
		number++;
		if (!add_line(l, line))
			wrong = number;
	}
	free(all);
	return wrong;
}

static void free_list(char **list)
{
	for (; *list; list++)
		free(*list);
}

void counter_library_free(struct counter_library *l)
{
	for (size_t i = 0; i < l->event_count; i++) {
		free(l->events[i].name);
		free(l->events[i].unit);
		free(l->events[i].about);
		free_list(l->events[i].alternative);
	}
	for (size_t i = 0; i < l->metric_count; i++) {
		free(l->metrics[i].group);
		free(l->metrics[i].name);
		free(l->metrics[i].unit);
		free(l->metrics[i].formula);
		free(l->metrics[i].about);
	}
	for (size_t i = 0; i < l->group_count; i++) {
		free(l->groups[i].name);
		free(l->groups[i].about);
		free_list(l->groups[i].event);
	}
	free(l->events);
	free(l->metrics);
	free(l->groups);
	*l = (struct counter_library){0};
}

const struct counter_event *counter_event_find(const struct counter_library *l, const char *name)
{
	for (size_t i = 0; i < l->event_count; i++)
		if (!strcmp(l->events[i].name, name))
			return &l->events[i];
	return NULL;
}

const struct counter_group *counter_group_find(const struct counter_library *l, const char *name)
{
	for (size_t i = 0; i < l->group_count; i++)
		if (!strcmp(l->groups[i].name, name))
			return &l->groups[i];
	return NULL;
}
