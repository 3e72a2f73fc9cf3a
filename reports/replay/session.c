#include "reports/replay/session.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "reports/replay/select.h"
#include <math.h>

int session_open(struct session *s, struct store *store, size_t limit)
{
	*s = (struct session){.store = store};
	if (history_read(&s->history, store) || select_sites(&s->sites, store)) {
		history_free(&s->history);
		select_sites_free(&s->sites);
		return -1;
	}
	graph_make(&s->graph, &s->history);
	replay_open(&s->replay, &s->graph, &s->sites, limit);
	return 0;
}

void session_close(struct session *s)
{
	replay_close(&s->replay);
	select_sites_free(&s->sites);
	graph_free(&s->graph);
	history_free(&s->history);
}

int session_check(const struct session *s)
{
	const struct replay *r = &s->replay;
	if (!s->history.threads || !r->program.ops)
		return error("%s: no thread was seen in it, so there is nothing to replay",
			     store_path(s->store));
	if (isinf(r->error))
		return error("%s cannot be replayed: %s", store_path(s->store), r->stuck);
	if (fabs(r->error) > REPLAY_REFUSED)
		return error("%s: its replay takes %+.0f %% of the time it took, too far off for a "
			     "prediction; too little of what it waited for was seen",
			     store_path(s->store), 100 * r->error);
	return 0;
}
