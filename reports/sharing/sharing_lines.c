#include "reports/sharing/sharing.h"
#include <stdbool.h>

/* One word, by whom: the uses [first, end) of one offset. */
struct word {
	int64_t touches, writes, most; /* most: by one thread */
};

static int64_t touches_of(const struct word_use *u)
{
	return u->reads > u->writes ? u->reads : u->writes;
}

static struct word word_of(const struct word_use *use, size_t first, size_t end)
{
	struct word w = {0};
	for (size_t i = first; i < end; i++) {
		int64_t n = touches_of(&use[i]);
		w.touches += n;
		w.writes += use[i].writes;
		w.most = n > w.most ? n : w.most;
	}
	return w;
}

static bool is_private(const struct word *w)
{
	return (double)w->most >= SHARING_PRIVATE * (double)w->touches;
}

/* Somebody else than the one who writes it uses another word. */
static bool disturbs(const struct word_use *use, size_t count, size_t writer)
{
	for (size_t i = 0; i < count; i++)
		if (use[i].thread != use[writer].thread && use[i].offset != use[writer].offset)
			return true;
	return false;
}

enum line_verdict sharing_line(const struct word_use *use, size_t count, int64_t near)
{
	int64_t all = 0, written = 0, shared = 0;
	bool disturbed = false;
	for (size_t first = 0, i = 1; i <= count; i++) {
		if (i < count && use[i].offset == use[first].offset)
			continue;
		struct word w = word_of(use, first, i);
		all += w.touches;
		written += w.writes;
		if (w.writes && !is_private(&w))
			shared += w.touches;
		first = i;
	}
	for (size_t i = 0; i < count; i++)
		disturbed |= use[i].writes && disturbs(use, count, i);
	if (!written || (!disturbed && !shared))
		return LINE_READ;
	if ((double)near < SHARING_NEAR)
		return LINE_UNCLEAR;
	if ((double)shared > SHARING_MIXED * (double)all)
		return LINE_SHARED;
	return disturbed ? LINE_FALSE : LINE_READ;
}
