#include "reports/advise/handed.h"
#include "profiler/text.h"

#define BLOCK_LEAST 4096
#define PAIRS 16 /* of a read with writes before it */

struct block {
	uint32_t task, run;	  /* of the last write; task CALL_NONE: none */
	bool kept, apart;	  /* it was read by relatives, by others */
	uint32_t reader;	  /* the task of the last of these */
	uint32_t handed, counted; /* so often to another one of these in a run: that one */
};

static uint32_t region_of(const struct calls *c, const struct touch_sample *s)
{
	return s->sum ? 0 : c->call[s->call].region;
}

static void write_block(struct handed *h, struct block *b, const struct touch_sample *s,
			uint32_t task)
{
	h->written += b->task == CALL_NONE;
	b->task = task;
	b->run = s->run;
}

static void read_apart(struct handed *h, struct block *b, uint32_t run, uint32_t task)
{
	if (b->counted != run)
		b->handed = 0;
	b->handed += b->counted != run || b->reader != task;
	b->counted = run;
	b->reader = task;
	if (b->handed > h->most_apart)
		h->most_apart = b->handed;
}

static void read_block(struct handed *h, struct block *b, const struct touch_sample *s,
		       uint32_t task, const struct calls *c)
{
	if (b->task == CALL_NONE || b->task == task || b->run != s->run)
		return;
	bool kept = calls_are_relatives(c, b->task, task);
	h->kept += kept && !b->kept && !b->apart;
	h->apart += !kept && !b->apart;
	h->kept -= !kept && b->kept && !b->apart;
	if (!kept)
		read_apart(h, b, s->run, task);
	*(kept ? &h->reads_kept : &h->reads_apart) += 1;
	*(kept ? &b->kept : &b->apart) = true;
}

/* Of all recursions that are looked at with blocks of that size. */
static void count_blocks(struct regions *r, const struct calls *c, const struct touch_sample *s,
			 size_t count, uint32_t bytes)
{
	struct hash blocks;
	bool fresh;
	hash_init(&blocks, sizeof(struct block));
	for (size_t i = 0; i < count; i++) {
		uint32_t region = region_of(c, &s[i]), task = c->call[s[i].call].task;
		struct handed *h = &r->region[region].handed;
		if (!region || h->block_bytes != bytes)
			continue;
		struct block *b = hash_put(&blocks, s[i].address / bytes, region, &fresh);
		if (s[i].writes)
			write_block(h, b, &s[i], task);
		else
			read_block(h, b, &s[i], task, c);
	}
	hash_free(&blocks);
}

static bool tells(const struct handed *h)
{
	return h->kept + h->apart >= HANDED_TELLING || h->reads_apart >= HANDED_TELLING;
}

/* Those with too little to tell get larger blocks. */
static bool enlarge(struct regions *r)
{
	bool any = false;
	for (uint32_t i = 1; i < r->count; i++) {
		struct handed *h = &r->region[i].handed;
		if (!h->block_bytes || tells(h) || h->block_bytes >= HANDED_BLOCK_MOST)
			continue;
		*h = (struct handed){
		    .alike = h->alike, .state = h->state, .block_bytes = 2 * h->block_bytes};
		any = true;
	}
	return any;
}

/* write: tasks of what was written in this run of the recursion, in order. */
static uint32_t pairs_apart(const struct calls *c, const uint32_t *write, size_t writes,
			    uint32_t task, uint32_t *pairs)
{
	uint32_t apart = 0;
	for (size_t k = 0; k < PAIRS && writes; k++) {
		uint32_t other = write[k * writes / PAIRS];
		apart += !calls_are_relatives(c, other, task);
		*pairs += other != task;
	}
	return apart;
}

static double usual(const struct calls *c, const struct touch_sample *s, size_t count,
		    uint32_t region)
{
	uint32_t *write = memory_new(count + 1, sizeof(*write));
	uint32_t pairs = 0, apart = 0, run = 0;
	size_t writes = 0;
	for (size_t i = 0; i < count; i++) {
		if (region_of(c, &s[i]) != region)
			continue;
		if (s[i].run != run)
			writes = 0;
		run = s[i].run;
		if (s[i].writes)
			write[writes++] = c->call[s[i].call].task;
		else
			apart += pairs_apart(c, write, writes, c->call[s[i].call].task, &pairs);
	}
	free(write);
	return pairs ? (double)apart / pairs : 0;
}

void handed_count(struct regions *r, const struct calls *c, const struct touch_sample *s,
		  size_t count)
{
	uint32_t bytes = BLOCK_LEAST;
	for (uint32_t i = 1; i < c->count; i++)
		r->region[c->call[i].region].handed.block_bytes = bytes;
	do {
		count_blocks(r, c, s, count, bytes);
		bytes *= 2;
	} while (enlarge(r));
	for (uint32_t i = 1; i < r->count; i++)
		if (r->region[i].handed.block_bytes)
			r->region[i].handed.apart_usual = usual(c, s, count, i);
}
