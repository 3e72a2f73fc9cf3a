#include "reports/path/path.h"
#include "profiler/text.h"
#include <stdlib.h>

static void add_stop(struct path *path, uint32_t stop)
{
	if (path->count == path->room) {
		path->room = path->room ? path->room + path->room / 2 : 64;
		path->stop = memory_grow(path->stop, path->room, sizeof(*path->stop));
	}
	path->stop[path->count++] = stop;
}

/*
 * Back through all stops: the next one of the thread it is in is where it leaves it. A thread that
 * is met before it was woken had acted while it was about to block; its stop lies behind, and the
 * wait is taken for time it needed.
 */
void path_trace(struct path *path, const struct precedence *p, uint32_t thread, unsigned own)
{
	int64_t time;

	*path = (struct path){0};
	if (thread == NOBODY)
		return;
	path->end = time = p->history->thread[thread].end;
	for (size_t i = p->count; i-- > 0 && thread != NOBODY;) {
		const struct stop *s = &p->stop[i];
		bool passes;
		if (s->thread != thread)
			continue;
		passes = s->own & own;
		add_stop(path, passes ? (uint32_t)i | PATH_OWN : (uint32_t)i);
		path->ns += time - s->time;
		time = passes ? stop_begin(p, s) : s->time;
		if (!passes)
			thread = s->waker;
	}
}

void path_free(struct path *path)
{
	free(path->stop);
	*path = (struct path){0};
}
