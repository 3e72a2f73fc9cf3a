#include "profiler/feed.h"

static uint32_t records(void *data, const struct segment *s, uint32_t from, uint32_t to)
{
	struct feed *f = data;
	uint32_t end = ingest_records(f->ingest, s, from, to);
	if (f->raw && end > from && end <= to)
		rawlog_write_records(f->raw, s, from, end);
	return end;
}

static void thread(void *data, const struct thread_block *t, const uint32_t *segments,
		   uint32_t count)
{
	struct feed *f = data;
	const void *arena = f->arena->header;
	if (f->raw)
		rawlog_write_thread_table(f->raw, t, arena, segments, count);
	ingest_thread_table(f->ingest, t, arena, f->arena->size);
}

static void process_gone(void *data, uint32_t number, enum process_ended ended, int status,
			 uint64_t ticks)
{
	struct feed *f = data;
	if (f->raw)
		rawlog_write_process_gone(f->raw, number, ended, status, ticks);
	ingest_process_gone(f->ingest, number, ended, status, ticks);
}

struct watch_sink feed_sink(struct feed *f)
{
	return (struct watch_sink){f, records, thread, process_gone};
}

void feed_anchor(struct feed *f, struct anchor a)
{
	if (f->raw)
		rawlog_write_anchor(f->raw, a.ticks, a.monotonic_ns);
	ingest_anchor(f->ingest, a.ticks, a.monotonic_ns);
}

void feed_tick(struct feed *f, uint64_t ticks_now)
{
	if (f->raw)
		rawlog_write_tick(f->raw, ticks_now);
	ingest_tick(f->ingest, ticks_now);
}

static void live(void *data, const struct thread_block *t)
{
	struct feed *f = data;
	ingest_live_table(f->ingest, t, f->arena->header, f->arena->size);
}

void feed_live(struct feed *f, const struct watch *w)
{
	ingest_live_clear(f->ingest);
	watch_live(w, live, f);
}

int feed_close(struct feed *f, uint64_t ticks_now)
{
	int result = f->raw ? rawlog_close(f->raw, ticks_now) : 0;
	return ingest_close(f->ingest, ticks_now) == 0 ? result : -1;
}
