#include "profiler/piece_moment.h"
#include "collectors/kernel/armed.h"
#include "profiler/piece_sums.h"
#include <errno.h>
#include <string.h>

#define REGISTER_NS 20000000u /* after so long it is over, or the loop is slow */
#define REPLACED_NS 3000000u
#define DEAR_NS 8000000u /* where the program also pays for what is not hit */
#define ENOUGH_HITS 8u
#define HITS_NS 700000u
#define HITS_LEAST 16u
#define SLOW_NS 10000000000u
#define NONE_NS 500000000u /* if it was not come to at all */
#define GONE_NS 300000000u /* no sample found the thread in the loop for so long */
#define LINE 64

bool piece_moment_is_dear(const struct piece_moment *m)
{
	return m->way == TRAP_REPLACED || armed_slows();
}

/* Nobody goes on being stopped for what is not recorded any more. */
static void drop(struct piece_moment *m, int place, uint64_t since_ns, uint64_t now_ns)
{
	bool replaced = m->way == TRAP_REPLACED;
	m->until_ns[place] = since_ns;
	traps_drop(&m->traps, place);
	if (!replaced || since_ns >= now_ns)
		return;
	m->cost_ns += now_ns - since_ns;
	if (!m->blind_ns || since_ns < m->blind_ns)
		m->blind_ns = since_ns;
	m->seeing_ns = now_ns;
}

/* The largest aligned piece of an operand that a debug register can watch. */
static uint8_t watchable(uint64_t address, uint8_t bytes)
{
	uint8_t size = 8;
	while (size > 1 && (size > bytes || address % size))
		size /= 2;
	return size;
}

static int worth(const struct piece_use *u)
{
	int often = u->seen > 3 ? 3 : (int)u->seen, before = u->watched > 8 ? 8 : (int)u->watched;
	return 2 * u->writes + (u->fixed ? 3 : often) - 2 * before;
}

static bool is_beside(const struct piece_moment *m, int places, const struct piece_use *u)
{
	for (int i = 1; i < places; i++)
		if (m->way == TRAP_REPLACED ? m->use[i].pc == u->pc
					    : m->use[i].address / LINE == u->address / LINE)
			return true;
	return false;
}

static bool is_same(const struct operand *a, const struct operand *b)
{
	return a->offset == b->offset && a->base == b->base && a->index == b->index &&
	       a->scale == b->scale;
}

/* The same memory as one chosen before, as far as that can be told. */
static bool belongs(const struct piece_moment *m, int places, const struct piece_use *u)
{
	for (int i = 1; i < places && m->way == TRAP_REPLACED; i++)
		if (u->fixed && m->use[i].fixed && is_same(&u->operand, &m->use[i].operand))
			return true;
	return false;
}

/* The next best one that is not like those chosen before; NULL: none. */
static struct piece_use *next_use(const struct piece_moment *m, int places)
{
	struct piece_use *best = NULL;
	for (int i = 0; i < m->loop->uses; i++) {
		struct piece_use *u = &m->loop->use[i];
		if (m->way == TRAP_REPLACED ? u->pc == m->loop->header : !u->address)
			continue;
		if (is_beside(m, places, u))
			continue;
		if (belongs(m, places, u))
			return u;
		if (!best || worth(u) > worth(best))
			best = u;
	}
	return best;
}

/* The place in the file of an instruction. */
static bool place_of_code(struct trap_place *p, const struct image *image, uint64_t address)
{
	struct image_function f;
	if (!image_function(image, address, &f) ||
	    !trap_can_replace(f.code + (address - f.begin), f.size - (address - f.begin)))
		return false;
	p->address = address;
	p->file = f.path;
	p->offset = f.offset + (address - f.begin);
	return true;
}

/* So many that they cost no more than a millisecond, or little more with those of words. */
static uint32_t hits_of(const struct piece_tools *t, int words)
{
	uint64_t hits = HITS_NS / (piece_trap_ns(t) + 1) / (words ? 2 : 1);
	return hits > MOMENT_HITS ? MOMENT_HITS : hits < HITS_LEAST ? HITS_LEAST : (uint32_t)hits;
}

static bool place_of_use(struct piece_moment *m, struct trap_place *p, const struct image *image,
			 int place)
{
	const struct piece_use *u = &m->use[place];
	*p = (struct trap_place){.limit = 2 * hits_of(m->tools, 1)};
	if (m->way == TRAP_REGISTER) {
		p->address = u->address;
		p->bytes = watchable(u->address, u->bytes);
		return true;
	}
	const struct piece_function *f = piece_loops_function(m->loop->process, image, u->pc);
	return f && place_of_code(p, image, u->pc) &&
	       piece_loops_operand(m->tools->loops, f, u->pc, &m->operand[place]);
}

