#include "collectors/kernel/happening.h"
#include <stdlib.h>
#include <string.h>

#define REGISTERS_BYTES (RING_REGISTERS * sizeof(uint64_t))

/* The end of every record but samples: sample_id_all with TID, TIME, CPU. */
struct tail {
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, unused;
};

struct task_record {
	struct perf_event_header header;
	uint32_t pid, parent_pid, tid, parent_tid;
	uint64_t time;
};
struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	char name[];
};
struct mmap_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, length, offset;
	uint64_t file[3];
	uint32_t protection, flags;
	char path[];
};
struct lost_record {
	struct perf_event_header header;
	uint64_t id, lost;
};
struct sample_record {
	struct perf_event_header header;
	uint64_t ip;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, unused;
	uint64_t abi; /* 0: no registers follow */
	uint64_t word[];
};

static void parse_sample(struct happening *h, const struct sample_record *r)
{
	const uint64_t *at = r->word;
	*h = (struct happening){.kind = HAPPENING_SAMPLE,
				.time = r->time,
				.pid = r->pid,
				.tid = r->tid,
				.cpu = r->cpu,
				.address = r->ip,
				.flag = (r->header.misc & PERF_RECORD_MISC_CPUMODE_MASK) ==
					PERF_RECORD_MISC_KERNEL};
	if (r->abi) {
		h->fp = at[RING_BP];
		h->sp = at[RING_SP];
		h->pc = at[RING_IP];
		h->registers = at;
		at += RING_REGISTERS;
	}
	uint64_t size = *at++;
	const unsigned char *stack = (const unsigned char *)at;
	if (!size || stack + size + 8 > (const unsigned char *)r + r->header.size)
		return;
	memcpy(&h->length, stack + size, sizeof(h->length)); /* of it, what was copied */
	h->stack = stack;
	if (h->length > size)
		h->length = size;
}

static bool parse_task(struct happening *h, const struct task_record *r)
{
	h->kind = r->header.type == PERF_RECORD_FORK ? HAPPENING_BORN : HAPPENING_ENDED;
	h->pid = r->pid;
	h->tid = r->tid;
	h->other_pid = r->parent_pid;
	h->other_tid = r->parent_tid;
	h->time = r->time;
	return true;
}

static bool parse_comm(struct happening *h, const struct comm_record *r)
{
	h->kind = HAPPENING_NAMED;
	h->pid = r->pid;
	h->tid = r->tid;
	h->text = r->name;
	h->flag = r->header.misc & PERF_RECORD_MISC_COMM_EXEC;
	return true;
}

static bool parse_mmap(struct happening *h, const struct mmap_record *r)
{
	h->kind = HAPPENING_MAPPED;
	h->pid = r->pid;
	h->tid = r->tid;
	h->address = r->address;
	h->length = r->length;
	h->offset = r->offset;
	h->text = r->path;
	return true;
}

bool happening_parse(struct happening *h, const struct perf_event_header *header, bool samples)
{
	const struct tail *tail =
	    (const void *)((const char *)header + header->size - sizeof(*tail));
	if (header->type == PERF_RECORD_SAMPLE) {
		if (samples)
			parse_sample(h, (const void *)header);
		return samples;
	}
	*h = (struct happening){
	    .time = tail->time, .pid = tail->pid, .tid = tail->tid, .cpu = tail->cpu};
	switch (header->type) {
	case PERF_RECORD_SWITCH:
		h->kind = header->misc & PERF_RECORD_MISC_SWITCH_OUT ? HAPPENING_OUT : HAPPENING_IN;
		h->flag = header->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT;
		return true;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		return parse_task(h, (const void *)header);
	case PERF_RECORD_COMM:
		return parse_comm(h, (const void *)header);
	case PERF_RECORD_MMAP2:
		return parse_mmap(h, (const void *)header);
	case PERF_RECORD_LOST:
		h->kind = HAPPENING_LOST;
		h->count = ((const struct lost_record *)header)->lost;
		return true;
	default:
		return false;
	}
}

void happenings_init(struct happenings *h, struct rings *rings, bool samples)
{
	*h = (struct happenings){.rings = rings, .samples = samples};
}

void happenings_free(struct happenings *h)
{
	free(h->list);
	free(h->run);
	free(h->kept);
	free(h->bytes);
	free(h->spare);
	*h = (struct happenings){0};
}

static void *grown(void *at, size_t *room, size_t wanted, size_t size)
{
	if (wanted <= *room)
		return at;
	*room = wanted * 2;
	at = realloc(at, *room * size);
	if (!at)
		abort();
	return at;
}

