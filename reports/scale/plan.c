#include "reports/scale/plan.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER "{n}"

static bool has_placeholder(char **command, const char *placeholder)
{
	for (; *command; command++)
		if (strstr(*command, placeholder))
			return true;
	return false;
}

static int *list_of(const char *option, const char *words, size_t *count)
{
	int *list = plan_list(words, count);
	if (!list)
		usage_error("--%s wants numbers from 1 to %d like 1,2,4 or 1-8, not '%s'", option,
			    PLAN_MOST, words);
	return list;
}

/* Every point has its own number of threads, on the cores that there are, or that were asked for.
 */
static void add_thread_points(struct plan *p, const struct plan_wish *w)
{
	size_t cores_count = 1;
	int *cores = w->cores ? list_of("cores", w->cores, &cores_count) : NULL;
	int *list = list_of("thread-counts", w->threads, &p->count);
	int on = cores ? cores[0] : p->cores.count;
	if (cores_count > 1)
		usage_error("--thread-counts goes with one number of --cores, not with %zu",
			    cores_count);
	if (on > p->cores.count)
		usage_error("only %d cores can be used here, not %d", p->cores.count, on);
	p->points = memory_new(p->count, sizeof(*p->points));
	for (size_t i = 0; i < p->count; i++)
		p->points[i] = (struct plan_point){list[i], on, list[i]};
	free(list);
	free(cores);
}

static void add_core_points(struct plan *p, const struct plan_wish *w, bool threads)
{
	int most = w->most ? w->most : p->cores.count;
	int *list =
	    w->cores ? list_of("cores", w->cores, &p->count) : plan_default(most, &p->count);
	if (!threads && list[p->count - 1] > p->cores.count)
		usage_error("only %d cores can be used here, not %d; to measure more threads than "
			    "cores put {n} where the program takes their number",
			    p->cores.count, list[p->count - 1]);
	p->points = memory_new(p->count, sizeof(*p->points));
	for (size_t i = 0; i < p->count; i++) {
		bool fewer = list[i] < p->cores.count && p->pin != PIN_NONE;
		p->points[i] = (struct plan_point){list[i], fewer ? list[i] : p->cores.count,
						   threads ? list[i] : 0};
	}
	free(list);
}

void plan_make(struct plan *p, const struct plan_wish *w, char **command)
{
	const char *placeholder = w->placeholder ? w->placeholder : PLACEHOLDER;
	bool placed = *placeholder && has_placeholder(command, placeholder);
	*p = (struct plan){.command = command, .variable = w->variable, .pin = w->pin};
	p->placeholder = placed ? placeholder : NULL;
	cores_find(&p->cores, w->pin);
	if (w->placeholder && !placed)
		usage_error("the command has no '%s' to put the number of threads in",
			    w->placeholder);
	if (w->variable && (!*w->variable || strchr(w->variable, '=')))
		usage_error("--threads-env wants a name like OMP_NUM_THREADS, not '%s'",
			    w->variable);
	if (w->cores && w->most)
		usage_error("--cores or --max, not both");
	bool threads = placed || w->variable;
	if (w->threads && !threads)
		usage_error("--thread-counts needs {n} in the command, where the program takes the "
			    "number of threads, or --threads-env");
	if (!threads && w->pin == PIN_NONE)
		usage_error("with --pin=none and no {n} in the command all runs would be the same");
	if (w->threads)
		add_thread_points(p, w);
	else
		add_core_points(p, w, threads);
}

void plan_free(struct plan *p)
{
	free(p->points);
	*p = (struct plan){0};
}

/* Every placeholder in a word, replaced by the number. */
static char *replaced(const char *word, const char *placeholder, int number)
{
	struct text t = {0};
	const char *found;
	while ((found = strstr(word, placeholder))) {
		text_add_bytes(&t, word, (size_t)(found - word));
		text_format(&t, "%d", number);
		word = found + strlen(placeholder);
	}
	text_add(&t, word);
	return t.data ? t.data : memory_copy("");
}

struct execution plan_execution(const struct plan *p, const struct plan_point *point)
{
	char number[16];
	size_t count = 0;
	while (p->command[count])
		count++;
	snprintf(number, sizeof(number), "%d", point->n);
	struct execution t = {
	    .argv = memory_new(count + 1, sizeof(char *)),
	    .variable = p->variable,
	    .value = memory_copy(number),
	    .cores = cores_first(&p->cores, point->cores),
	    .pinned = p->pin != PIN_NONE,
	};
	for (size_t i = 0; i < count; i++)
		t.argv[i] = p->placeholder ? replaced(p->command[i], p->placeholder, point->n)
					   : memory_copy(p->command[i]);
	return t;
}

void plan_release(struct execution *t)
{
	for (char **word = t->argv; *word; word++)
		free(*word);
	free(t->argv);
	free((char *)t->value);
}
