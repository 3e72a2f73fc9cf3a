#include "profiler/kernel_feed.h"
#include "collectors/kernel/perf_open.h"
#include "profiler/message.h"
#include "profiler/store.h"

#define STACK_BYTES 8192u

static void wait_seen(void *data, uint32_t tid, int64_t begin, int64_t end)
{
	tasks_waited(&((struct kernel_feed *)data)->tasks, tid, begin, end);
}

static void note(struct store *store, const char *sched, const char *by, uint32_t hertz,
		 bool kernel)
{
	store_run_set_text(store, "sched", sched);
	store_run_set_text(store, "sample_by", hertz ? by : "none");
	store_run_set_int(store, "sample_hertz", hertz);
	store_run_set_int(store, "sample_kernel", kernel);
}

#define BY_SIGNAL                                                                                  \
	"sampled by signal, at the kernel's tick: programs that load the library, not what the "   \
	"kernel does"

static void is_refused(struct kernel_feed *k, const struct kernel_settings *s, int error,
		       struct ingest *ingest)
{
	bool by_signal = s->by != SAMPLE_BY_KERNEL;
	note(k->store, s->switches ? "poll" : "off", "signal", by_signal ? s->hertz : 0, false);
	store_run_set_text(k->store, "sched_reason", perf_refusal(error));
	if (s->switches || s->by == SAMPLE_BY_KERNEL)
		store_unseen(
		    k->store, perf_refusal(error),
		    s->hertz && !by_signal ? "what ran when, and every switch" : "every switch", 1);
	k->polling = s->switches;
	if (k->polling)
		sched_poll_open(&k->poll, ingest, k->store);
}

/* What the kernel tells; it was asked for something. 0, or what it refused with. */
static int open_rings(struct kernel_feed *k, const struct kernel_settings *s, uint32_t hertz,
		      pid_t pid)
{
	struct ring_settings rings = {s->switches, hertz, STACK_BYTES};
	int error = rings_open(&k->rings, pid, &rings);
	if (error)
		return error;
	k->open = true;
	happenings_init(&k->happenings, &k->rings, hertz != 0);
	tasks_open(&k->tasks, k->store, s->switches);
	k->samples_wanted = hertz != 0;
	if (k->samples_wanted) {
		samples_open(&k->samples, k->ingest, k->store, s->stack_depth);
		address_samples_open(&k->addresses, k->store);
	}
	if (s->switches)
		ingest_on_wait(k->ingest, wait_seen, k);
	return 0;
}

struct own_samples kernel_feed_open(struct kernel_feed *k, const struct kernel_settings *s,
				    pid_t pid, struct store *store, struct ingest *ingest)
{
	uint32_t hertz = s->by == SAMPLE_BY_SIGNAL ? 0 : s->hertz, own = s->hertz - hertz;
	int error = 0;
	*k = (struct kernel_feed){.store = store, .ingest = ingest};
	if (s->switches || hertz)
		error = open_rings(k, s, hertz, pid);
	if (error && s->by == SAMPLE_BY_AUTO)
		own = s->hertz;
	if (error)
		is_refused(k, s, error, ingest);
	else
		note(store, s->switches ? "ring" : "off", own ? "signal" : "kernel", s->hertz,
		     hertz && k->rings.kernel);
	if (own)
		store_unseen(store, BY_SIGNAL, "what ran", 1);
	if (!own && s->by == SAMPLE_BY_AUTO)
		return (struct own_samples){s->hertz, true};
	return (struct own_samples){own, false};
}

void kernel_feed_start(struct kernel_feed *k, uint64_t monotonic_ns)
{
	k->start_ns = k->settled_ns = monotonic_ns;
}

void kernel_feed_listen(struct kernel_feed *k, const struct sample_listener *l)
{
	k->listener = l ? *l : (struct sample_listener){0};
	k->samples.listener = k->listener.frames;
	k->addresses.listener = k->listener.uses;
	k->samples.listener_data = k->addresses.listener_data = k->listener.data;
}

static int64_t run_ns(const struct kernel_feed *k, uint64_t monotonic_ns)
{
	return monotonic_ns > k->start_ns ? (int64_t)(monotonic_ns - k->start_ns) : 0;
}

static void tell_end(const struct kernel_feed *k, const struct happening *h, int64_t ns)
{
	bool exec = h->kind == HAPPENING_NAMED && h->flag;
	if (k->listener.ended && (exec || (h->kind == HAPPENING_ENDED && h->pid == h->tid)))
		k->listener.ended(k->listener.data, h->pid, ns - exec);
}

static void happen(void *data, const struct happening *h)
{
	struct kernel_feed *k = data;
	int64_t ns = run_ns(k, h->time);
	bool of_scheduler = h->kind == HAPPENING_OUT || h->kind == HAPPENING_IN;
	if (h->kind == HAPPENING_LOST)
		k->lost += h->count;
	if (k->samples_wanted && !of_scheduler) {
		tell_end(k, h, ns);
		int64_t task = tasks_of(&k->tasks, h->tid);
		samples_happen(&k->samples, h, ns, task);
		address_samples_happen(&k->addresses, h, ns, task);
	}
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
	if (k->samples_wanted) {
		samples_close(&k->samples);
		address_samples_close(&k->addresses);
	}
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
