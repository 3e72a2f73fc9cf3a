/* The table of traits. A trait's weight is the part of the threads' time that it costs, about. */
#include "profiler/text.h"
#include "reports/card/card.h"
#include "reports/unit.h"

static const struct style style = {.utf8 = true};

static double part(double of, double whole)
{
	return whole > 0 ? of / whole : 0;
}

static double cost(const struct card_facts *f)
{
	return part((double)f->wait_ns, (double)f->work_ns);
}

static double contended(const struct card_facts *f)
{
	return part((double)f->contended, (double)f->acquisitions);
}

/* A second, of the one that is taken most. */
static double rate(const struct card_facts *f)
{
	return part(1e9 * (double)f->acquisitions_each, (double)f->wall_ns);
}

/* Part of all CPU time spent in lock and unlock. */
static double pairs(const struct card_facts *f)
{
	return part(CARD_PAIR_NS * (double)f->acquisitions, (double)f->cpu_ns);
}

static int64_t average(int64_t sum, int64_t count)
{
	return count ? sum / count : 0;
}

static void add_often(struct text *t, const struct card_facts *f)
{
	text_add(t, "taken ");
	print_count(t, f->acquisitions, &style);
	text_add(t, f->acquisitions == 1 ? " time" : " times");
}

static void add_held(struct text *t, const struct card_facts *f)
{
	if (!f->hold_avg_ns)
		return;
	text_add(t, ", held ");
	print_ns(t, f->hold_avg_ns, &style);
	text_add(t, " on average");
}

static void add_path(struct text *t, const struct card_facts *f)
{
	if (f->path_share < 0.01)
		return;
	text_add(t, ", ");
	print_share(t, f->path_share);
	text_add(t, " of the critical path");
}

/* taken 40000 times, 71 % of them waited, held 5.7 µs on average */
static void say_contention(struct text *t, const struct card_facts *f, const struct history *h)
{
	(void)h;
	add_often(t, f);
	text_add(t, ", ");
	print_share(t, contended(f));
	text_add(t, " of them waited");
	if (f->contended) {
		text_add(t, ", ");
		print_ns(t, average(f->wait_ns, f->contended), &style);
		text_add(t, " on average");
	}
	add_held(t, f);
	add_path(t, f);
}

static double is_hot(const struct card_facts *f)
{
	return card_costs(f) && contended(f) >= CARD_CONTENDED && rate(f) >= CARD_RATE &&
		       (double)f->hold_avg_ns < CARD_LONG_NS
		   ? cost(f)
		   : 0;
}

/* Long sections keep others out though it is taken seldom, and whether or not those that come find
 * it taken: who comes often wins the race for it. */
static double is_over_held(const struct card_facts *f)
{
	return card_costs(f) && (double)f->hold_avg_ns >= CARD_LONG_NS ? cost(f) : 0;
}

static bool is_asked(const struct card_facts *f)
{
	double elsewhere = (double)(f->acquisitions - f->place_all);

	return f->use == USE_LOCK && f->threads > 1 && elsewhere > 0 &&
	       elsewhere <= CARD_ASK_OTHERS * (double)f->place_all &&
	       1e9 * (double)f->place_acquisitions >= CARD_ASK_RATE * (double)f->place_life_ns &&
	       (double)f->hold_avg_ns < CARD_SHORT_NS;
}

static double is_over_fine(const struct card_facts *f)
{
	return f->use == USE_LOCK && f->threads_each > 1 && contended(f) < CARD_CONTENDED &&
		       rate(f) >= CARD_RATE && pairs(f) >= CARD_PAIRS &&
		       (double)f->hold_avg_ns < CARD_SHORT_NS && !is_asked(f)
		   ? pairs(f)
		   : 0;
}

static void say_over_fine(struct text *t, const struct card_facts *f, const struct history *h)
{
	(void)h;
	add_often(t, f);
	text_add(t, ", ");
	print_count(t, (int64_t)part(1e9 * (double)f->acquisitions, (double)f->wall_ns), &style);
	text_add(t, " a second, ");
	print_share(t, contended(f));
	text_add(t, " of them waited");
	add_held(t, f);
	text_add(t, ": locking and unlocking alone is about ");
	print_share(t, pairs(f));
	text_add(t, " of the CPU time");
}

