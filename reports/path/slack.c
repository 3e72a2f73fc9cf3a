#include "reports/path/slack.h"

void slack_pass(const struct precedence *p, int64_t *by_thread, slack_visit *visit, void *data)
{
	const struct history *h = p->history;

	for (size_t i = 0; i < h->threads; i++)
		by_thread[i] = p->last.time - h->thread[i].end;
	for (size_t i = p->count; i-- > 0;) {
		uint32_t stop = p->order[i];
		struct stop s = stop_get(p, stop);
		int64_t *waiter = &by_thread[s.thread], *waker = &by_thread[s.cause.thread];
		if (*waiter < *waker)
			*waker = *waiter;
		if (visit)
			visit(data, stop, &s, *waker);
		if (!stop_is_begin(h, stop))
			*waiter += s.cause.time - s.begin;
	}
}