int piece_moment_open(struct piece_moment *m, struct piece_tools *tools, enum trap_way way,
		      struct piece_loop *loop, const struct image *image, int words,
		      uint64_t now_ns)
{
	struct trap_place place[TRAPS_MAX] = {
	    {.address = loop->header, .limit = hits_of(tools, words)}};
	int places = 1;
	*m = (struct piece_moment){.loop = loop, .tools = tools, .way = way, .begin_ns = now_ns};
	memset(m->until_ns, 0xff, sizeof(m->until_ns));
	if (way == TRAP_REPLACED && !place_of_code(&place[0], image, loop->header)) {
		m->loop = NULL;
		return ENOENT;
	}
	const struct piece_function *f = piece_loops_function(loop->process, image, loop->header);
	if (f)
		piece_loops_operand(tools->loops, f, loop->header, &m->operand[0]);
	for (int tries = 0; places <= words && tries < 2 * PIECE_USES; tries++) {
		struct piece_use *u = next_use(m, places);
		if (!u)
			break;
		u->watched++;
		m->use[places] = *u;
		places += place_of_use(m, &place[places], image, places);
	}
	int error = traps_open(&m->traps, way, (pid_t)loop->tid, place, places);
	if (error)
		m->loop = NULL;
	else
		loop->watched = true;
	return error;
}

int piece_moment_open_slow(struct piece_moment *m, struct piece_tools *tools,
			   struct piece_loop *loop, const struct image *image, uint64_t now_ns)
{
	int error = piece_moment_open(m, tools, tools->slow_way, loop, image, 0, now_ns);
	m->slow = !error;
	return error;
}

/* Goes on with the header, and with what is rare enough; on debug registers with one word only, the
 * others are wanted. */
static void slow_down(struct piece_moment *m, uint64_t now_ns)
{
	int kept = 0;
	m->slow = m->loop->slow = true;
	for (int i = 1; i < m->traps.count; i++) {
		bool rare = m->count[i] <= 4 * (m->count[0] + 1);
		if (m->until_ns[i] == UINT64_MAX && (!rare || kept++))
			drop(m, i, now_ns, now_ns);
	}
}

static void read_hits(struct piece_moment *m)
{
	size_t got = traps_read(&m->traps, m->hit + m->hits, MOMENT_HITS_MAX - m->hits);
	for (size_t i = 0; i < got; i++)
		m->count[m->hit[m->hits + i].place]++;
	m->hits += got;
}

static uint64_t last_of(const struct piece_moment *m, int place)
{
	for (size_t i = m->hits; i-- > 0;)
		if (m->hit[i].place == place)
			return m->hit[i].time;
	return m->begin_ns;
}

/* To replace code may take as long as a moment does. */
static uint64_t armed_ns(const struct piece_moment *m)
{
	return m->traps.armed_ns[m->traps.count - 1];
}

bool piece_moment_look(struct piece_moment *m, uint64_t now_ns)
{
	uint64_t limit = m->way == TRAP_REPLACED ? REPLACED_NS
			 : armed_slows()	 ? DEAR_NS
						 : REGISTER_NS;
	uint64_t seen = m->loop->seen_ns, armed = armed_ns(m);
	uint64_t age = now_ns > armed ? now_ns - armed : 0;
	read_hits(m);
	for (int i = 1; i < m->traps.count; i++)
		if (m->until_ns[i] == UINT64_MAX && m->count[i] >= m->traps.place[i].limit)
			drop(m, i, last_of(m, i), now_ns);
	if (m->count[0] >= m->traps.place[0].limit)
		return true;
	if (age < limit)
		return false;
	if (m->count[0] >= ENOUGH_HITS)
		return true;
	if (!m->slow)
		slow_down(m, now_ns);
	return age >= (m->count[0] ? SLOW_NS : NONE_NS) ||
	       (now_ns > seen && now_ns - seen > GONE_NS);
}

uint64_t piece_moment_cost(const struct piece_moment *m)
{
	return m->cost_ns + m->hits * piece_trap_ns(m->tools);
}

/* Code is put back one place after the other: until its turn comes each stops the program as often
 * as it did. */
static uint64_t behind_ns(const struct piece_moment *m)
{
	uint64_t sum = 0;
	for (int i = 1; i < m->traps.count; i++) {
		uint64_t ns = last_of(m, i) - m->begin_ns,
			 traps = m->count[i] * piece_trap_ns(m->tools);
		if (ns && m->count[i])
			sum += (uint64_t)i * TRAP_BEHIND_NS * (traps < ns ? traps : ns) / ns;
	}
	return sum;
}

uint64_t piece_moment_close(struct piece_moment *m, const struct image *image, uint64_t now_ns)
{
	read_hits(m);
	uint64_t cpu_ns = traps_cpu_ns(&m->traps);
	if (m->way == TRAP_REPLACED)
		for (int i = 0; i < m->traps.count; i++)
			if (m->until_ns[i] == UINT64_MAX && m->count[i] >= m->traps.place[i].limit)
				m->cost_ns += now_ns - last_of(m, i);
	int places = m->traps.count;
	if (m->way == TRAP_REPLACED)
		m->cost_ns += behind_ns(m);
	else
		m->cost_ns += armed_loss_ns(traps_armed_ns(&m->traps));
	traps_close(&m->traps);
	piece_sums_add(m, image, places, cpu_ns);
	m->loop->watched = false;
	m->loop = NULL;
	return piece_moment_cost(m);
}