static double is_convoy(const struct card_facts *f)
{
	return card_costs(f) && f->queue >= CARD_QUEUE && contended(f) >= CARD_CONVOY &&
		       (double)f->hand_overs >= CARD_HAND_OVERS &&
		       average(f->hand_over_ns, f->hand_overs) >= f->hold_avg_ns
		   ? cost(f)
		   : 0;
}

static void say_convoy(struct text *t, const struct card_facts *f, const struct history *h)
{
	(void)h;
	text_format(t, "%.3g threads waited for it at a time, on average while any did; ",
		    f->queue);
	print_share(t, contended(f));
	text_add(t, " of its acquisitions waited; handing it over took ");
	print_ns(t, average(f->hand_over_ns, f->hand_overs), &style);
	add_held(t, f);
}

static double is_ping_pong(const struct card_facts *f)
{
	return card_costs(f) && (double)f->hand_overs >= CARD_HAND_OVERS &&
		       part((double)f->to_and_fro, (double)f->hand_overs) >= CARD_TO_AND_FRO &&
		       contended(f) >= CARD_PING_PONG
		   ? cost(f)
		   : 0;
}

static void say_ping_pong(struct text *t, const struct card_facts *f, const struct history *h)
{
	text_add(t, "of ");
	print_count(t, f->hand_overs, &style);
	text_add(t, " hand-overs ");
	print_count(t, f->to_and_fro, &style);
	text_add(t, " gave it straight back to the thread it came from");
	if (f->one != NOBODY && f->other != NOBODY)
		text_format(t, ", most of all between %s and %s", h->thread[f->one].name,
			    h->thread[f->other].name);
	add_held(t, f);
}

static bool starves(const struct card_facts *f, const struct card_mode *m,
		    const struct card_mode *other)
{
	double wait = (double)average(m->wait_ns, m->contended);

	return m->acquisitions && other->acquisitions &&
	       (double)m->contended >= CARD_STARVED_WAITS &&
	       wait >= CARD_STARVED * (double)average(other->wait_ns, other->contended) &&
	       wait >= CARD_STARVED_HOLDS * (double)f->hold_avg_ns &&
	       (double)m->wait_ns >= CARD_COST * (double)f->work_ns;
}

static double is_starved(const struct card_facts *f)
{
	if (!card_costs(f) ||
	    (!starves(f, &f->reader, &f->writer) && !starves(f, &f->writer, &f->reader)))
		return 0;
	return cost(f);
}

static void say_starved(struct text *t, const struct card_facts *f, const struct history *h)
{
	bool readers = starves(f, &f->reader, &f->writer);
	const struct card_mode *m = readers ? &f->reader : &f->writer;
	const struct card_mode *other = readers ? &f->writer : &f->reader;

	(void)h;
	text_add(t,
		 readers ? "readers that waited did so for " : "writers that waited did so for ");
	print_ns(t, average(m->wait_ns, m->contended), &style);
	text_add(t, readers ? " on average, writers for " : " on average, readers for ");
	print_ns(t, average(other->wait_ns, other->contended), &style);
	text_add(t, " (");
	print_count(t, m->contended, &style);
	text_add(t, " and ");
	print_count(t, other->contended, &style);
	text_add(t, " waits)");
	add_held(t, f);
}

static double is_herd(const struct card_facts *f)
{
	double lost = part((double)f->back * CARD_WAKE_NS, (double)f->cpu_ns);

	return (double)f->woken >= CARD_HERD * (double)f->broadcasts && f->broadcasts &&
		       (double)f->back >= CARD_HERD_BACK * (double)f->woken &&
		       (double)f->back >= CARD_HERD_WAKES && lost >= CARD_HERD_COST
		   ? lost
		   : 0;
}

