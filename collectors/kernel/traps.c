#include "collectors/kernel/traps.h"
#include "collectors/kernel/perf_open.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <limits.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DATA_PAGES 32u
#define TRIES 32u
#define REPLACED_TYPE "/sys/bus/event_source/devices/uprobe/type"

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* A number that the kernel gave this kind of event; 0: it has none. */
static uint32_t replaced_type(void)
{
	char text[16] = "";
	int fd = open(REPLACED_TYPE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t got = read(fd, text, sizeof(text) - 1);
	close(fd);
	return got > 0 ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static struct perf_event_attr attr_of(enum trap_way way, const struct trap_place *p)
{
	struct perf_event_attr a = {
	    .size = sizeof(struct perf_event_attr),
	    .sample_period = 1, /* each hit, and so that it can be told to end after some */
	    .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | PERF_SAMPLE_READ,
	    .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	    .disabled = 1,
	    .exclude_kernel = way == TRAP_REGISTER,
	    .exclude_hv = way == TRAP_REGISTER,
	    .use_clockid = 1,
	    .clockid = CLOCK_MONOTONIC,
	};
	if (way == TRAP_REPLACED) {
		a.type = replaced_type();
		a.uprobe_path = (uint64_t)(uintptr_t)p->file;
		a.probe_offset = p->offset;
	} else {
		a.type = PERF_TYPE_BREAKPOINT;
		a.bp_type = p->bytes ? HW_BREAKPOINT_RW : HW_BREAKPOINT_X;
		a.bp_addr = p->address;
		a.bp_len = p->bytes ? p->bytes : sizeof(long);
	}
	if (way == TRAP_REPLACED) {
		a.sample_type |= PERF_SAMPLE_REGS_USER;
		a.sample_regs_user = RING_REGISTERS_MASK;
	}
	return a;
}

/* All of one thread write into the ring of the first one: so they are in order. */
static int open_place(struct traps *t, enum trap_way way, pid_t tid, const struct trap_place *p)
{
	struct perf_event_attr a = attr_of(way, p);
	int fd = perf_open(&a, tid, -1), error = errno;
	if (fd < 0)
		return error;
	if (t->count == 0) {
		void *at = mmap(NULL, (DATA_PAGES + 1) * page_bytes(), PROT_READ | PROT_WRITE,
				MAP_SHARED, fd, 0);
		error = at == MAP_FAILED ? errno : 0;
		t->page = at == MAP_FAILED ? NULL : at;
	} else {
		error = ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, t->fd[0]) ? errno : 0;
	}
	if (error) {
		close(fd);
		return error;
	}
	t->place[t->count] = *p;
	t->fd[t->count++] = fd;
	return 0;
}

static bool is_prefix(uint8_t byte)
{
	static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
					   0x66, 0x67, 0xf0, 0xf2, 0xf3};
	return memchr(prefixes, byte, sizeof(prefixes)) != NULL;
}

bool trap_can_replace(const uint8_t *code, size_t bytes)
{
	enum { EVEX = 0x62, XOP = 0x8f, VEX3 = 0xc4, VEX2 = 0xc5, XOP_MAPS = 8 };
	while (bytes && is_prefix(*code)) {
		code++;
		bytes--;
	}
	if (bytes < 2)
		return false;
	bool xop = code[0] == XOP && (code[1] & 31) >= XOP_MAPS; /* else it is pop */
	return code[0] != EVEX && code[0] != VEX3 && code[0] != VEX2 && !xop;
}

int traps_open(struct traps *t, enum trap_way way, pid_t tid, const struct trap_place *place,
	       int count)
{
	*t = (struct traps){0};
	if (way == TRAP_REPLACED && !replaced_type())
		return ENOENT;
	for (int i = 0; i < count && i < TRAPS_MAX; i++) {
		int error = open_place(t, way, tid, &place[i]);
		if (error && i == 0)
			return error;
		if (error)
			break;
	}
	for (int i = 0; i < t->count; i++) {
		ioctl(t->fd[i], PERF_EVENT_IOC_REFRESH, t->place[i].limit);
		t->armed_ns[i] = perf_now_ns();
	}
	return 0;
}

struct record {
	struct perf_event_header header;
	uint64_t ip, time, address;
	uint64_t value, enabled_ns, running_ns;
	uint64_t abi; /* if it is that long: 0, or registers follow */
	uint64_t registers[RING_REGISTERS];
};

static int place_of(const struct traps *t, const struct record *r)
{
	for (int i = 0; i < t->count; i++)
		if (t->place[i].address == (r->address ? r->address : r->ip))
			return i;
	return -1;
}

static bool parse(struct traps *t, const struct record *r, struct trap_hit *to)
{
	if (r->header.type == PERF_RECORD_LOST)
		t->lost++;
	if (r->header.type != PERF_RECORD_SAMPLE || r->header.size < offsetof(struct record, abi))
		return false;
	*to = (struct trap_hit){
	    .time = r->time, .cpu_ns = r->running_ns, .ip = r->ip, .place = place_of(t, r)};
	to->has_registers = r->header.size >= sizeof(*r) && r->abi;
	if (to->has_registers)
		memcpy(to->registers, r->registers, sizeof(to->registers));
	return to->place >= 0;
}

