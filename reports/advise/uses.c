#include "reports/advise/uses.h"
#include "profiler/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REGIONS_MAX 16 /* of one place of code: more are as good as everywhere */
#define FRAMES_MAX 512

#define HELD_LITTLE 0.005 /* of a region's time */
#define SAID_MOST 3
#define ADVISED_MOST 2

static const struct kind_words {
	const char *name, *does, *before, *after;
} kinds[] = {
#define X(name, does, before, after) {#name, does, before, after},
    USE_KINDS(X)
#undef X
};

const char *use_kind_name(enum use_kind kind)
{
	return kinds[kind].name;
}

void uses_init(struct uses *t)
{
	*t = (struct uses){0};
	hash_init(&t->by_key, sizeof(uint32_t));
	hash_init(&t->by_place, sizeof(struct use));
}

void uses_free(struct uses *t)
{
	for (size_t i = 0; i < t->things; i++) {
		free(t->thing[i].name);
		free(t->thing[i].place);
	}
	free(t->thing);
	free(t->use);
	hash_free(&t->by_key);
	hash_free(&t->by_place);
}

static uint32_t thing_of(struct uses *t, uint64_t key, const struct thing *like)
{
	bool fresh;
	uint32_t *place = hash_put(&t->by_key, key, like->kind + 1, &fresh);
	if (!fresh)
		return *place;
	if (t->things == t->thing_room) {
		t->thing_room = t->thing_room * 2 + 16;
		t->thing = memory_grow(t->thing, t->thing_room, sizeof(*t->thing));
	}
	*place = (uint32_t)t->things;
	t->thing[t->things] = *like;
	t->thing[t->things].name = memory_copy(like->name);
	t->thing[t->things].place = memory_copy(like->place);
	return (uint32_t)t->things++;
}

static struct use *use_of(struct uses *t, uint32_t region, uint32_t thing)
{
	bool fresh;
	struct use *use = hash_put(&t->by_place, region, thing + 1, &fresh);
	if (fresh)
		*use = (struct use){.region = region, .thing = thing};
	return use;
}

void uses_add_state(struct uses *t, uint32_t region, const char *function, double samples)
{
	const struct shared_state *state = shared_state_find(function);
	if (!state || !region)
		return;
	struct thing like = {.kind = USE_state, .name = (char *)function, .state = state};
	use_of(t, region, thing_of(t, (uint64_t)(uintptr_t)state, &like))->share += samples;
}

/* The regions that a place of code lies in. */
struct site {
	uint32_t region[REGIONS_MAX], count, next; /* next: site of the same function, plus 1 */
	struct stack_frame frame;
};

struct sites {
	const struct codes *codes;
	const struct regions *regions;
	struct call_stacks first; /* stacks in which objects were first used */
	struct site *site;
	size_t count, room;
	struct hash by_code;	 /* -> index of site */
	struct hash by_function; /* -> index of the first one of it, plus 1 */
	struct step step[FRAMES_MAX];
	struct stack_frame frame[FRAMES_MAX];
};

static struct site *site_of(struct sites *s, int64_t code)
{
	bool fresh;
	const struct code_place *place = codes_place(s->codes, code);
	if (!place)
		return NULL;
	uint32_t *at = hash_put(&s->by_code, (uint64_t)code, 1, &fresh);
	if (!fresh)
		return &s->site[*at];
	if (s->count == s->room) {
		s->room = s->room * 2 + 64;
		s->site = memory_grow(s->site, s->room, sizeof(*s->site));
	}
	*at = (uint32_t)s->count;
	uint32_t *first = hash_put(&s->by_function, place->function, 1, &fresh);
	s->site[s->count] = (struct site){.frame = {(uint32_t)code, *place}, .next = *first};
	*first = (uint32_t)++s->count;
	return &s->site[s->count - 1];
}

static void note(struct site *site, uint32_t region)
{
	for (uint32_t i = 0; i < site->count; i++)
		if (site->region[i] == region)
			return;
	if (site->count < REGIONS_MAX)
		site->region[site->count++] = region;
	else
		site->region[0] = 0;
}

static void add_first(void *data, const int64_t *value)
{
	struct sites *s = data;
	struct site *site = site_of(s, value[0]);
	const struct stack_span *span = call_stacks_get(&s->first, value[1]);
	if (!site || !span)
		return;
	size_t steps =
	    steps_of(s->codes, s->first.frame + span->first, span->count, s->step, FRAMES_MAX);
	note(site, regions_find(s->regions, s->step, steps));
}

