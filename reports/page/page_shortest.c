#include "reports/page/page_shortest.h"
#include "profiler/text.h"
#include <stdlib.h>

enum { BUCKETS = 63 };

/* A tile that may be kept; or all shorter ones between two such, which are merged in any case. */
enum piece_kind { PIECE_run, PIECE_other, PIECE_short, PIECE_end /* of a thread */ };
struct piece {
	int64_t ns;
	int64_t head : 61; /* of short ones: running, before the first one that does not */
	uint64_t kind : 3;
};

struct pieces {
	struct piece *piece;
	size_t count, room;
};

static struct piece *add_piece(struct pieces *p, enum piece_kind kind, int64_t ns)
{
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 1024;
		p->piece = memory_grow(p->piece, p->room, sizeof(*p->piece));
	}
	p->piece[p->count] = (struct piece){.ns = ns, .kind = kind};
	return &p->piece[p->count++];
}

static void add_short(struct pieces *p, bool runs, int64_t ns)
{
	struct piece *last = p->count ? &p->piece[p->count - 1] : NULL;

	if (!last || last->kind != PIECE_short)
		last = add_piece(p, PIECE_short, 0);
	if (runs && last->ns == last->head)
		last->head += ns;
	last->ns += ns;
}

/* All threads, for counts of rows by any length that is not below the least. */
static struct pieces cut(const struct graph *g, int64_t least)
{
	struct pieces p = {0};
	struct tile_walk walk;
	struct tile t;

	for (size_t i = 0; i < g->history->threads; i++) {
		for (tile_start(&walk, g, (uint32_t)i); tile_next(&walk, &t);) {
			bool runs = t.state == TILE_run;
			if (t.end - t.begin < least)
				add_short(&p, runs, t.end - t.begin);
			else
				add_piece(&p, runs ? PIECE_run : PIECE_other, t.end - t.begin);
		}
		add_piece(&p, PIECE_end, 0);
	}
	return p;
}

/* How many rows there are when shorter tiles are merged: as page_timeline.c does it. */
static int64_t count_rows(const struct pieces *pieces, int64_t shortest)
{
	int64_t rows = 0, merged = 0; /* merged: 0 until one comes that does not run */

	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *p = &pieces->piece[i];
		bool tile = p->kind == PIECE_run || p->kind == PIECE_other;
		if (p->kind == PIECE_end || (tile && p->ns >= shortest)) {
			rows += (merged > 0 && merged >= shortest) + (p->kind == PIECE_other);
			merged = 0;
		} else if (merged || p->kind == PIECE_other) {
			merged += p->ns;
		} else if (p->kind == PIECE_short) {
			merged = p->ns - p->head;
		}
	}
	return rows;
}

/* How many tiles last 2^i ns and longer, less than twice that. */
static int64_t count_tiles(const struct graph *g, int64_t count[BUCKETS])
{
	int64_t all = 0;

	for (size_t i = 0; i < g->history->threads; i++) {
		struct tile_walk walk;
		struct tile t;
		for (tile_start(&walk, g, (uint32_t)i); tile_next(&walk, &t);)
			if (t.state != TILE_run) {
				count[63 - __builtin_clzll((uint64_t)(t.end - t.begin) | 1)]++;
				all++;
			}
	}
	return all;
}

static int64_t power(int bit)
{
	return (int64_t)1 << (bit > 0 ? bit : 0);
}

/* About the least that leaves so many rows. */
int64_t page_shortest(const struct graph *g, int64_t most, int64_t *tiles)
{
	int64_t count[BUCKETS] = {0};
	int bit = BUCKETS - 1;

	*tiles = count_tiles(g, count);
	if (*tiles <= most)
		return 0;
	for (int64_t kept = count[bit]; bit > 0 && kept + count[bit - 1] <= most;)
		kept += count[--bit];
	struct pieces pieces = cut(g, power(bit - 1));
	while (bit < BUCKETS - 1 && count_rows(&pieces, power(bit)) > most)
		bit++;
	int64_t low = power(bit - 1), high = power(bit);
	for (int i = 0; i < 4; i++) {
		int64_t middle = (low + high) / 2;
		if (count_rows(&pieces, middle) > most)
			low = middle;
		else
			high = middle;
	}
	free(pieces.piece);
	return high;
}
