#include "collectors/kernel/happening.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING_SIZE 4096u

/* A ring as the kernel makes it: a page of facts, then the data. */
static struct ring ring_made(void)
{
	struct perf_event_mmap_page *page = calloc(1, 4096 + RING_SIZE);
	page->data_offset = 4096;
	return (struct ring){-1, page, RING_SIZE};
}

static void put(struct ring *r, const void *record, size_t size)
{
	unsigned char *data = (unsigned char *)r->page + 4096;
	for (size_t i = 0; i < size; i++)
		data[(r->page->data_head + i) % RING_SIZE] = ((const unsigned char *)record)[i];
	r->page->data_head += size;
}

struct switch_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, unused;
};

static void put_switch(struct ring *r, uint32_t tid, uint64_t time, uint16_t misc)
{
	struct switch_record s = {
	    {PERF_RECORD_SWITCH, misc, sizeof(s)}, 100, tid, time, tid % 4, 0};
	put(r, &s, sizeof(s));
}

struct seen {
	struct happening list[600];
	size_t count;
};

static void see(void *data, const struct happening *h)
{
	struct seen *s = data;
	if (s->count < 600)
		s->list[s->count++] = *h;
}

static void rings_end(struct rings *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->ring[i].page);
	free(r->ring);
	free(r->whole);
}

static struct rings rings_made(size_t count)
{
	struct rings r = {
	    .ring = calloc(count, sizeof(*r.ring)), .count = count, .whole = malloc(65536)};
	for (size_t i = 0; i < count; i++)
		r.ring[i] = ring_made();
	return r;
}

TEST(happening, rings_are_merged_by_time_and_the_newest_kept)
{
	struct rings r = rings_made(2);
	struct happenings h;
	struct seen s = {.count = 0};
	happenings_init(&h, &r, false);
	put_switch(&r.ring[0], 1, 10,
		   PERF_RECORD_MISC_SWITCH_OUT | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);
	put_switch(&r.ring[0], 1, 50, 0);
	put_switch(&r.ring[1], 2, 20, PERF_RECORD_MISC_SWITCH_OUT);
	put_switch(&r.ring[1], 2, 40, 0);
	happenings_read(&h, 45, see, &s);
	CU_ASSERT_EQUAL_FATAL(s.count, 3);
	CU_ASSERT_TRUE(s.list[0].kind == HAPPENING_OUT && s.list[0].flag && s.list[0].time == 10);
	CU_ASSERT_TRUE(s.list[1].kind == HAPPENING_OUT && !s.list[1].flag && s.list[1].tid == 2);
	CU_ASSERT_TRUE(s.list[2].kind == HAPPENING_IN && s.list[2].time == 40);
	put_switch(&r.ring[1], 3, 46, 0);
	happenings_read(&h, UINT64_MAX, see, &s);
	CU_ASSERT_EQUAL_FATAL(s.count, 5);
	CU_ASSERT_EQUAL(s.list[3].time, 46);
	CU_ASSERT_EQUAL(s.list[4].time, 50);
	CU_ASSERT_EQUAL(r.ring[0].page->data_tail, r.ring[0].page->data_head);
	happenings_free(&h);
	rings_end(&r);
}

/* As a heap of many rings makes it, some of them with a record that an interrupt put first. */
TEST(happening, many_rings_are_one_order)
{
	enum { RINGS = 9, RECORDS = 60 };
	struct rings r = rings_made(RINGS);
	struct happenings h;
	struct seen s = {.count = 0};
	happenings_init(&h, &r, false);
	srand(3);
	for (uint64_t part = 0; part < 2; part++) {
		for (size_t i = 0; i < RINGS; i++)
			for (uint64_t n = 0; n < RECORDS / 2; n++) {
				uint64_t time = part * 10000 + n * 200 + (uint64_t)rand() % 300;
				put_switch(&r.ring[i], (uint32_t)i, time, 0);
			}
		happenings_read(&h, 9000, see, &s);
	}
	CU_ASSERT_TRUE(s.count >= RINGS * RECORDS / 2 && s.count < RINGS * RECORDS);
	happenings_read(&h, UINT64_MAX, see, &s);
	CU_ASSERT_EQUAL(s.count, RINGS * RECORDS);
	for (size_t i = 1; i < s.count; i++)
		CU_ASSERT_TRUE(s.list[i - 1].time <= s.list[i].time);
	happenings_free(&h);
	rings_end(&r);
}

struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	char name[16];
	uint32_t tail_pid, tail_tid;
	uint64_t time;
	uint32_t cpu, unused;
};

static void is_named(void *data, const struct happening *h)
{
	char expected[16];
	snprintf(expected, sizeof(expected), "name %u", h->tid);
	*(size_t *)data += h->kind == HAPPENING_NAMED && h->flag == (h->tid % 2 != 0) &&
			   h->time == h->tid && !strcmp(h->text, expected);
}

/* 4096 is no multiple of 56: records lie over the ring's end. */
TEST(happening, names_survive_the_rings_end)
{
	struct rings r = rings_made(1);
	struct happenings h;
	size_t right = 0;
	happenings_init(&h, &r, false);
	for (uint32_t i = 0; i < 500; i++) {
		struct comm_record c = {
		    {PERF_RECORD_COMM, i % 2 ? PERF_RECORD_MISC_COMM_EXEC : 0, sizeof(c)},
		    7,
		    i,
		    "",
		    7,
		    i,
		    i,
		    1,
		    0};
		snprintf(c.name, sizeof(c.name), "name %u", i);
		put(&r.ring[0], &c, sizeof(c));
		if (i % 3 == 0)
			happenings_read(&h, UINT64_MAX, is_named, &right);
	}
	happenings_read(&h, UINT64_MAX, is_named, &right);
	CU_ASSERT_EQUAL(right, 500);
	happenings_free(&h);
	rings_end(&r);
}

TEST(happening, a_sample_without_registers_or_stack)
{
	struct {
		struct perf_event_header header;
		uint64_t ip;
		uint32_t pid, tid;
		uint64_t time;
		uint32_t cpu, unused;
		uint64_t abi, size;
	} c = {{PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL, sizeof(c)}, 42, 1, 2, 3, 0, 0, 0, 0};
	struct happening h;
	CU_ASSERT_FALSE(happening_parse(&h, &c.header, false));
	CU_ASSERT_TRUE_FATAL(happening_parse(&h, &c.header, true));
	CU_ASSERT_TRUE(h.kind == HAPPENING_SAMPLE && h.flag && !h.pc && !h.stack);
	CU_ASSERT_TRUE(h.address == 42 && h.pid == 1 && h.tid == 2 && h.time == 3);
}

TEST(happening, what_is_not_known_is_left_out)
{
	struct switch_record s = {{PERF_RECORD_THROTTLE, 0, sizeof(s)}, 1, 1, 1, 1, 0};
	struct happening h;
	CU_ASSERT_FALSE(happening_parse(&h, &s.header, true));
}