/* Copies what a happening points to; until it is handed out, an offset + 1 stands for it. */
static void *keep(struct happenings *h, const void *from, size_t length)
{
	h->bytes = grown(h->bytes, &h->bytes_room, h->used + length, 1);
	memcpy(h->bytes + h->used, from, length);
	h->used += length;
	return (void *)(h->used - length + 1);
}

/* Of one thread at one time, it leaves a core before it comes to the next. */
static bool is_before(const struct happening *a, const struct happening *b)
{
	return a->time != b->time ? a->time < b->time : a->kind < b->kind;
}

static void put(struct happenings *h, const struct happening *one)
{
	h->list = grown(h->list, &h->room, h->count + 1, sizeof(*h->list));
	size_t place = h->count++;
	for (; place > h->first && is_before(one, &h->list[place - 1]); place--)
		h->list[place] = h->list[place - 1];
	h->list[place] = *one;
}

static void add(void *data, const struct perf_event_header *header)
{
	struct happenings *h = data;
	struct happening one;
	if (!happening_parse(&one, header, h->samples))
		return;
	if (one.text)
		one.text = keep(h, one.text, strlen(one.text) + 1);
	if (one.stack)
		one.stack = keep(h, one.stack, one.length);
	if (one.registers)
		one.registers = keep(h, one.registers, REGISTERS_BYTES);
	put(h, &one);
}

static const void *at(const struct happenings *h, const void *offset)
{
	return offset ? h->bytes + (size_t)offset - 1 : NULL;
}

static void end_run(struct happenings *h)
{
	if (h->count == h->first)
		return;
	h->run = grown(h->run, &h->run_room, h->runs + 1, sizeof(*h->run));
	h->run[h->runs++] = (struct happening_run){h->first, h->count};
	h->first = h->count;
}

/* The run whose next one comes first is the root of a heap: restored from place i down. */
static void sift(struct happenings *h, size_t i)
{
	for (size_t least = i;; i = least) {
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < h->runs; child++)
			if (is_before(&h->list[h->run[child].at], &h->list[h->run[least].at]))
				least = child;
		if (least == i)
			return;
		struct happening_run run = h->run[i];
		h->run[i] = h->run[least];
		h->run[least] = run;
	}
}

/* The next of all, which stays where it is. */
static const struct happening *take(struct happenings *h)
{
	const struct happening *one = &h->list[h->run[0].at++];
	if (h->run[0].at == h->run[0].end)
		h->run[0] = h->run[--h->runs];
	sift(h, 0);
	return one;
}

/* What is left of the runs stays, as one, and what it points to. */
static void keep_rest(struct happenings *h)
{
	unsigned char *old = h->bytes;
	struct happening *kept = h->kept;
	size_t room = h->kept_room, old_room = h->bytes_room, count = 0;
	h->bytes = h->spare;
	h->bytes_room = h->spare_room;
	h->used = 0;
	while (h->runs) {
		struct happening one = *take(h);
		if (one.text) {
			const char *text = (const char *)old + (size_t)one.text - 1;
			one.text = keep(h, text, strlen(text) + 1);
		}
		if (one.stack)
			one.stack = keep(h, old + (size_t)one.stack - 1, one.length);
		if (one.registers)
			one.registers = keep(h, old + (size_t)one.registers - 1, REGISTERS_BYTES);
		kept = grown(kept, &room, count + 1, sizeof(*kept));
		kept[count++] = one;
	}
	h->spare = old;
	h->spare_room = old_room;
	h->kept = h->list;
	h->kept_room = h->room;
	h->list = kept;
	h->room = room;
	h->count = count;
}

static uint64_t read_rings(struct happenings *h)
{
	uint64_t bytes = 0;
	h->first = h->runs = 0;
	end_run(h);
	for (size_t i = 0; i < h->rings->count; i++) {
		bytes += ring_read(h->rings, i, add, h);
		end_run(h);
	}
	for (size_t i = h->runs; i-- > 0;)
		sift(h, i);
	return bytes;
}

uint64_t happenings_read(struct happenings *h, uint64_t until,
			 void (*each)(void *data, const struct happening *), void *data)
{
	uint64_t bytes = read_rings(h);
	while (h->runs && h->list[h->run[0].at].time < until) {
		struct happening one = *take(h);
		one.text = at(h, one.text);
		one.stack = at(h, one.stack);
		one.registers = at(h, one.registers);
		each(data, &one);
	}
	keep_rest(h);
	return bytes;
}
