#include "reports/sweep/pass.h"

enum { LONG = 100 }; /* a phase of this part of the run is one, whatever its thread does then */

static struct account_serial *serial_of(struct pass *p, uint32_t thread, uint32_t stack)
{
	struct account *out = p->out;
	bool fresh;
	uint32_t *index = hash_put(&p->serials, (uint64_t)thread + 1, stack, &fresh);

	if (!fresh)
		return &out->serial[*index];
	*index = (uint32_t)out->serials;
	if (out->serials == p->serial_room) {
		p->serial_room = p->serial_room ? 2 * p->serial_room : 32;
		out->serial = memory_grow(out->serial, p->serial_room, sizeof(*out->serial));
	}
	out->serial[out->serials] = (struct account_serial){.thread = thread, .stack = stack};
	return &out->serial[out->serials++];
}

void lone_serial(struct pass *p, uint32_t thread, uint32_t stack, int64_t begin, int64_t ns)
{
	struct account_serial *s = serial_of(p, thread, stack);

	s->count++;
	s->ns += ns;
	if (ns > s->longest_ns) {
		s->longest_ns = ns;
		s->begin_ns = begin;
	}
}

void lone_settle(struct pass *p)
{
	struct lone *l = &p->shares.lone;

	if (l->thread == NOBODY)
		return;
	if (l->waited || l->idle == 0 || l->ns >= p->out->wall_ns / LONG) {
		pass_lose(p, PART_serial, NOTHING, l->idle + l->rest);
		lone_serial(p, l->thread, l->stack, l->begin, l->ns);
	} else {
		pass_lose(p, PART_starvation, p->shares.idle_group, l->idle);
		p->shares.few_threads += l->rest;
	}
	l->thread = NOBODY;
}

static void note_stack(struct lone *l, uint32_t stack, int64_t dt)
{
	l->now_ns = (l->stack_now == stack ? l->now_ns : 0) + dt;
	l->stack_now = stack;
	if (l->now_ns > l->stack_ns) {
		l->stack_ns = l->now_ns;
		l->stack = stack;
	}
}

void lone_add(struct pass *p, uint32_t thread, int64_t dt, double idle, double rest)
{
	struct lone *l = &p->shares.lone;

	if (l->thread != thread || !l->open) {
		lone_settle(p);
		*l = (struct lone){.thread = thread, .open = true, .begin = p->now};
	}
	l->ns += dt;
	note_stack(l, p->actor[thread].span.stack, dt);
	l->idle += idle;
	l->rest += rest;
}
