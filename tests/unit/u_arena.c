#include "profiler/arena.h"
#include "tests/unit/fake_target.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *make(uint32_t limit)
{
	struct arena_settings settings = {CLOCK_TICKS_MONOTONIC_NS, 64, 30, limit};
	return arena_create(&settings);
}

static void collect(void *data, uint32_t number)
{
	struct {
		uint32_t count, number[4096];
	} *seen = data;
	seen->number[seen->count++ % 4096] = number;
}

static struct {
	uint32_t count, number[4096];
} seen;

static uint32_t notice(struct arena *a)
{
	seen.count = 0;
	return arena_notice(a, collect, &seen);
}

TEST(arena, header_tells_the_settings)
{
	struct arena *a = make(0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	CU_ASSERT_EQUAL(a->header->magic, LOG_MAGIC);
	CU_ASSERT_EQUAL(a->header->hold_interval, 64);
	CU_ASSERT_EQUAL(a->header->stack_depth, 30);
	CU_ASSERT_EQUAL(a->header->recorder_pid, getpid());
	arena_destroy(a);
}

TEST(arena, opens_by_its_path_and_not_by_a_descriptor)
{
	char path[64];
	struct arena *a = make(0);
	int fd = open(arena_path(a, path), O_RDWR | O_CLOEXEC);
	CU_ASSERT_TRUE(fd >= 0);
	struct arena_header *h = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	CU_ASSERT_EQUAL(h->magic, LOG_MAGIC);
	CU_ASSERT_TRUE(fcntl(a->fd, F_GETFD) & FD_CLOEXEC);
	munmap(h, 4096);
	close(fd);
	arena_destroy(a);
}

TEST(arena, what_is_offered_has_pages)
{
	struct stat st;
	struct arena *a = make(0);
	fstat(a->fd, &st);
	uint64_t offered = a->header->ring.tail + a->header->ring_small.tail;
	CU_ASSERT_TRUE(offered >= 64);
	CU_ASSERT_TRUE((uint64_t)st.st_blocks * 512 >= ARENA_HEADER_SIZE + offered * SEGMENT_SIZE);
	CU_ASSERT_TRUE(fake_take(&a->header->ring) >= SEGMENT_COUNT_SMALL);
	CU_ASSERT_TRUE(fake_take(&a->header->ring_small) < SEGMENT_COUNT_SMALL);
	arena_destroy(a);
}

TEST(arena, taken_segments_are_noticed_once_and_in_order)
{
	struct arena *a = make(0);
	uint32_t first = fake_take(&a->header->ring), second = fake_take(&a->header->ring);
	CU_ASSERT_EQUAL(notice(a), 2);
	CU_ASSERT_EQUAL(seen.number[0], first);
	CU_ASSERT_EQUAL(seen.number[1], second);
	CU_ASSERT_EQUAL(notice(a), 0);
	arena_destroy(a);
}

TEST(arena, recycled_segments_are_zero_and_come_before_fresh_ones)
{
	struct arena *a = make(0);
	uint32_t taken = fake_take(&a->header->ring);
	notice(a);
	memset(arena_segment(a, taken), 0xff, SEGMENT_SIZE);
	uint32_t populated = a->populated;
	arena_recycle(a, taken);
	arena_refill(a);
	CU_ASSERT_EQUAL(a->populated, populated);
	uint32_t last = NO_SEGMENT;
	for (uint32_t n; (n = fake_take(&a->header->ring)) != NO_SEGMENT;)
		last = n;
	CU_ASSERT_EQUAL(last, taken);
	const uint64_t *words = (const uint64_t *)arena_segment(a, taken);
	uint64_t any = 0;
	for (size_t i = 0; i < SEGMENT_SIZE / 8; i++)
		any |= words[i];
	CU_ASSERT_EQUAL(any, 0);
	arena_destroy(a);
}

TEST(arena, offers_more_when_targets_outrun_it)
{
	struct arena *a = make(0);
	uint32_t ahead = a->large.ahead;
	for (uint32_t i = 0; i < ahead * 3 / 4; i++)
		fake_take(&a->header->ring);
	notice(a);
	arena_refill(a);
	CU_ASSERT_EQUAL(a->large.ahead, ahead * 2);
	CU_ASSERT_EQUAL(a->header->ring.tail - a->header->ring.head, ahead * 2);
	arena_destroy(a);
}

TEST(arena, never_makes_more_than_its_limit)
{
	struct arena *a = make(500);
	uint32_t taken = 0;
	for (int round = 0; round < 20; round++) {
		while (fake_take(&a->header->ring) != NO_SEGMENT)
			taken++;
		notice(a);
		arena_refill(a);
	}
	CU_ASSERT_EQUAL(a->populated, 500);
	CU_ASSERT_EQUAL(taken, 500 - a->header->ring_small.tail);
	CU_ASSERT_TRUE(a->refusals > 0);
	arena_destroy(a);
}

TEST(arena, survives_a_ring_that_was_scribbled_over)
{
	struct arena *a = make(0);
	uint32_t expected = a->large.shown[0];
	memset(a->header->ring.segment, 0xee, sizeof(a->header->ring.segment));
	a->header->ring.head = 1;
	CU_ASSERT_EQUAL(notice(a), 1);
	CU_ASSERT_EQUAL(seen.number[0], expected);
	a->header->ring.head = UINT64_MAX;
	CU_ASSERT_EQUAL(notice(a), a->large.offered - 1);
	CU_ASSERT_EQUAL(a->scribbles, 1);
	a->header->ring.head = 0;
	CU_ASSERT_EQUAL(notice(a), 0);
	CU_ASSERT_EQUAL(a->scribbles, 2);
	arena_refill(a);
	CU_ASSERT_TRUE(fake_take(&a->header->ring) != NO_SEGMENT);
	arena_destroy(a);
}
