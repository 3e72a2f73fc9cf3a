#include "profiler/kernel_feed.h"
#include "collectors/kernel/perf_open.h"
#include "profiler/message.h"
#include "profiler/store.h"

#define STACK_BYTES 8192u

static void wait_seen(void *data, uint32_t tid, int64_t begin, int64_t end)
{
	tasks_waited(&((struct kernel_feed *)data)->tasks, tid, begin, end);
}

static void note(struct store *store, const char *sched, uint32_t hertz, bool kernel)
{
	store_run_set_text(store, "sched", sched);
	store_run_set_int(store, "sample_hertz", hertz);
	store_run_set_int(store, "sample_kernel", kernel);
}

static void is_refused(struct kernel_feed *k, const struct kernel_settings *s, int error,
		       struct ingest *ingest)
{
	note(k->store, s->switches ? "poll" : "off", 0, false);
	store_run_set_text(k->store, "sched_reason", perf_refusal(error));
	store_unseen(k->store, perf_refusal(error),
		     s->hertz ? "what ran when, and every switch" : "every switch", 1);
	k->polling = s->switches;
	if (k->polling)
		sched_poll_open(&k->poll, ingest, k->store);
}

void kernel_feed_open(struct kernel_feed *k, const struct kernel_settings *s, pid_t pid,
		      struct store *store, struct ingest *ingest)
{
	struct ring_settings rings = {s->switches, s->hertz, STACK_BYTES};
	*k = (struct kernel_feed){.store = store, .ingest = ingest};
	if (!s->switches && !s->hertz) {
		note(store, "off", 0, false);
		return;
	}
	int error = rings_open(&k->rings, pid, &rings);
	if (error) {
		is_refused(k, s, error, ingest);
		return;
	}
	k->open = true;
	note(store, s->switches ? "ring" : "off", s->hertz, k->rings.kernel);
	happenings_init(&k->happenings, &k->rings, s->hertz != 0);
	tasks_open(&k->tasks, store, s->switches);
	k->samples_wanted = s->hertz != 0;
	if (k->samples_wanted)
		samples_open(&k->samples, ingest, store, s->stack_depth);
	if (s->switches)
		ingest_on_wait(ingest, wait_seen, k);
}

void kernel_feed_start(struct kernel_feed *k, uint64_t monotonic_ns)
{
	k->start_ns = k->settled_ns = monotonic_ns;
}

static int64_t run_ns(const struct kernel_feed *k, uint64_t monotonic_ns)
{
	return monotonic_ns > k->start_ns ? (int64_t)(monotonic_ns - k->start_ns) : 0;
}

static void happen(void *data, const struct happening *h)
{
	struct kernel_feed *k = data;
	int64_t ns = run_ns(k, h->time);
	if (h->kind == HAPPENING_LOST)
		k->lost += h->count;
	if (k->samples_wanted)
		samples_happen(&k->samples, h, ns, tasks_of(&k->tasks, h->tid));
	tasks_happen(&k->tasks, h, ns);
}

uint64_t kernel_feed_tick(struct kernel_feed *k, const struct watch *watch, uint64_t monotonic_ns)
{
	if (k->polling)
		sched_poll_look(&k->poll, watch, monotonic_ns, run_ns(k, monotonic_ns));
	if (!k->open)
		return 0;
	uint64_t bytes = happenings_read(&k->happenings, monotonic_ns, happen, k);
	tasks_settle(&k->tasks, run_ns(k, k->settled_ns));
	if (k->samples_wanted)
		samples_settle(&k->samples, run_ns(k, k->settled_ns));
	k->settled_ns = monotonic_ns;
	return bytes;
}

void kernel_feed_drop(struct kernel_feed *k)
{
	if (k->polling)
		sched_poll_close(&k->poll);
	k->polling = false;
	if (!k->open)
		return;
	k->open = false;
	ingest_on_wait(k->ingest, NULL, NULL);
	if (k->samples_wanted)
		samples_close(&k->samples);
	tasks_close(&k->tasks, run_ns(k, k->settled_ns));
	happenings_free(&k->happenings);
	rings_close(&k->rings);
}

void kernel_feed_close(struct kernel_feed *k, uint64_t monotonic_ns)
{
	if (!k->open) {
		kernel_feed_drop(k);
		return;
	}
	happenings_read(&k->happenings, UINT64_MAX, happen, k);
	k->settled_ns = monotonic_ns;
	store_run_set_int(k->store, "kernel_lost", (int64_t)k->lost);
	if (k->lost)
		store_oddity(k->store, "records of the kernel that found no room", (int64_t)k->lost,
			     NULL);
	kernel_feed_drop(k);
}