static void say_herd(struct text *t, const struct card_facts *f, const struct history *h)
{
	(void)h;
	print_count(t, f->broadcasts, &style);
	text_format(t, " broadcasts woke %.3g threads each, of which %.3g got on: ",
		    part((double)f->woken, (double)f->broadcasts),
		    part((double)(f->woken - f->back), (double)f->broadcasts));
	print_count(t, f->back, &style);
	text_add(t, " times one was woken only to wait again");
}

static double polling_cost(const struct card_facts *f)
{
	return part((double)f->poll_ns, (double)f->work_ns);
}

static double is_polling(const struct card_facts *f)
{
	if (polling_cost(f) >= CARD_COST)
		return polling_cost(f);
	return is_asked(f) ? part(CARD_PAIR_NS * (double)f->place_all, (double)f->cpu_ns) : 0;
}

static void say_polling(struct text *t, const struct card_facts *f, const struct history *h)
{
	(void)h;
	if (polling_cost(f) >= CARD_COST) {
		text_add(t, "tried ");
		print_count(t, f->poll_tries, &style);
		text_add(t, " times in vain, again and again in ");
		print_count(t, f->polls, &style);
		text_add(t, " runs that took ");
		print_ns(t, f->poll_ns, &style);
		text_add(t, ", while it was taken ");
		print_count(t, f->acquisitions, &style);
		text_add(t, " times");
		return;
	}
	text_add(t, "taken ");
	print_count(t, f->place_all, &style);
	text_add(t, " times at one place, by one thread ");
	print_count(t, (int64_t)part(1e9 * (double)f->place_acquisitions, (double)f->place_life_ns),
		    &style);
	text_add(t, " times a second, and ");
	print_count(t, f->acquisitions - f->place_all, &style);
	text_add(t, " times elsewhere");
	add_held(t, f);
	text_add(t, ": asked again and again whether something has happened");
}

static double is_unnecessary(const struct card_facts *f)
{
	return f->use == USE_LOCK && f->threads_each == 1 && !f->contended && !f->failed &&
		       pairs(f) >= CARD_NEEDLESS
		   ? pairs(f)
		   : 0;
}

static void say_unnecessary(struct text *t, const struct card_facts *f, const struct history *h)
{
	(void)h;
	add_often(t, f);
	text_add(t, ", never contended, ");
	if (f->instances > 1)
		text_format(t, "each of the %lld locks always by one and the same thread",
			    (long long)f->instances);
	else
		text_add(t, "always by one and the same thread");
	text_add(t, ": about ");
	print_share(t, pairs(f));
	text_add(t, " of the CPU time");
}

const struct trait card_traits[] = {
    {"hot", is_hot, say_contention,
     "Divide it, so that threads seldom want the same part: a lock for each shard or thread; or "
     "replace it by an atomic."},
    {"over-held", is_over_held, say_contention,
     "Shorten the section: compute, allocate, print, wait before it is taken or after it is "
     "released."},
    {"over-fine", is_over_fine, say_over_fine,
     "Take it less often: several items under one lock, a buffer for each thread; or use an "
     "atomic."},
    {"convoy", is_convoy, say_convoy,
     "Do not let threads queue behind a sleeper: work in batches under it, spin briefly before "
     "sleeping, or divide it."},
    {"ping-pong", is_ping_pong, say_ping_pong,
     "Let each of the two do several items in one turn, or give them a queue of their own."},
    {"reader-starved", is_starved, say_starved,
     "Choose the lock's preference (PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP), shorten the "
     "sections of those who need not wait, or hand readers a copy."},
    {"herd", is_herd, say_herd,
     "Signal one waiter for each item instead of broadcasting, or give each kind of waiter its "
     "own condition."},
    {"polling", is_polling, say_polling,
     "Wait instead of asking: a condition variable or a semaphore, or a lock that blocks."},
    {"unnecessary", is_unnecessary, say_unnecessary,
     "Leave it out where only one thread ever comes, or lock once around the loop."},
};
const unsigned card_trait_count = sizeof(card_traits) / sizeof(*card_traits);
