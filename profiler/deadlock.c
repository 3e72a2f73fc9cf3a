#include "profiler/deadlock.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#define LONG_NS 1000000000u /* a wait that deserves a look */
#define LOOK_NS 200000000u
#define AGAIN_NS 100000000u   /* when something was found */
#define FULL_NS 2000000000ull /* when nothing has changed; twice as long each time */
#define FULL_MAX_NS 32000000000ull
#define TIMES_IN_A_ROW 3u
#define SEEN_MAX 256u /* deadlocks kept in mind: a program of many is not told about all */

const char *const deadlock_kind_names[] = {
    [DEADLOCK_CYCLE] = "cycle",
    [DEADLOCK_SELF] = "self",
    [DEADLOCK_LEFT] = "left",
    [DEADLOCK_SILENT] = "silent",
};

void deadlock_open(struct deadlock_watch *d, const struct watch *watch, struct store *store,
		   struct ingest *ingest, struct anchor first)
{
	*d = (struct deadlock_watch){
	    .watch = watch, .store = store, .ingest = ingest, .first = first};
}

static bool is_speaking(struct deadlock_watch *d)
{
	if (d->speaker && waitpid(d->speaker, NULL, WNOHANG) != 0)
		d->speaker = 0;
	return d->speaker != 0;
}

void deadlock_close(struct deadlock_watch *d)
{
	while (d->speaker && waitpid(d->speaker, NULL, 0) < 0 && errno == EINTR)
		;
	blocked_free(&d->blocked);
	free(d->seen);
	*d = (struct deadlock_watch){0};
}

static struct deadlock_seen *seen_get(struct deadlock_watch *d, uint64_t identity)
{
	for (uint32_t i = 0; i < d->seen_count; i++)
		if (d->seen[i].identity == identity)
			return &d->seen[i];
	if (d->seen_count == SEEN_MAX)
		return NULL;
	if (d->seen_count == d->seen_room) {
		d->seen_room = d->seen_room ? 2 * d->seen_room : 8;
		d->seen = memory_grow(d->seen, d->seen_room, sizeof(*d->seen));
	}
	d->seen[d->seen_count] = (struct deadlock_seen){.identity = identity};
	return &d->seen[d->seen_count++];
}

/* One report at a time; what comes meanwhile is found again. */
static void found(void *data, const struct deadlock *deadlock)
{
	struct deadlock_watch *d = data;
	struct deadlock_seen *seen = seen_get(d, deadlock->identity);

	if (!seen)
		return;
	seen->again = true;
	seen->times++;
	if (seen->reported || seen->times < TIMES_IN_A_ROW || is_speaking(d))
		return;
	seen->reported = true;
	deadlock_store(deadlock, d->store, d->ingest, d->now);
	pid_t speaker =
	    deadlock_say(deadlock, d->store,
			 ingest_time(d->ingest, d->now) - ingest_time(d->ingest, deadlock->formed));
	d->speaker = speaker > 0 ? speaker : 0;
}

/* Drops what is no more, and has not been reported. false: there is something to be found again. */
static bool settle(struct deadlock_watch *d)
{
	uint32_t kept = 0;
	bool settled = true;

	for (uint32_t i = 0; i < d->seen_count; i++) {
		struct deadlock_seen *s = &d->seen[i];
		if (!s->again && !s->reported)
			continue;
		settled &= s->reported;
		s->again = false;
		d->seen[kept++] = *s;
	}
	d->seen_count = kept;
	return settled;
}

/* A joined thread is known by its handle; the wait gets its tid as the one who holds it up. */
static void find_joined(struct deadlock_watch *d)
{
	struct query *q = NULL;

	for (uint32_t i = 0; i < d->blocked.threads; i++) {
		struct blocked_thread *t = &d->blocked.thread[i];
		if (!t->waiting || t->hook->family != FAMILY_join)
			continue;
		if (!q)
			q = store_query(d->store, "SELECT tid FROM thread WHERE process = ?1 AND "
						  "handle = ?2 ORDER BY id DESC LIMIT 1");
		query_bind_int(q, 1, d->blocked.process[t->process].number);
		query_bind_int(q, 2, (int64_t)t->wait.object);
		t->wait.holder = query_step(q) ? (uint32_t)query_int(q, 0) : 0;
		query_reset(q);
	}
	query_close(q);
}

/* Ticks of LONG_NS ago, 0: the recording is younger. */
static uint64_t long_ago(const struct deadlock_watch *d, uint64_t now_ns, uint64_t ticks_now)
{
	if (now_ns < d->first.monotonic_ns + LONG_NS || ticks_now <= d->first.ticks)
		return 0;
	double rate =
	    (double)(ticks_now - d->first.ticks) / (double)(now_ns - d->first.monotonic_ns);
	return ticks_now - (uint64_t)(rate * LONG_NS);
}

void deadlock_look(struct deadlock_watch *d, uint64_t now_ns, uint64_t ticks_now)
{
	if (now_ns < d->next_ns)
		return;
	d->next_ns = now_ns + LOOK_NS;
	d->now = ticks_now;
	uint64_t before = long_ago(d, now_ns, ticks_now);
	uint64_t signature = before ? blocked_signature(d->watch, before) : 0;
	bool same = signature == d->signature;
	if (!signature || (same && now_ns < d->full_ns))
		return;
	d->pause_ns = !same ? FULL_NS : d->pause_ns < FULL_MAX_NS ? 2 * d->pause_ns : FULL_MAX_NS;
	d->full_ns = now_ns + d->pause_ns;
	blocked_read(&d->blocked, d->watch, before);
	find_joined(d);
	deadlock_find(&d->blocked, d->watch->arena, found, d);
	bool settled = settle(d);
	d->signature = settled ? signature : 0;
	if (!settled)
		d->next_ns = now_ns + AGAIN_NS;
}
