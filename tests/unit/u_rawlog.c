#include "profiler/rawlog.h"
#include "profiler/arena.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct scratch scratch;
static struct arena *arena;

static void begin(void)
{
	struct arena_settings settings = {CLOCK_TICKS_MONOTONIC_NS, 64, 30, 0};
	scratch_begin(&scratch);
	arena = arena_create(&settings);
}

static void end(void)
{
	arena_destroy(arena);
	scratch_end(&scratch);
}

/* A log with one item of each kind. */
static void write_all(void)
{
	struct rawlog *r = rawlog_create(scratch.path, true, arena->header);
	uint32_t segments[] = {300, 301};
	struct segment *log = arena_segment(arena, segments[0]);
	struct thread_block *thread = (struct thread_block *)arena_segment(arena, segments[1]);
	log->kind = SEGMENT_LOG;
	log->tid = 42;
	memset((char *)log + 64, 0x5a, 128);
	thread->head.tid = 43;
	thread->records = 7;
	rawlog_write_anchor(r, 10, 20);
	rawlog_write_records(r, log, 96, 160);
	rawlog_write_tick(r, 30);
	rawlog_write_thread_table(r, thread, arena->header, segments, 2);
	rawlog_write_process_gone(r, 5, PROCESS_KILLED, 9, 40);
	CU_ASSERT_EQUAL(rawlog_close(r, 50), 0);
}

TEST(rawlog, what_was_written_is_read)
{
	struct rawlog_item i;
	begin();
	write_all();
	struct rawlog_reader *r = rawlog_open_read(scratch.path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(rawlog_arena_header(r)->hold_interval, 64);
	CU_ASSERT_EQUAL(rawlog_arena_header(r)->clock, CLOCK_TICKS_MONOTONIC_NS);
	CU_ASSERT_TRUE(rawlog_next(r, &i));
	CU_ASSERT_TRUE(i.kind == RAWLOG_ANCHOR && i.ticks == 10 && i.monotonic_ns == 20);
	CU_ASSERT_TRUE(rawlog_next(r, &i));
	CU_ASSERT_TRUE(i.kind == RAWLOG_RECORDS && i.from == 96 && i.to == 160);
	CU_ASSERT_EQUAL(i.segment->tid, 42);
	CU_ASSERT_EQUAL(((const unsigned char *)i.segment)[95], 0);
	CU_ASSERT_EQUAL(((const unsigned char *)i.segment)[96], 0x5a);
	CU_ASSERT_EQUAL(((const unsigned char *)i.segment)[159], 0x5a);
	CU_ASSERT_EQUAL(((const unsigned char *)i.segment)[160], 0);
	CU_ASSERT_TRUE(rawlog_next(r, &i));
	CU_ASSERT_TRUE(i.kind == RAWLOG_TICK && i.ticks == 30);
	CU_ASSERT_TRUE(rawlog_next(r, &i));
	CU_ASSERT_EQUAL(i.kind, RAWLOG_THREAD_TABLE);
	CU_ASSERT_EQUAL(i.thread->records, 7);
	CU_ASSERT_EQUAL((const char *)i.thread, (const char *)i.arena + segment_offset(301));
	CU_ASSERT_TRUE(rawlog_next(r, &i));
	CU_ASSERT_TRUE(i.kind == RAWLOG_PROCESS_GONE && i.process == 5 && i.status == 9);
	CU_ASSERT_TRUE(rawlog_was_cut(r));
	CU_ASSERT_TRUE(rawlog_next(r, &i));
	CU_ASSERT_TRUE(i.kind == RAWLOG_END && i.ticks == 50);
	CU_ASSERT_FALSE(rawlog_was_cut(r));
	CU_ASSERT_FALSE(rawlog_next(r, &i));
	rawlog_close_read(r);
	end();
}

static int items(void)
{
	struct rawlog_item i;
	struct rawlog_reader *r = rawlog_open_read(scratch.path);
	int count = 0;
	while (r && rawlog_next(r, &i))
		count++;
	rawlog_close_read(r);
	return count;
}

TEST(rawlog, a_cut_tail_loses_only_itself)
{
	begin();
	write_all();
	int last = items();
	CU_ASSERT_EQUAL(last, 6);
	for (long size = 700; size >= 0; size--) {
		CU_ASSERT_EQUAL(truncate(scratch.path, size), 0);
		int now = items();
		CU_ASSERT_TRUE(now <= last);
		last = now;
	}
	CU_ASSERT_EQUAL(last, 0);
	end();
}

TEST(rawlog, damage_is_survived)
{
	begin();
	write_all();
	FILE *file = fopen(scratch.path, "r+b");
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	srand(3);
	for (int round = 0; round < 500; round++) {
		long at = rand() % size;
		fseek(file, at, SEEK_SET);
		int old = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(rand() & 0xff, file);
		fflush(file);
		items();
		if (at < 64) { /* else every later round would end at the header */
			fseek(file, at, SEEK_SET);
			fputc(old, file);
		}
	}
	fclose(file);
	end();
}

TEST(rawlog, refuses_what_is_none)
{
	begin();
	FILE *file = fopen(scratch.path, "w");
	fputs("SQLite format 3, which this is not either; but it is long enough", file);
	fclose(file);
	CU_ASSERT_PTR_NULL(rawlog_open_read(scratch.path));
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&scratch), "is not a raw log"));
	CU_ASSERT_PTR_NULL(rawlog_create(scratch.path, false, arena->header));
	CU_ASSERT_PTR_NOT_NULL(strstr(scratch_said(&scratch), "exists; -f replaces it"));
	end();
}
