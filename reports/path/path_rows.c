#include "reports/path/path_rows.h"
#include "profiler/text.h"
#include "reports/path/segment.h"
#include <stdlib.h>

void path_rows_add(struct path_rows *r, const struct segment *s)
{
	struct path_row *last = r->count ? &r->row[r->count - 1] : NULL;

	if (s->thread == NOBODY || s->part == PART_unknown)
		return;
	if (last && last->thread == s->thread && last->end == s->begin) {
		last->end = s->end;
		return;
	}
	if (r->count == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		r->row = memory_grow(r->row, r->room, sizeof(*r->row));
	}
	r->row[r->count++] = (struct path_row){s->begin, s->end, s->thread};
}

void path_rows_free(struct path_rows *r)
{
	free(r->row);
	*r = (struct path_rows){0};
}
