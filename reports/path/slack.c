#include "reports/path/slack.h"

/* A visitor looks at the wait, which lies anywhere: it is loaded so many stops before. */
enum { AHEAD = 16 };

void slack_pass(const struct precedence *p, int64_t *by_thread, slack_visit *visit, void *data)
{
	const struct history *h = p->history;

	for (size_t i = 0; i < h->threads; i++)
		by_thread[i] = p->last.time - h->thread[i].end;
	for (size_t i = p->count; i-- > 0;) {
		const struct stop *s = &p->stop[i];
		if (s->waker == NOBODY)
			continue;
		if (by_thread[s->thread] < by_thread[s->waker])
			by_thread[s->waker] = by_thread[s->thread];
		if (visit) {
			if (i >= AHEAD && stop_wait(p, s - AHEAD))
				__builtin_prefetch(stop_wait(p, s - AHEAD));
			visit(data, s, by_thread[s->waker]);
		}
		if (!stop_is_begin(p, s))
			by_thread[s->thread] += s->time - stop_begin(p, s);
	}
}
