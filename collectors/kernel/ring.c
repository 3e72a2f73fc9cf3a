#include "collectors/kernel/ring.h"
#include "collectors/kernel/perf_open.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* What an ordinary user may lock for each CPU, perf_event_mlock_kb, is 516 kB by default. */
#define DATA_PAGES 128u
#define DATA_PAGES_LEAST 8u
#define RECORD_MAX 65536u

static struct perf_event_attr attr_of(const struct ring_settings *s)
{
	struct perf_event_attr a = {
	    .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(a),
	    .config = s->hertz ? PERF_COUNT_SW_CPU_CLOCK : PERF_COUNT_SW_DUMMY,
	    .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
	    .disabled = 1,
	    .inherit = 1,
	    .exclude_hv = 1,
	    .exclude_callchain_kernel = 1,
	    .enable_on_exec = 1,
	    .task = 1,
	    .comm = 1,
	    .comm_exec = 1,
	    .mmap = s->hertz != 0,
	    .mmap2 = s->hertz != 0,
	    .context_switch = s->switches,
	    .sample_id_all = 1,
	    .use_clockid = 1,
	    .clockid = CLOCK_MONOTONIC,
	    .watermark = 1,
	    .wakeup_watermark = DATA_PAGES * 4096u / 2,
	};
	if (s->hertz) {
		a.sample_period = 1000000000u / s->hertz;
		a.sample_type |= PERF_SAMPLE_IP | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		a.sample_regs_user = RING_REGISTERS_MASK;
		a.sample_stack_user = s->stack_bytes;
	}
	return a;
}

static int map(struct ring *r)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	for (size_t pages = DATA_PAGES; pages >= DATA_PAGES_LEAST; pages /= 2) {
		void *at =
		    mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
		if (at != MAP_FAILED) {
			r->page = at;
			r->size = pages * page;
			return 0;
		}
		if (errno != EPERM && errno != ENOMEM)
			break;
	}
	return errno;
}

static int open_ring(struct ring *r, struct perf_event_attr *a, pid_t pid, int cpu)
{
	r->fd = perf_open(a, pid, cpu);
	if (r->fd < 0)
		return errno;
	int error = map(r);
	if (error)
		close(r->fd);
	return error;
}

static int open_all(struct rings *rings, struct perf_event_attr *a, pid_t pid)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	rings->ring = calloc((size_t)cpus, sizeof(*rings->ring));
	if (!rings->ring)
		return ENOMEM;
	for (int cpu = 0; cpu < cpus; cpu++) {
		int error = open_ring(&rings->ring[rings->count], a, pid, cpu);
		if (error == ENODEV) /* that processor is off */
			continue;
		if (error) {
			rings_close(rings);
			return error;
		}
		rings->count++;
	}
	return rings->count ? 0 : ENODEV;
}

int rings_open(struct rings *rings, pid_t pid, const struct ring_settings *s)
{
	struct perf_event_attr a = attr_of(s);
	*rings = (struct rings){.kernel = true, .whole = malloc(RECORD_MAX)};
	int error = rings->whole ? open_all(rings, &a, pid) : ENOMEM;
	if (error == EACCES) { /* perf_event_paranoid 2: user space only */
		a.exclude_kernel = 1;
		*rings = (struct rings){.whole = malloc(RECORD_MAX)};
		error = rings->whole ? open_all(rings, &a, pid) : ENOMEM;
	}
	if (error)
		rings_close(rings);
	return error;
}

void rings_close(struct rings *rings)
{
	for (size_t i = 0; i < rings->count; i++) {
		struct ring *r = &rings->ring[i];
		munmap(r->page, r->size + (size_t)sysconf(_SC_PAGESIZE));
		close(r->fd);
	}
	free(rings->ring);
	free(rings->whole);
	*rings = (struct rings){.count = 0};
}

static const struct perf_event_header *whole(struct rings *rings, const struct ring *r, uint64_t at)
{
	const unsigned char *data = (const unsigned char *)r->page + r->page->data_offset;
	uint64_t place = at & (r->size - 1), left = r->size - place;
	const struct perf_event_header *h = (const void *)(data + place);
	if (h->size <= left) /* records are aligned to 8 bytes: a header never wraps */
		return h;
	memcpy(rings->whole, h, left);
	memcpy(rings->whole + left, data, h->size - left);
	return (const void *)rings->whole;
}

uint64_t ring_read(struct rings *rings, size_t ring,
		   void (*each)(void *data, const struct perf_event_header *), void *data)
{
	struct ring *r = &rings->ring[ring];
	uint64_t head = __atomic_load_n(&r->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t begin = r->page->data_tail, tail = begin;
	while (tail < head) {
		const struct perf_event_header *h = whole(rings, r, tail);
		if (!h->size)
			break;
		each(data, h);
		tail += h->size;
	}
	__atomic_store_n(&r->page->data_tail, head, __ATOMIC_RELEASE);
	return head - begin;
}
