#include "tests/unit/history_random.h"
#include "tests/unit/history_text.h"

struct dice dice_of(uint64_t seed)
{
	return (struct dice){(seed + 1) * 0x9e3779b97f4a7c15ull};
}

uint32_t dice_roll(struct dice *d, uint32_t sides)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return sides ? (uint32_t)(d->state >> 20) % sides : 0;
}

struct damage {
	struct history *h;
	struct dice dice;
};

static bool now_and_then(struct damage *d)
{
	return !dice_roll(&d->dice, 8);
}

static int64_t any_time(struct damage *d)
{
	return (int64_t)dice_roll(&d->dice, (uint32_t)(2 * d->h->end_ns + 100)) - 50;
}

static uint32_t any_index(struct damage *d, size_t count)
{
	return dice_roll(&d->dice, 5) ? dice_roll(&d->dice, (uint32_t)count)
				      : NOBODY - dice_roll(&d->dice, 3);
}

static void damage_threads(struct damage *d)
{
	for (size_t i = 0; i < d->h->threads; i++) {
		struct history_thread *t = &d->h->thread[i];
		if (now_and_then(d))
			t->begin = any_time(d);
		if (now_and_then(d))
			t->end = any_time(d);
		if (now_and_then(d))
			t->parent = any_index(d, d->h->threads);
		if (now_and_then(d))
			t->created = any_time(d);
		if (now_and_then(d))
			t->cpu_ns = any_time(d);
		if (now_and_then(d))
			t->voluntary = t->involuntary = -1;
		if (now_and_then(d))
			t->group = any_index(d, d->h->threads);
	}
}

static void damage_wait(struct damage *d, struct history_wait *w)
{
	switch (dice_roll(&d->dice, 8)) {
	case 0:
		w->begin = any_time(d);
		break;
	case 1:
		w->end = any_time(d);
		break;
	case 2:
		w->thread = any_index(d, d->h->threads);
		break;
	case 3:
		w->object = any_index(d, d->h->objects);
		break;
	case 4:
		w->holder = any_index(d, d->h->threads);
		w->other = any_index(d, d->h->objects);
		break;
	case 5:
		w->begin = w->end;
		break;
	case 6:
		w->flags = (uint8_t)dice_roll(&d->dice, 256);
		break;
	default:
		w->weight = (uint16_t)dice_roll(&d->dice, 4);
		break;
	}
}

static void damage_waits(struct damage *d)
{
	size_t count = d->h->waits;

	for (size_t i = 0; i < count; i++) {
		if (now_and_then(d))
			damage_wait(d, &d->h->wait[i]);
		if (now_and_then(d)) {
			struct history_wait copy = d->h->wait[i];
			copy.begin += dice_roll(&d->dice, 3);
			copy.end -= dice_roll(&d->dice, 3);
			*history_add_wait(d->h) = copy;
		}
	}
}

static void damage_holds(struct damage *d)
{
	for (size_t i = 0; i < d->h->holds; i++) {
		struct history_hold *r = &d->h->hold[i];
		if (now_and_then(d))
			r->acquired = any_time(d);
		if (now_and_then(d))
			r->released = any_time(d);
		if (now_and_then(d))
			r->thread = any_index(d, d->h->threads);
		if (now_and_then(d))
			r->object = any_index(d, d->h->objects);
		if (now_and_then(d))
			*r = d->h->hold[--d->h->holds]; /* lost */
	}
}

static void damage_rest(struct damage *d)
{
	for (size_t i = 0; i < d->h->wakes; i++) {
		if (now_and_then(d))
			d->h->wake[i].time = any_time(d);
		if (now_and_then(d))
			d->h->wake[i].object = any_index(d, d->h->objects);
		if (now_and_then(d))
			d->h->wake[i].count = dice_roll(&d->dice, 3);
	}
	for (size_t i = 0; i < d->h->polls; i++) {
		if (now_and_then(d))
			d->h->poll[i].first = any_time(d);
		if (now_and_then(d))
			d->h->poll[i].last = any_time(d);
		if (now_and_then(d))
			d->h->poll[i].thread = any_index(d, d->h->threads);
		if (now_and_then(d))
			d->h->poll[i].count = dice_roll(&d->dice, 3);
	}
	for (size_t i = 0; i < d->h->usages; i++) {
		if (now_and_then(d))
			d->h->usage[i].time = any_time(d);
		if (now_and_then(d))
			d->h->usage[i].cpu_ns = any_time(d);
		if (now_and_then(d))
			d->h->usage[i].thread = any_index(d, d->h->threads);
	}
}

/* Of a few threads the scheduler was seen: their times off lie anywhere. */
static void add_offs(struct damage *d)
{
	for (size_t i = 0; i < d->h->threads; i++) {
		if (dice_roll(&d->dice, 3))
			continue;
		d->h->thread[i].scheduled = true;
		for (uint64_t n = dice_roll(&d->dice, 30); n > 0; n--) {
			struct history_off *o = history_add_off(d->h);
			o->thread = now_and_then(d) ? any_index(d, d->h->threads) : (uint32_t)i;
			o->begin = any_time(d);
			o->end = any_time(d);
			o->ready = (float)dice_roll(&d->dice, 5) / 4;
			o->hidden = dice_roll(&d->dice, 3) ? 1 - o->ready : 0;
		}
	}
}

void history_damaged(struct history *h, uint64_t seed)
{
	struct damage d = {h, dice_of(seed)};

	history_random(h, seed, NULL);
	damage_threads(&d);
	damage_waits(&d);
	damage_holds(&d);
	damage_rest(&d);
	add_offs(&d);
	for (size_t i = 0; i < h->tallies; i++)
		if (now_and_then(&d))
			h->tally[i].object = any_index(&d, h->objects);
	if (now_and_then(&d))
		h->end_ns = any_time(&d);
}
