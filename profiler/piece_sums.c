#include "profiler/piece_sums.h"
#include "profiler/text.h"
#include <stdlib.h>

#define FEW 10

struct known { /* what the instruction before an address does */
	uint64_t ip, pc;
	struct access access;
};

struct summing {
	struct piece_moment *m;
	const struct image *image;
	struct piece_event event[2 * MOMENT_HITS_MAX];
	size_t events;
	struct known known[32];
	int knows;
};

/* Does a stretch of time have a part in which hits were not recorded? */
static bool is_blind(const struct piece_moment *m, uint64_t begin, uint64_t end)
{
	return m->blind_ns && begin < m->seeing_ns && end > m->blind_ns;
}

static void add_interval(const struct piece_moment *m, struct piece_sum *sum, size_t first,
			 size_t next)
{
	if (is_blind(m, m->hit[first].time, m->hit[next].time))
		return;
	if (!sum->interval)
		sum->interval = memory_new(PIECE_INTERVALS, sizeof(*sum->interval));
	sum->interval[sum->intervals++ % PIECE_INTERVALS] = (struct piece_interval){
	    m->hit[next].cpu_ns - m->hit[first].cpu_ns, (uint32_t)(next - first)};
}

static void add_intervals(const struct piece_moment *m, struct piece_sum *sum, uint64_t cpu_ns)
{
	size_t first = m->hits;
	uint64_t blind = m->seeing_ns - m->blind_ns;
	for (size_t i = 0; i < m->hits; i++) {
		bool hidden = is_blind(m, m->hit[i].time, m->hit[i].time + 1);
		sum->traps += !hidden;
		if (m->hit[i].place != 0)
			continue;
		sum->hits += !hidden;
		if (first < i)
			add_interval(m, sum, first, i);
		first = i;
	}
	sum->on_ns += cpu_ns > blind ? cpu_ns - blind : 0;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* The middle of the intervals of one trap, 0: they are few, or the loop is not tight. */
static uint64_t trap_seen(const struct piece_moment *m)
{
	uint64_t ns[MOMENT_HITS_MAX];
	size_t count = 0;
	for (size_t i = 1; m->loop->tight && i < m->hits; i++)
		if (m->hit[i].place == 0 && m->hit[i - 1].place == 0)
			ns[count++] = m->hit[i].cpu_ns - m->hit[i - 1].cpu_ns;
	qsort(ns, count, sizeof(*ns), by_size);
	return count < FEW ? 0 : ns[count / 2];
}

/* The instruction at which, or behind which, a thread was stopped for using data. */
static struct known before(const struct summing *s, uint64_t ip)
{
	struct known k = {.ip = ip};
	struct piece_function *f = piece_loops_function(s->m->loop->process, s->image, ip);
	if (!f)
		return k;
	uint32_t at = (uint32_t)(ip - f->begin);
	size_t low = 0, high = f->loops.instructions;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (f->loops.instruction[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low + 1; i-- > 0 && i + 1 >= low;) {
		if (i >= f->loops.instructions)
			continue;
		uint32_t o = f->loops.instruction[i];
		struct access a =
		    access_of(s->m->tools->accesses, f->code + o, f->size - o, f->begin + o);
		bool ends = o + a.size == at, stays = o == at && a.repeated;
		if (a.memory && (ends || stays)) {
			k.pc = f->begin + o;
			k.access = a;
			break;
		}
	}
	return k;
}

static const struct known *known_at(struct summing *s, uint64_t ip)
{
	for (int i = 0; i < s->knows; i++)
		if (s->known[i].ip == ip)
			return &s->known[i];
	if (s->knows == (int)(sizeof(s->known) / sizeof(*s->known)))
		s->knows = 0;
	s->known[s->knows] = before(s, ip);
	return &s->known[s->knows++];
}

static struct known at_instruction(const struct summing *s, uint64_t pc)
{
	struct known k = {.ip = pc, .pc = pc};
	struct piece_function *f = piece_loops_function(s->m->loop->process, s->image, pc);
	if (f)
		k.access = access_of(s->m->tools->accesses, f->code + (pc - f->begin),
				     f->size - (pc - f->begin), pc);
	return k;
}

static void add_use(struct summing *s, const struct trap_hit *h)
{
	struct piece_moment *m = s->m;
	struct piece_event *e = &s->event[s->events++];
	bool replaced = m->way == TRAP_REPLACED;
	*e = (struct piece_event){.time = h->time};
	struct known k = replaced ? at_instruction(s, h->ip) : *known_at(s, h->ip);
	e->address = m->traps.place[h->place].address;
	e->bytes = m->traps.place[h->place].bytes;
	if (replaced) {
		e->address =
		    h->has_registers ? operand_address(&m->operand[h->place], h->registers) : 0;
		e->bytes = m->operand[h->place].size;
	}
	e->pc = k.pc;
	e->known = k.access.known;
	e->reads = k.access.reads;
	e->writes = k.access.writes;
	e->adds = k.access.adds;
}

/* The first instruction of a pass may use memory as well. */
static void add_event(struct summing *s, const struct trap_hit *h)
{
	if (h->place == 0)
		s->event[s->events++] = (struct piece_event){.time = h->time, .begin = true};
	if (h->place > 0 || (s->m->way == TRAP_REPLACED && s->m->operand[0].pc))
		add_use(s, h);
}

static bool accumulates(void *data, uint64_t load_pc, uint64_t store_pc)
{
	const struct summing *s = data;
	struct piece_function *f = piece_loops_function(s->m->loop->process, s->image, load_pc);
	return f && load_pc < store_pc && store_pc - f->begin < f->size &&
	       access_accumulates(s->m->tools->accesses, f->code + (load_pc - f->begin),
				  f->size - (load_pc - f->begin), load_pc, store_pc);
}

static struct piece_word *word_of(struct piece_loop *l, uint64_t address, uint8_t bytes,
				  uint64_t pc)
{
	for (size_t i = 0; i < l->words; i++)
		if (l->word[i].address == address && l->word[i].bytes == bytes)
			return &l->word[i];
	if (l->words == PIECE_WORDS_MAX)
		return NULL;
	if (!l->word)
		l->word = memory_new(PIECE_WORDS_MAX, sizeof(*l->word));
	l->word[l->words] = (struct piece_word){.address = address, .bytes = bytes, .pc = pc};
	return &l->word[l->words++];
}

static void add_word(struct piece_loop *l, const struct piece_moment_events *of, uint64_t address,
		     uint8_t bytes, uint64_t pc, bool fixed)
{
	struct piece_word_seen seen = piece_word_look(of, address, bytes);
	/* Of what a replaced instruction used in no whole piece nothing is known. */
	bool tells = fixed ? seen.whole : seen.pieces;
	struct piece_word *w = tells ? word_of(l, address, bytes, pc) : NULL;
	if (!w)
		return;
	w->pieces += seen.pieces;
	if (seen.kind > w->kind)
		w->kind = seen.kind;
	w->delay += seen.timed ? seen.delay : 0;
	w->delays += seen.timed;
}

/* Every address that was used: of all of them the same was watched, the instructions. */
static void add_used(struct summing *s, struct piece_moment_events *of)
{
	for (size_t i = 0; i < s->events; i++) {
		const struct piece_event *e = &s->event[i];
		bool before_this = e->begin || !e->address;
		for (size_t k = 0; k < i && !before_this; k++)
			before_this = !s->event[k].begin && s->event[k].address == e->address &&
				      s->event[k].bytes == e->bytes;
		if (!before_this)
			add_word(s->m->loop, of, e->address, e->bytes, e->pc, false);
	}
}

static void add_words(struct summing *s, int places)
{
	const struct piece_moment *m = s->m;
	struct piece_moment_events of = {.event = s->event,
					 .count = s->events,
					 .until_ns = UINT64_MAX,
					 .trap_ns = piece_trap_ns(m->tools),
					 .accumulates = accumulates,
					 .data = s};
	bool replaced = m->way == TRAP_REPLACED;
	for (int i = 1; i < places; i++) {
		if (!replaced) {
			of.armed_ns = m->traps.armed_ns[i];
			of.until_ns = m->until_ns[i];
			add_word(m->loop, &of, m->traps.place[i].address, m->traps.place[i].bytes,
				 m->use[i].pc, true);
		}
		if (m->traps.armed_ns[i] > of.armed_ns)
			of.armed_ns = m->traps.armed_ns[i];
		if (m->until_ns[i] < of.until_ns)
			of.until_ns = m->until_ns[i];
	}
	if (replaced && places > 1)
		add_used(s, &of);
}

void piece_sums_add(struct piece_moment *m, const struct image *image, int places, uint64_t cpu_ns)
{
	uint64_t seen_ns = trap_seen(m);
	m->tools->tight_ns += seen_ns;
	m->tools->tight += seen_ns != 0;
	m->loop->moments++;
	m->loop->empty += m->count[0] == 0;
	add_intervals(m, places > 1 ? &m->loop->laden : &m->loop->bare, cpu_ns);
	if (!image || places < 2)
		return;
	struct summing *s = memory_new(1, sizeof(*s));
	s->m = m;
	s->image = image;
	for (size_t i = 0; i < m->hits; i++)
		add_event(s, &m->hit[i]);
	add_words(s, places);
	free(s);
}