/* The stack up to one of its frames, with a place of code of the same function there. */
static void add_sampled(struct sites *s, const struct stack_frame *f, size_t at)
{
	const uint32_t *first = hash_get(&s->by_function, f[at].place.function, 1);
	if (!first || at >= FRAMES_MAX)
		return;
	memcpy(s->frame, f, at * sizeof(*f));
	for (uint32_t i = *first; i; i = s->site[i - 1].next) {
		s->frame[at] = s->site[i - 1].frame;
		size_t steps = steps_of(s->codes, s->frame, at + 1, s->step, FRAMES_MAX);
		note(&s->site[i - 1], regions_find(s->regions, s->step, steps));
	}
}

static int find_sites(struct sites *s, struct store *store, const struct call_stacks *sampled)
{
	const struct stack_span *span;
	uint64_t key[2];
	if (call_stacks_read(&s->first, store, s->codes, "site_frame") ||
	    store_scan(store, "code, stack", "code_stack", add_first, s))
		return -1;
	for (size_t i = 0; (span = hash_next(&sampled->by_id, &i, key));)
		for (size_t at = 0; at < span->count; at++)
			add_sampled(s, sampled->frame + span->first, at);
	return 0;
}

static bool is_around(const struct regions *r, uint32_t outer, uint32_t inner)
{
	while (inner > outer)
		inner = r->region[inner].parent;
	return inner == outer;
}

/* All calls were made in it, as far as is known. */
static bool has_all(const struct sites *s, const struct site *site, uint32_t region)
{
	for (uint32_t i = 0; i < site->count; i++)
		if (!is_around(s->regions, region, site->region[i]))
			return false;
	return true;
}

/* The call itself is in that loop; a function that is called there may be called elsewhere, too,
 * where no sample met it. */
static bool is_own(const struct sites *s, const struct site *site, uint32_t region)
{
	const struct region *r = &s->regions->region[region];
	uint32_t l = site->frame.place.loop;
	while (l != CODE_NONE && l != r->key)
		l = s->codes->loop[l].parent;
	return r->kind == REGION_LOOP && l != CODE_NONE;
}

/* An earlier one of its regions is in it, too. */
static bool is_done(const struct sites *s, const struct site *site, uint32_t region, uint32_t i)
{
	while (i-- > 0)
		if (is_around(s->regions, region, site->region[i]))
			return true;
	return false;
}

static void add_calls(struct uses *t, const struct sites *s, const struct site *site,
		      uint32_t thing, const int64_t value[3])
{
	for (uint32_t i = 0; i < site->count; i++)
		for (uint32_t r = site->region[i]; r && !is_done(s, site, r, i);
		     r = s->regions->region[r].parent) {
			struct use *use = use_of(t, r, thing);
			bool all = has_all(s, site, r);
			use->at_most |= !all || !is_own(s, site, r);
			use->calls += (double)value[0];
			use->hold_ns += all ? (double)value[1] : 0;
			use->bytes += (double)value[2];
		}
}

static enum use_kind kind_of(const char *kind, const char *mode)
{
	bool out = !strcmp(mode, "send");
	if (!strcmp(mode, "shared"))
		return USE_reading_lock;
	if (!out && strcmp(mode, "receive") != 0)
		return USE_lock;
	if (!strcmp(kind, "file"))
		return out ? USE_write : USE_read;
	return out ? USE_send : USE_receive;
}

static int read_calls(struct uses *t, struct store *store, struct sites *s)
{
	struct query *q = store_query(store, "SELECT code, lock, name, place, kind, mode, calls, "
					     "hold_ns, bytes FROM code_use");
	while (query_step(q)) {
		const struct site *site = site_of(s, query_int(q, 0));
		struct thing like = {.kind = kind_of(query_text(q, 4), query_text(q, 5)),
				     .lock = query_int(q, 1),
				     .name = (char *)query_text(q, 2),
				     .place = (char *)query_text(q, 3)};
		if (!site || !site->count)
			continue;
		add_calls(t, s, site, thing_of(t, (uint64_t)like.lock, &like),
			  (int64_t[]){query_int(q, 6), query_int(q, 7), query_int(q, 8)});
	}
	bool failed = query_failed(q);
	query_close(q);
	return failed ? -1 : 0;
}

static int compare(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->at_most != y->at_most)
		return x->at_most - y->at_most;
	if (x->hold_ns != y->hold_ns)
		return x->hold_ns < y->hold_ns ? 1 : -1;
	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	if (x->share != y->share)
		return x->share < y->share ? 1 : -1;
	return x->thing < y->thing ? -1 : x->thing > y->thing;
}

