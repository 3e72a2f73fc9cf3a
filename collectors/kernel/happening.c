#include "collectors/kernel/happening.h"
#include <stdlib.h>
#include <string.h>

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
		h->fp = at[0];
		h->sp = at[1];
		h->pc = at[2];
		at += 3;
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
	free(h->bytes);
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
	h->list = grown(h->list, &h->room, h->count + 1, sizeof(*h->list));
	h->list[h->count++] = one;
}

/* Of one thread at one time, it leaves a core before it comes to the next. */
static int by_time(const void *left, const void *right)
{
	const struct happening *a = left, *b = right;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

static const void *at(const struct happenings *h, const void *offset)
{
	return offset ? h->bytes + (size_t)offset - 1 : NULL;
}

/* Those from `first` on stay, and what they point to. */
static void shift(struct happenings *h, size_t first)
{
	unsigned char *old = h->bytes;
	size_t count = h->count - first;
	h->bytes = NULL;
	h->used = h->bytes_room = 0;
	memmove(h->list, h->list + first, count * sizeof(*h->list));
	h->count = count;
	for (size_t i = 0; i < count; i++) {
		struct happening *one = &h->list[i];
		if (one->text) {
			const char *text = (const char *)old + (size_t)one->text - 1;
			one->text = keep(h, text, strlen(text) + 1);
		}
		if (one->stack)
			one->stack = keep(h, old + (size_t)one->stack - 1, one->length);
	}
	free(old);
}

uint64_t happenings_read(struct happenings *h, uint64_t until,
			 void (*each)(void *data, const struct happening *), void *data)
{
	size_t i;
	uint64_t bytes = rings_read(h->rings, add, h);
	if (!h->count)
		return bytes;
	qsort(h->list, h->count, sizeof(*h->list), by_time);
	for (i = 0; i < h->count && h->list[i].time < until; i++) {
		struct happening one = h->list[i];
		one.text = at(h, one.text);
		one.stack = at(h, one.stack);
		each(data, &one);
	}
	shift(h, i);
	return bytes;
}
