#include "collectors/preload/table.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/segment.h"

uint32_t generation_counter[GENERATION_COUNTERS];

#define GROWN_LOG2_MIN 9u

static void set_size(struct thread *t, uint32_t log2)
{
	t->table_shift = 64 - log2;
	t->table_mask = (1u << log2) - 1;
}

void table_start(struct thread *t)
{
	t->directory = NULL;
	t->table_used = 0;
	set_size(t, FIRST_SLOTS_LOG2);
}

static void directory_free(struct directory *d)
{
	/* three chunks share a segment: free it with its first */
	for (uint32_t i = 0; i < d->chunks; i += CHUNKS_PER_SEGMENT)
		segment_free((struct segment *)((char *)arena_at(process.arena, d->chunk[i]) -
						sizeof(struct segment)));
	segment_free(&d->head);
}

static struct directory *directory_make(struct thread *t, uint32_t log2)
{
	uint32_t chunks = (1u << log2) / SLOTS_PER_CHUNK;
	if (chunks > DIRECTORY_CHUNKS_MAX)
		return NULL;
	struct directory *d = (struct directory *)segment_claim(SEGMENT_DIRECTORY, t);
	if (!d)
		return NULL;
	d->log2_slots = log2;
	while (d->chunks < chunks) {
		struct segment *s = segment_claim(SEGMENT_TABLE, t);
		if (!s) {
			directory_free(d);
			return NULL;
		}
		struct chunk *chunk = (struct chunk *)(s + 1);
		for (uint32_t i = 0; i < CHUNKS_PER_SEGMENT && d->chunks < chunks; i++)
			d->chunk[d->chunks++] = arena_ref(process.arena, chunk + i);
	}
	return d;
}

/* Counts of objects that no longer exist leave the table as TALLY records. */
static bool is_stale(const struct slot *s)
{
	return s->generation != generation_of(s->object);
}

static void held_moved(struct thread *t, const struct slot *from, struct slot *to)
{
	for (uint32_t i = 0; i < t->held_count; i++)
		if (t->held[i].slot == from)
			t->held[i].slot = to;
}

static uint32_t count_live(struct thread *t)
{
	uint32_t live = 0;
	for (uint32_t i = 0; i <= t->table_mask; i++) {
		const struct slot *s = table_slot(t, i);
		live += s->site && !is_stale(s);
	}
	return live;
}

static void move(struct thread *t, struct directory *d, const struct counter *counter,
		 const struct slot *slot)
{
	uint32_t mask = (1u << d->log2_slots) - 1;
	uint32_t i = (uint32_t)(counter->tag >> (64 - d->log2_slots));
	while (table_chunk(d, i)->counter[i % SLOTS_PER_CHUNK].tag)
		i = (i + 1) & mask;
	struct chunk *to = table_chunk(d, i);
	to->slot[i % SLOTS_PER_CHUNK] = *slot;
	to->counter[i % SLOTS_PER_CHUNK] = *counter;
	held_moved(t, slot, &to->slot[i % SLOTS_PER_CHUNK]);
}

static void retire(struct thread *t, const struct counter *counter, const struct slot *slot)
{
	held_moved(t, slot, NULL);
	emit_tally(t, slot, counter->count);
	if (!slot->stats)
		return;
	struct stats *stats = arena_at(process.arena, slot->stats);
	*stats = (struct stats){.wait = t->stats_spare};
	t->stats_spare = slot->stats;
}

/*
 * Order matters for a reader that comes after a SIGKILL at any point: the new table is published
 * first, then the stale entries, which only the old one had, are written as records.
 */
static bool grow(struct thread *t)
{
	uint32_t live = count_live(t), log2 = GROWN_LOG2_MIN, old_mask = t->table_mask;
	while (1u << log2 < live * 4)
		log2++;
	struct directory *old = t->directory, *d = directory_make(t, log2);
	if (!d)
		return false;
	for (uint32_t i = 0; i <= old_mask; i++)
		if (table_slot(t, i)->site && !is_stale(table_slot(t, i)))
			move(t, d, table_counter(t, i), table_slot(t, i));
	__atomic_store_n(&t->block.directory, arena_ref(process.arena, d), __ATOMIC_RELEASE);
	for (uint32_t i = 0; i <= old_mask; i++)
		if (table_slot(t, i)->site && is_stale(table_slot(t, i)))
			retire(t, table_counter(t, i), table_slot(t, i));
	t->directory = d;
	set_size(t, log2);
	t->table_used = live;
	if (old)
		directory_free(old);
	return true;
}

/* The entry with the tag, or the free one to put it into. */
static struct entry probe(struct thread *t, uint64_t tag)
{
	uint32_t i = (uint32_t)(tag >> t->table_shift);
	for (;; i = (i + 1) & t->table_mask) {
		struct counter *c = table_counter(t, i);
		if (!c->tag || c->tag == tag)
			return (struct entry){c, table_slot(t, i)};
	}
}

struct entry table_insert(struct thread *t, uint64_t object, uint64_t site, bool *fresh)
{
	uint32_t generation = generation_of(object);
	uint64_t tag = table_tag(object, site, generation);
	struct entry e = probe(t, tag);
	*fresh = false;
	if (e.counter->tag)
		return e;
	if (t->table_used * 2 > t->table_mask) {
		if (!grow(t)) {
			if (!t->block.untabled++)
				emit_note(t, NOTE_TABLE_FULL, 1, "");
			return (struct entry){NULL, NULL};
		}
		e = probe(t, tag);
	}
	*fresh = true;
	t->table_used++;
	e.slot->object = object;
	e.slot->generation = generation;
	__atomic_store_n(&e.slot->site, site, __ATOMIC_RELEASE);
	__atomic_store_n(&e.counter->tag, tag, __ATOMIC_RELEASE);
	return e;
}

struct stats *table_stats(struct thread *t, struct slot *slot)
{
	if (likely(slot->stats))
		return arena_at(process.arena, slot->stats);
	if (t->stats_spare) {
		struct stats *spare = arena_at(process.arena, t->stats_spare);
		slot->stats = t->stats_spare;
		t->stats_spare = (uint32_t)spare->wait;
		spare->wait = 0;
		return spare;
	}
	if (t->stats_next + sizeof(struct stats) > t->stats_end) {
		struct segment *s = segment_claim(SEGMENT_STATS, t);
		if (!s)
			return NULL;
		t->stats_next = (char *)(s + 1);
		t->stats_end = (char *)s + SEGMENT_SIZE;
	}
	struct stats *stats = (struct stats *)t->stats_next;
	t->stats_next += sizeof(struct stats);
	slot->stats = arena_ref(process.arena, stats);
	return stats;
}
