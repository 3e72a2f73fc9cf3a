#include "reports/python/python.h"
#include <stddef.h>

#define HELD_SHARE 0.6		/* of what they compute */
#define WAITED_SHARE 0.2	/* of the time they want it */
#define WORTH_SHARE 0.1		/* of the run */
#define HELD_RUN_SHARE 0.5	/* of the run */
#define INPUT_TIMES 2		/* so much longer in input, output and sleep than on cores */
#define COST_SHARE 0.25		/* of the work on cores */
#define COST_RUN_SHARE 0.2	/* of the run: who mostly sleeps may send a message now and then */
#define LARGE_MESSAGE 16384	/* bytes: the bytes cost more than the message */
#define CONVOY_REQUESTS_MIN 0.5 /* of the victim, per wait: it had to ask for it */
#define CONVOY_REQUESTS_MAX 2.5
#define CONVOY_WAITED_SHARE 0.10 /* of its life */
#define CONVOY_HOLD_SHARE 0.04	 /* of its waits: it needs the GIL for moments */

const char *python_kind_word(enum python_kind kind)
{
	static const char *const words[PYTHON_KIND_COUNT] = {
#define X(name, word) word,
	    PYTHON_KINDS(X)
#undef X
	};
	return words[kind];
}

/* One thread needs the GIL for moments, and waits for a whole interval each time, as another one
 * computes with it. */
bool python_is_convoy(const struct python_convoy *c)
{
	if (c->waits < 5 || c->waited < CONVOY_WAITED_SHARE * c->life)
		return false;
	double requests = c->requests / c->waits;
	return requests >= CONVOY_REQUESTS_MIN && requests <= CONVOY_REQUESTS_MAX &&
	       c->held <= CONVOY_HOLD_SHARE * c->waited && c->others_held > 4 * c->held;
}

/*
 * Several threads compute, most of it with the GIL, and wait for it a good part of the time in
 * which they want it. Threads that drop it for what takes long hold it for a tenth of their work,
 * and wait hardly ever. Shares of the run would tell less: on a crowded machine nobody may have it
 * for a while.
 */
bool python_is_gil_bound(const struct python_sums *s)
{
	double wanted = s->computing_held + s->computing_waited;
	return s->computing >= 2 && s->computing_held >= HELD_SHARE * s->computing_work &&
	       s->computing_waited >= WAITED_SHARE * wanted &&
	       s->computing_waited >= WORTH_SHARE * s->wall &&
	       s->held_wall >= HELD_RUN_SHARE * s->wall;
}

static bool messages_cost(const struct python_sums *s)
{
	return s->processes > 1 && s->cost >= COST_SHARE * (s->work + s->cost) &&
	       s->cost >= COST_RUN_SHARE * s->wall;
}

/* Threads that hand tasks on wait for the GIL, too: what they do comes first. */
enum python_kind python_kind_of(const struct python_sums *s, const struct python_convoy *c)
{
	if (messages_cost(s)) {
		double bytes = s->messages > 0 ? s->message_bytes / s->messages : 0;
		return bytes >= LARGE_MESSAGE ? PYTHON_transfer : PYTHON_tasks;
	}
	if (python_is_gil_bound(s))
		return PYTHON_gil;
	if (python_is_convoy(c))
		return PYTHON_convoy;
	return s->input >= INPUT_TIMES * (s->work + s->cost) ? PYTHON_io : PYTHON_none;
}
