#include "collectors/kernel/counter.h"
#include "collectors/kernel/perf_open.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define RING_PAGES 32 /* 128 KiB; perf_event_mlock_kb is 516 for each core and user */
#define RECORD_MAX 65536

struct amount {
	uint64_t value, enabled, running;
};

struct place {	/* one event on one core */
	int fd; /* -1: not open */
	uint64_t id;
	struct amount told; /* sum of the readings handed on */
};

struct ring {
	struct perf_event_mmap_page *page; /* NULL: none */
	uint64_t size;
};

struct counter_set {
	struct counter_plan *plans;
	int count, cores;
	struct place *places; /* [core][counter] */
	struct ring *rings;
	struct by_id {
		uint64_t id;
		int place;
	} * ids; /* sorted */
	int id_count;
	uint64_t lost;
	char record[RECORD_MAX];
};

static void *fresh(size_t count, size_t size)
{
	void *made = calloc(count + 1, size);
	if (!made)
		abort();
	return made;
}

static struct place *place_of(const struct counter_set *s, int core, int counter)
{
	return &s->places[core * s->count + counter];
}

static void refuse(struct counter_set *s, int counter, int error)
{
	s->plans[counter].native = NULL;
	s->plans[counter].why = perf_refusal(error);
	for (int core = 0; core < s->cores; core++) {
		struct place *p = place_of(s, core, counter);
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
	}
}

/* Core by core: the kernel's older versions pair counters of two threads by their order. */
static void open_all(struct counter_set *s, pid_t pid)
{
	for (int i = 0; i < s->count * s->cores; i++)
		s->places[i].fd = -1;
	for (int core = 0; core < s->cores; core++)
		for (int i = 0; i < s->count; i++) {
			struct place *p = place_of(s, core, i);
			if (!s->plans[i].native)
				continue;
			p->fd = perf_open(&s->plans[i].attr, pid, core);
			if (p->fd < 0 && errno != ENODEV) /* that: a core that is off */
				refuse(s, i, errno);
			else if (p->fd >= 0)
				ioctl(p->fd, PERF_EVENT_IOC_ID, &p->id);
		}
}

/* The first event of a core has the ring, the others write into it. */
static void map_ring(struct counter_set *s, int core)
{
	struct ring *r = &s->rings[core];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int leader = -1;
	for (int i = 0; i < s->count; i++) {
		int fd = place_of(s, core, i)->fd;
		if (fd < 0)
			continue;
		if (leader >= 0) {
			ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, leader);
			continue;
		}
		leader = fd;
		void *at = MAP_FAILED;
		for (size_t pages = RING_PAGES; pages && at == MAP_FAILED; pages /= 2) {
			r->size = pages * page;
			at = mmap(NULL, r->size + page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		}
		r->page = at == MAP_FAILED ? NULL : at;
	}
}

