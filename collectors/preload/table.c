#include "collectors/preload/table.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/segment.h"

uint32_t generation_counter[GENERATION_COUNTERS];

void table_start(struct thread *t)
{
	t->table_log2 = FIRST_SLOTS_LOG2;
	t->table_used = 0;
	t->directory = NULL;
}

static struct slot *directory_slot(const struct directory *d, uint32_t index)
{
	struct slot *chunk = arena_at(process.arena, d->chunk[index / SLOTS_PER_CHUNK]);
	return &chunk[index % SLOTS_PER_CHUNK];
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
		struct slot *chunk = (struct slot *)(s + 1);
		for (uint32_t i = 0; i < CHUNKS_PER_SEGMENT && d->chunks < chunks; i++)
			d->chunk[d->chunks++] = arena_ref(process.arena, chunk + i * SLOTS_PER_CHUNK);
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
	for (uint32_t i = 0; i < 1u << t->table_log2; i++) {
		struct slot *s = table_at(t, i);
		live += s->site && !is_stale(s);
	}
	return live;
}

static void move_slot(struct thread *t, struct directory *d, struct slot *from)
{
	uint32_t mask = (1u << d->log2_slots) - 1;
	uint32_t i = table_hash(from->object, from->site, d->log2_slots);
	struct slot *to = directory_slot(d, i);
	while (to->site) {
		i = (i + 1) & mask;
		to = directory_slot(d, i);
	}
	*to = *from;
	held_moved(t, from, to);
}

static void retire(struct thread *t, struct slot *s)
{
	held_moved(t, s, NULL);
	emit_tally(t, s);
	if (!s->stats)
		return;
	struct stats *stats = arena_at(process.arena, s->stats);
	*stats = (struct stats){.wait = t->stats_spare};
	t->stats_spare = s->stats;
}

/*
 * Order matters for a reader that comes after a SIGKILL at any point: the new table is published
 * first, then the stale entries, which only the old one had, are written as records.
 */
static bool grow(struct thread *t)
{
	uint32_t live = count_live(t);
	uint32_t log2 = 7;
	while (1u << log2 < live * 2)
		log2++;
	struct directory *old = t->directory, *d = directory_make(t, log2);
	if (!d)
		return false;
	uint32_t old_slots = 1u << t->table_log2;
	for (uint32_t i = 0; i < old_slots; i++) {
		struct slot *s = table_at(t, i);
		if (s->site && !is_stale(s))
			move_slot(t, d, s);
	}
	__atomic_store_n(&t->block.directory, arena_ref(process.arena, d), __ATOMIC_RELEASE);
	for (uint32_t i = 0; i < old_slots; i++) {
		struct slot *s = old ? directory_slot(old, i) : &t->block.first[i];
		if (s->site && is_stale(s))
			retire(t, s);
	}
	t->directory = d;
	t->table_log2 = log2;
	t->table_used = live;
	if (old)
		directory_free(old);
	return true;
}

static struct slot *probe(struct thread *t, uint64_t object, uint64_t site, uint32_t generation)
{
	uint32_t mask = (1u << t->table_log2) - 1;
	uint32_t i = table_hash(object, site, t->table_log2);
	for (;;) {
		struct slot *s = table_at(t, i);
		if (!s->site || (s->object == object && s->site == site && s->generation == generation))
			return s;
		i = (i + 1) & mask;
	}
}

struct slot *table_insert(struct thread *t, uint64_t object, uint64_t site, bool *fresh)
{
	uint32_t generation = generation_of(object);
	struct slot *s = probe(t, object, site, generation);
	*fresh = !s->site;
	if (s->site)
		return s;
	if (t->table_used >= (3u << t->table_log2) / 4) {
		if (!grow(t)) {
			t->block.untabled++;
			*fresh = false;
			return NULL;
		}
		s = probe(t, object, site, generation);
	}
	t->table_used++;
	s->object = object;
	s->generation = generation;
	__atomic_store_n(&s->site, site, __ATOMIC_RELEASE);
	return s;
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