size_t traps_read(struct traps *t, struct trap_hit *to, size_t room)
{
	uint64_t size = DATA_PAGES * page_bytes();
	size_t count = 0;
	if (!t->page)
		return 0;
	const unsigned char *data = (const unsigned char *)t->page + page_bytes();
	uint64_t head = __atomic_load_n(&t->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = t->page->data_tail;
	while (tail < head && count < room) {
		struct record r = {0};
		const struct perf_event_header *h = (const void *)(data + (tail & (size - 1)));
		uint64_t left = size - (tail & (size - 1));
		size_t bytes = h->size < sizeof(r) ? h->size : sizeof(r);
		if (!h->size)
			break;
		memcpy(&r, h, bytes < left ? bytes : left);
		if (bytes > left)
			memcpy((unsigned char *)&r + left, data, bytes - left);
		count += parse(t, &r, &to[count]);
		tail += h->size;
	}
	__atomic_store_n(&t->page->data_tail, tail, __ATOMIC_RELEASE);
	return count;
}

static _Atomic int closing;

bool traps_closing(void)
{
	return closing > 0;
}

static void *close_one(void *fd)
{
	close((int)(intptr_t)fd);
	closing--;
	return NULL;
}

/* The kernel puts replaced code back, and then waits, for some TRAP_BEHIND_NS, until nobody can be
 * in it: not here. It does one place after the other: the code of all but the first is put back
 * later. */
static void close_apart(int fd)
{
	pthread_t thread;
	closing++;
	if (pthread_create(&thread, NULL, close_one, (void *)(intptr_t)fd) == 0)
		pthread_detach(thread);
	else
		close_one((void *)(intptr_t)fd);
}

static void close_place(struct traps *t, int place)
{
	if (t->fd[place] >= 0 && t->place[place].file)
		close_apart(t->fd[place]);
	else if (t->fd[place] >= 0)
		close(t->fd[place]);
	t->fd[place] = -1;
}

void traps_drop(struct traps *t, int place)
{
	if (place > 0 && place < t->count)
		close_place(t, place);
}

static uint64_t place_cpu_ns(const struct traps *t, int place)
{
	uint64_t value[3]; /* count, enabled, running */
	if (t->fd[place] < 0 || read(t->fd[place], value, sizeof(value)) != sizeof(value))
		return 0;
	return value[2];
}

uint64_t traps_cpu_ns(const struct traps *t)
{
	return t->count ? place_cpu_ns(t, 0) : 0;
}

uint64_t traps_armed_ns(const struct traps *t)
{
	uint64_t most = 0;
	for (int i = 0; i < t->count; i++) {
		uint64_t ns = place_cpu_ns(t, i);
		most = ns > most ? ns : most;
	}
	return most;
}

void traps_close(struct traps *t)
{
	for (int i = 0; i < t->count; i++)
		close_place(t, i);
	if (t->page)
		munmap(t->page, (DATA_PAGES + 1) * page_bytes());
	t->count = 0;
	t->page = NULL;
}

static volatile uint64_t word;
__attribute__((noinline)) static void trapped(uint64_t value)
{
	word = word * 3 + value;
}

/* Where this file has it, and its name; false: that is not known. */
static bool place_here(struct trap_place *p, char *file, size_t room)
{
	char line[PATH_MAX + 128];
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;
	while (maps && !found && fgets(line, sizeof(line), maps)) {
		unsigned long begin, end, offset;
		int at = 0;
		if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %n", &begin, &end, &offset, &at) < 3 ||
		    p->address < begin || p->address >= end || !at)
			continue;
		snprintf(file, room, "%.*s", (int)strcspn(line + at, "\n"), line + at);
		p->offset = p->address - begin + offset;
		p->file = file;
		found = *file == '/';
	}
	if (maps)
		fclose(maps);
	return found;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* In the middle of the times from one to the next. */
static uint64_t cost_of(struct traps *t)
{
	struct trap_hit hit[TRIES];
	uint64_t cost[TRIES];
	for (uint64_t i = 0; i < TRIES; i++)
		trapped(i);
	size_t count = traps_read(t, hit, TRIES);
	if (count < TRIES / 2)
		return 0;
	for (size_t i = 1; i < count; i++)
		cost[i - 1] = hit[i].cpu_ns - hit[i - 1].cpu_ns;
	qsort(cost, count - 1, sizeof(*cost), by_size);
	return cost[count / 2] + 1;
}

uint64_t traps_cost_ns(enum trap_way way, const char **why)
{
	static char file[PATH_MAX];
	struct trap_place p = {.address = (uint64_t)(uintptr_t)trapped, .limit = TRIES};
	struct traps t;
	*why = "where this program lies is not known";
	if (way == TRAP_REPLACED &&
	    (!place_here(&p, file, sizeof(file)) || !trap_can_replace((const uint8_t *)trapped, 2)))
		return 0;
	int error = traps_open(&t, way, gettid(), &p, 1);
	*why = perf_refusal(error);
	if (error)
		return 0;
	uint64_t cost = cost_of(&t);
	traps_close(&t);
	*why = way == TRAP_REGISTER
		   ? "the kernel sets hardware breakpoints, but they never stop anything: the "
		     "hypervisor does not hand the debug registers on"
		   : "the kernel replaces code by traps, but they never stop anything";
	return cost;
}