static int compare_ids(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void sort_ids(struct counter_set *s)
{
	s->ids = fresh((size_t)(s->count * s->cores), sizeof(*s->ids));
	for (int i = 0; i < s->count * s->cores; i++)
		if (s->places[i].fd >= 0)
			s->ids[s->id_count++] = (struct by_id){s->places[i].id, i};
	qsort(s->ids, (size_t)s->id_count, sizeof(*s->ids), compare_ids);
}

struct counter_set *counter_open(struct counter_plan *plans, int count, pid_t pid)
{
	struct counter_set *s = fresh(1, sizeof(*s));
	s->plans = plans;
	s->count = count;
	s->cores = (int)sysconf(_SC_NPROCESSORS_CONF);
	s->places = fresh((size_t)(count * s->cores), sizeof(*s->places));
	s->rings = fresh((size_t)s->cores, sizeof(*s->rings));
	open_all(s, pid);
	for (int core = 0; core < s->cores; core++)
		map_ring(s, core);
	sort_ids(s);
	return s;
}

static struct place *place_by_id(struct counter_set *s, uint64_t id, int *counter)
{
	struct by_id key = {id, 0};
	struct by_id *found =
	    bsearch(&key, s->ids, (size_t)s->id_count, sizeof(*s->ids), compare_ids);
	if (!found)
		return NULL;
	*counter = found->place % s->count;
	return &s->places[found->place];
}

/* As read_format and sample_type of counter_name.c lay them out. */
struct read_record {
	struct perf_event_header head;
	uint32_t pid, tid;
	struct amount amount;
	uint64_t id;
	uint32_t writer_pid, writer_tid;
	uint64_t time;
};

static void take_reading(struct counter_set *s, const struct counter_sink *sink)
{
	const struct read_record *r = (const void *)s->record;
	int counter;
	if (r->head.size < sizeof(*r))
		return;
	struct place *p = place_by_id(s, r->id, &counter);
	if (!p)
		return;
	p->told.value += r->amount.value;
	p->told.enabled += r->amount.enabled;
	p->told.running += r->amount.running;
	if (!r->amount.value && !r->amount.running)
		return; /* it never ran on that core */
	struct counter_reading reading = {counter,	    r->pid,	     r->tid,
					  r->time,	    r->amount.value, r->amount.enabled,
					  r->amount.running};
	sink->reading(sink->data, &reading);
}

struct sample_record {
	struct perf_event_header head;
	uint64_t ip;
	uint32_t pid, tid;
	uint64_t time, id;
	uint32_t core, reserved;
	/* period with PERF_SAMPLE_PERIOD; value, enabled, running, id with PERF_SAMPLE_READ; then
	 * count and addresses of the call chain */
	uint64_t rest[];
};

static void take_overflow(struct counter_set *s, const struct counter_sink *sink)
{
	const struct sample_record *r = (const void *)s->record;
	struct counter_overflow o = {.pid = r->pid, .tid = r->tid, .time_ns = r->time};
	if (r->head.size < sizeof(*r) || !place_by_id(s, r->id, &o.counter))
		return;
	size_t words = (r->head.size - sizeof(*r)) / sizeof(uint64_t);
	const struct perf_event_attr *attr = &s->plans[o.counter].attr;
	size_t at = 0;
	bool varies = attr->sample_type & PERF_SAMPLE_PERIOD;
	o.weight = varies && words ? r->rest[at++] : attr->sample_period;
	at += attr->sample_type & PERF_SAMPLE_READ ? 4 : 0;
	if (at < words && r->rest[at] <= words - at - 1)
		words = at + 1 + r->rest[at];
	for (at++; at < words && o.frames < COUNTER_FRAMES; at++)
		if (r->rest[at] < (uint64_t)PERF_CONTEXT_MAX) /* else a mark: user, kernel */
			o.frame[o.frames++] = r->rest[at];
	if (!o.frames)
		o.frame[o.frames++] = r->ip;
	sink->overflow(sink->data, &o);
}

static void take(struct counter_set *s, const struct counter_sink *sink)
{
	const struct perf_event_header *head = (const void *)s->record;
	if (head->type == PERF_RECORD_READ)
		take_reading(s, sink);
	else if (head->type == PERF_RECORD_SAMPLE)
		take_overflow(s, sink);
	else if (head->type == PERF_RECORD_LOST)
		s->lost += ((const uint64_t *)(head + 1))[1];
}

static void copy_out(const struct ring *r, uint64_t at, void *to, size_t bytes)
{
	const char *data = (const char *)r->page + sysconf(_SC_PAGESIZE);
	size_t from = at % r->size, first = r->size - from;
	if (first > bytes)
		first = bytes;
	memcpy(to, data + from, first);
	memcpy((char *)to + first, data, bytes - first);
}

static void drain_ring(struct counter_set *s, struct ring *r, const struct counter_sink *sink)
{
	uint64_t head = __atomic_load_n(&r->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = r->page->data_tail;
	while (head - tail >= sizeof(struct perf_event_header)) {
		struct perf_event_header h;
		copy_out(r, tail, &h, sizeof(h));
		if (h.size < sizeof(h) || h.size > head - tail) {
			s->lost++; /* torn: nothing behind it can be read */
			tail = head;
			break;
		}
		copy_out(r, tail, s->record, h.size);
		memset(s->record + h.size, 0, RECORD_MAX - h.size < 64 ? RECORD_MAX - h.size : 64);
		take(s, sink);
		tail += h.size;
	}
	__atomic_store_n(&r->page->data_tail, tail, __ATOMIC_RELEASE);
}

void counter_drain(struct counter_set *s, const struct counter_sink *sink)
{
	for (int core = 0; core < s->cores; core++)
		if (s->rings[core].page)
			drain_ring(s, &s->rings[core], sink);
}

static uint64_t above(uint64_t all, uint64_t told)
{
	return all > told ? all - told : 0;
}

static void add_rest(struct counter_reading *rest, struct amount *told, const struct place *p)
{
	uint64_t all[4]; /* value, enabled, running, id */
	if (p->fd < 0 || read(p->fd, all, sizeof(all)) != sizeof(all))
		return;
	rest->value += above(all[0], p->told.value);
	rest->running_ns += above(all[2], p->told.running);
	uint64_t enabled = above(all[1], p->told.enabled);
	if (enabled > rest->enabled_ns)
		rest->enabled_ns = enabled;
	told->enabled += p->told.enabled;
	told->running += p->told.running;
}

/* The kernel's totals lack the enabled time of threads on cores that they had left, so the others'
 * relation to running stands in for it. An event is enabled on every core at once. */
static void complete_rest(struct counter_reading *rest, const struct amount *told, int cores)
{
	double relation = told->running ? (double)told->enabled / cores / (double)told->running : 1;
	if (relation < 1.001)
		relation = 1;
	uint64_t enabled = (uint64_t)((double)rest->running_ns * relation);
	if (told->running || rest->enabled_ns < rest->running_ns)
		rest->enabled_ns = enabled;
}

void counter_rest(struct counter_set *s, const struct counter_sink *sink)
{
	for (int i = 0; i < s->count; i++) {
		struct counter_reading rest = {.counter = i};
		struct amount told = {0};
		for (int core = 0; core < s->cores; core++)
			add_rest(&rest, &told, place_of(s, core, i));
		complete_rest(&rest, &told, s->cores);
		if (s->plans[i].native)
			sink->reading(sink->data, &rest);
	}
}

uint64_t counter_lost(const struct counter_set *s)
{
	return s->lost;
}

void counter_close(struct counter_set *s)
{
	if (!s)
		return;
	for (int core = 0; core < s->cores; core++)
		if (s->rings[core].page)
			munmap(s->rings[core].page,
			       s->rings[core].size + (size_t)sysconf(_SC_PAGESIZE));
	for (int i = 0; i < s->count * s->cores; i++)
		if (s->places[i].fd >= 0)
			close(s->places[i].fd);
	free(s->places);
	free(s->rings);
	free(s->ids);
	free(s);
}
