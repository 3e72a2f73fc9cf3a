/* record --counters=list: what can be counted on this machine, and what not, and why. */
#include "profiler/counters.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <stdio.h>
#include <string.h>

static void print_event(const struct counter_event *e)
{
	struct counter_plan p;
	counter_plan(&p, e);
	printf("  %-17s %-8s %s\n", e->name, p.native ? "ok" : "refused",
	       p.native ? p.native : p.why);
}

static void print_group(const struct counter_choices *c, const struct counter_group *g)
{
	printf("%s: %s\n", g->name, g->about);
	for (char *const *name = g->event; *name; name++)
		print_event(counter_event_find(&c->library, *name));
	for (size_t i = 0; i < c->library.metric_count; i++) {
		const struct counter_metric *m = &c->library.metrics[i];
		if (!strcmp(m->group, g->name))
			printf("  = %-24s %s\n", m->name, m->about);
	}
	puts("");
}

int counters_list(void)
{
	struct counter_choices c;
	counter_choices_make(&c, "");
	for (size_t i = 0; i < c.library.group_count; i++)
		print_group(&c, &c.library.groups[i]);
	puts("Other events: by their names in libpfm4, as perf::PAGE-FAULTS; modifiers as :u:k.");
	counter_choices_free(&c);
	return fflush(stdout) ? failed() : 0;
}
