#include "reports/advise/footprint.h"
#include "profiler/hash.h"
#include "profiler/text.h"
#include <math.h>

#define PAGE_BITS 12
#define BLOCK_BITS 16 /* is written or not as a whole */
#define WITHIN 0.9    /* of an entry: passes of the next one come to the same place */
#define AGAIN 0.1     /* of an instruction's uses: fewer of pages that come again are by chance */
#define TWICE_MIN 4   /* rows that were met twice: fewer tell little of those that were not met, */
#define COVERED 0.6   /* unless so large a part of the uses is of pages that were met before */
#define USES_MIN 40
#define PASSES_FEW 2 /* what lives no longer is used by one pass */

struct use { /* of a page, in a sample */
	int64_t time;
	uint64_t pc, page;
	uint32_t row;
	bool writes;
};

struct row {
	int64_t first, last;
	uint64_t page;
	uint32_t uses;
};

struct rows {
	struct use *use;
	struct row *row;
	uint32_t uses, count;
	double samples; /* that met memory at all */
};

struct class
{				 /* of rows: those that are written, or not */
	double once, twice, all; /* rows that were met so often */
	double uses, live_ns;	 /* of rows that were met twice or more */
	double again;		 /* such rows */
};

/* Of one sample, each page once. */
static void add_use(struct rows *r, uint32_t sample, const struct touch_sample *s)
{
	uint64_t page = s->address >> PAGE_BITS;
	for (uint32_t i = sample; i < r->uses; i++)
		if (r->use[i].page == page) {
			r->use[i].writes |= s->writes;
			return;
		}
	r->use[r->uses++] = (struct use){s->time, s->pc, page, 0, s->writes};
}

static void find_uses(struct rows *r, const struct touch_sample *s, size_t count)
{
	uint32_t sample = 0;
	r->use = memory_new(count, sizeof(*r->use));
	for (size_t i = 0; i < count; i++) {
		if (!i || s[i].time != s[i - 1].time || s[i].thread != s[i - 1].thread) {
			sample = r->uses;
			r->samples++;
		}
		add_use(r, sample, &s[i]);
	}
}

static void find_rows(struct rows *r, double entry_ns)
{
	struct hash last; /* page -> row, plus 1 */
	hash_init(&last, sizeof(uint32_t));
	r->row = memory_new(r->uses, sizeof(*r->row));
	for (uint32_t i = 0; i < r->uses; i++) {
		struct use *u = &r->use[i];
		bool fresh;
		uint32_t *at = hash_put(&last, u->page + 1, 1, &fresh);
		if (!*at || (double)(u->time - r->row[*at - 1].last) >= WITHIN * entry_ns) {
			r->row[r->count] = (struct row){u->time, u->time, u->page, 0};
			*at = ++r->count;
		}
		u->row = *at - 1;
		r->row[u->row].last = u->time;
		r->row[u->row].uses++;
	}
	hash_free(&last);
}

struct chance { /* of an instruction */
	uint32_t uses, again;
};

/* Takes the uses of instructions whose pages hardly ever come again out of their rows. */
static void leave_out_runs(struct rows *r)
{
	struct hash by_pc;
	uint32_t kept = 0;
	bool fresh;
	hash_init(&by_pc, sizeof(struct chance));
	for (uint32_t i = 0; i < r->uses; i++) {
		struct chance *c = hash_put(&by_pc, r->use[i].pc + 1, 1, &fresh);
		c->uses++;
		c->again += r->row[r->use[i].row].uses > 1;
	}
	for (uint32_t i = 0; i < r->uses; i++) {
		const struct chance *c = hash_get(&by_pc, r->use[i].pc + 1, 1);
		if (c->again > 0 && c->again >= AGAIN * c->uses)
			r->use[kept++] = r->use[i];
		else
			r->row[r->use[i].row].uses--;
	}
	r->uses = kept;
	hash_free(&by_pc);
}

static void find_written(const struct rows *r, struct hash *written)
{
	bool fresh;
	hash_init(written, 8);
	for (uint32_t i = 0; i < r->uses; i++)
		if (r->use[i].writes)
			hash_put(written, r->use[i].page >> (BLOCK_BITS - PAGE_BITS), 1, &fresh);
}

static void add_row(struct class *c, const struct row *row)
{
	double uses = row->uses;
	c->all += uses > 0;
	c->once += row->uses == 1;
	c->twice += row->uses == 2;
	if (row->uses < 2)
		return;
	c->again++;
	c->uses += uses;
	c->live_ns += (double)(row->last - row->first) * (uses + 1) / (uses - 1);
}

/* How long a row lives, ns; 0: none was met twice. */
static double life(const struct class *c)
{
	return c->again > 0 ? c->live_ns / c->again : 0;
}

/* Bytes that rows of a class need at a time, in a region that goes on for so long. */
static double bytes_of(const struct class *c, double region_ns)
{
	double uses = c->uses + c->once;
	bool covered = uses > 0 && c->uses >= COVERED * uses;
	if (uses < USES_MIN || (c->twice < TWICE_MIN && !covered) || region_ns <= 0)
		return 0;
	double rows = c->all + c->once * (c->once - 1) / (2 * (c->twice + 1));
	return rows * fmin(1, life(c) / region_ns) * (1 << PAGE_BITS);
}

static double share_of(const struct rows *r)
{
	double met = 0;
	for (uint32_t i = 0; i < r->uses; i++)
		met += !i || r->use[i].time != r->use[i - 1].time;
	return r->samples > 0 ? fmin(1, met / r->samples) : 0;
}

static struct footprint sum_up(const struct rows *r, const struct footprint_times *t, double ns)
{
	struct class written = {0}, read = {0};
	struct footprint f = {0, 0, share_of(r)};
	struct hash blocks;
	find_written(r, &blocks);
	for (uint32_t i = 0; i < r->count; i++) {
		uint64_t block = r->row[i].page >> (BLOCK_BITS - PAGE_BITS);
		add_row(hash_get(&blocks, block, 1) ? &written : &read, &r->row[i]);
	}
	hash_free(&blocks);
	f.private_bytes = bytes_of(&written, ns);
	if (life(&read) <= PASSES_FEW * t->piece)
		f.private_bytes += bytes_of(&read, ns);
	else
		f.shared_bytes = bytes_of(&read, ns);
	return f;
}

struct footprint footprint_of(const struct touch_sample *s, size_t count,
			      const struct footprint_times *t)
{
	struct rows r = {0};
	struct footprint f = {0};
	if (count < USES_MIN || t->entry <= 0)
		return f;
	find_uses(&r, s, count);
	find_rows(&r, t->entry);
	leave_out_runs(&r);
	f = sum_up(&r, t, (double)(s[count - 1].time - s[0].time));
	free(r.use);
	free(r.row);
	return f;
}

void footprint_bound(struct footprint *f, double touched)
{
	double sum = f->private_bytes + f->shared_bytes;
	if (touched <= 0 || sum <= touched)
		return;
	f->private_bytes *= touched / sum;
	f->shared_bytes *= touched / sum;
}