/* What was sampled inside is in the regions around it, too. */
static void sum_states(struct uses *t, const struct regions *r)
{
	for (uint32_t region = r->count; region-- > 1;)
		for (uint32_t thing = 0; thing < t->things; thing++) {
			const struct use *inner =
			    hash_get(&t->by_place, region, (uint64_t)thing + 1);
			uint32_t parent = r->region[region].parent;
			double samples = inner ? inner->share : 0;
			if (samples > 0 && parent)
				use_of(t, parent, thing)->share += samples;
		}
}

static void sort(struct uses *t, const struct regions *r)
{
	uint64_t key[2];
	const struct use *use;
	t->use = memory_new(t->by_place.count, sizeof(*t->use));
	for (size_t i = 0; (use = hash_next(&t->by_place, &i, key));) {
		t->use[t->count] = *use;
		t->use[t->count++].share /= fmax(1e-9, r->region[use->region].total);
	}
	hash_free(&t->by_place);
	if (t->count)
		qsort(t->use, t->count, sizeof(*t->use), compare);
}

int uses_read(struct uses *t, struct store *store, const struct codes *codes,
	      const struct regions *regions, const struct call_stacks *sampled)
{
	struct sites *s = memory_new(1, sizeof(*s));
	s->codes = codes;
	s->regions = regions;
	hash_init(&s->by_code, sizeof(uint32_t));
	hash_init(&s->by_function, sizeof(uint32_t));
	sum_states(t, regions);
	int result = find_sites(s, store, sampled) || read_calls(t, store, s) ? -1 : 0;
	sort(t, regions);
	call_stacks_free(&s->first);
	hash_free(&s->by_code);
	hash_free(&s->by_function);
	free(s->site);
	free(s);
	return result;
}

/* Part of a region's time that threads would take turns in it. */
static double turns(const struct thing *thing, const struct use *use, double region_ns)
{
	if (thing->state)
		return thing->state->locks ? use->share : 0;
	return thing->kind == USE_lock ? fmin(1, use->hold_ns / fmax(1, region_ns)) : 0;
}

void uses_lock(const struct uses *t, struct regions *r, double sample_ns)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct use *use = &t->use[i];
		struct region *region = &r->region[use->region];
		region->locked = fmax(region->locked,
				      turns(&t->thing[use->thing], use, region->total * sample_ns));
	}
}

const struct use *uses_of(const struct uses *t, uint32_t region, size_t *count)
{
	size_t first = 0, end;
	while (first < t->count && t->use[first].region < region)
		first++;
	for (end = first; end < t->count && t->use[end].region == region; end++)
		;
	*count = end - first;
	return *count ? &t->use[first] : NULL;
}

static const char *name_of(const struct thing *thing)
{
	return thing->name ? thing->name : "a lock without a name";
}

static void say_calls(struct text *out, const struct thing *thing, const struct use *use,
		      double total_ns)
{
	text_format(out, "%s %s ", kinds[thing->kind].does, name_of(thing));
	text_add(out, use->at_most ? "up to " : "");
	text_add_count(out, (uint64_t)use->calls);
	text_add(out, use->calls == 1 ? " time" : " times");
	if (use->hold_ns > HELD_LITTLE * total_ns && total_ns > 0)
		text_format(out, ", held for %.0f %% of their time",
			    100 * fmin(1, use->hold_ns / total_ns));
}

void uses_say(struct text *out, const struct uses *t, uint32_t region, double total_ns)
{
	size_t count;
	const struct use *use = uses_of(t, region, &count);
	for (size_t i = 0; i < count && i < SAID_MOST; i++) {
		const struct thing *thing = &t->thing[use[i].thing];
		text_add(out, i ? ", " : "; its passes use what others would, too: it ");
		if (thing->state)
			text_format(out, "%s %s (%.2g %% of its time), with %s",
				    kinds[thing->kind].does, thing->name, 100 * use[i].share,
				    thing->state->what);
		else
			say_calls(out, thing, &use[i], total_ns);
	}
	if (count > SAID_MOST)
		text_format(out, ", and %zu more", count - SAID_MOST);
}

void uses_advise(struct text *out, const struct uses *t, uint32_t region)
{
	size_t count, said = 0;
	const struct use *use = uses_of(t, region, &count);
	for (size_t i = 0; i < count && said < ADVISED_MOST; i++) {
		const struct thing *thing = &t->thing[use[i].thing];
		const struct kind_words *words = &kinds[thing->kind];
		if (!*words->before)
			continue;
		text_format(out, "%s%s%s%s", said++ ? "; " : "Mind: ", words->before,
			    name_of(thing), words->after);
		if (thing->state)
			text_format(out, ", unless they use %s", thing->state->remedy);
	}
	if (said)
		text_add(out, ". ");
}
