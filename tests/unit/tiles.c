#include "tests/unit/tiles.h"
#include "reports/graph/graph.h"
#include "tests/unit/history_text.h"
#include <stdio.h>

const char *tiles(const struct graph *g, const char *name)
{
	static char out[1024];
	struct tile_walk w;
	struct tile t;
	size_t n = 0;

	*out = 0;
	tile_start(&w, g, history_find_thread(g->history, name));
	while (tile_next(&w, &t))
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s %lld-%lld", n ? " " : "",
				      tile_state_names[t.state], (long long)t.begin,
				      (long long)t.end);
	return out;
}
