#include "reports/mark/spans.h"
#include "profiler/text.h"
#include <stdlib.h>

void spans_add(struct spans *s, int64_t begin, int64_t end)
{
	if (begin >= end)
		return;
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->span = memory_grow(s->span, s->room, sizeof(*s->span));
	}
	s->span[s->count++] = (struct span_of_time){begin, end};
}

static int by_begin(const void *a, const void *b)
{
	const struct span_of_time *x = a, *y = b;
	return (x->begin > y->begin) - (x->begin < y->begin);
}

void spans_unite(struct spans *s)
{
	size_t kept = 0;
	if (s->count)
		qsort(s->span, s->count, sizeof(*s->span), by_begin);
	for (size_t i = 0; i < s->count; i++) {
		const struct span_of_time *next = &s->span[i];
		if (kept && next->begin <= s->span[kept - 1].end) {
			if (next->end > s->span[kept - 1].end)
				s->span[kept - 1].end = next->end;
		} else {
			s->span[kept++] = *next;
		}
	}
	s->count = kept;
	s->at = 0;
}

int64_t spans_length(const struct spans *s)
{
	int64_t ns = 0;
	for (size_t i = 0; i < s->count; i++)
		ns += s->span[i].end - s->span[i].begin;
	return ns;
}

int64_t spans_overlap(struct spans *s, int64_t begin, int64_t end)
{
	int64_t ns = 0;
	while (s->at < s->count && s->span[s->at].end <= begin)
		s->at++;
	for (size_t i = s->at; i < s->count && s->span[i].begin < end; i++) {
		int64_t from = s->span[i].begin > begin ? s->span[i].begin : begin;
		int64_t to = s->span[i].end < end ? s->span[i].end : end;
		ns += to - from;
	}
	return ns;
}

void spans_free(struct spans *s)
{
	free(s->span);
	*s = (struct spans){0};
}
