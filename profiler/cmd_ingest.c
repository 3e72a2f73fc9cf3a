/* parprof ingest: makes a recording of a raw log (`record --raw`). */
#include <stdbool.h>
#include <stdlib.h>

#include "profiler/command.h"
#include "profiler/finish.h"
#include "profiler/ingest.h"
#include "profiler/message.h"
#include "profiler/rawlog.h"
#include "profiler/store.h"

static const char *output;
static bool force;

static const struct option_row options[] = {
    {"output", 'o', OPTION_TEXT, &output, "FILE", "the recording to make",
     .otherwise = "parprof.db"},
    {"force", 'f', OPTION_FLAG, &force, NULL, "replace FILE when it exists"},
    {NULL}};

static uint64_t item_feed(struct ingest *in, const struct rawlog_item *i)
{
	switch (i->kind) {
	case RAWLOG_ANCHOR:
		ingest_anchor(in, i->ticks, i->monotonic_ns);
		return i->ticks;
	case RAWLOG_RECORDS:
		ingest_records(in, i->segment, i->from, i->to);
		return 0;
	case RAWLOG_THREAD_TABLE:
		ingest_thread_table(in, i->thread, i->arena, i->arena_size);
		return 0;
	case RAWLOG_PROCESS_GONE:
		ingest_process_gone(in, i->process, i->ended, i->status, i->ticks);
		return i->ticks;
	case RAWLOG_TICK:
		ingest_tick(in, i->ticks);
		return i->ticks;
	case RAWLOG_END:
		return i->ticks;
	}
	return 0;
}

static int log_ingest(struct rawlog_reader *log, struct store *s)
{
	struct ingest *in = ingest_open(s, rawlog_arena_header(log));
	struct rawlog_item item;
	uint64_t ticks, last = 0;
	int result;

	while (rawlog_next(log, &item)) {
		ticks = item_feed(in, &item);
		if (ticks > last)
			last = ticks;
	}
	if (rawlog_was_cut(log))
		warning("the raw log has no end: the recording holds what came before the cut");
	result = ingest_close(in, last);
	return result == 0 ? finish(s, NULL, NULL) : result;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&command_ingest, argc, argv), result;
	struct rawlog_reader *log;
	struct store *s;

	if (argc - first != 1)
		usage_error("one raw log is wanted");
	log = rawlog_open_read(argv[first]);
	s = log ? store_create(output, force) : NULL;
	result = s ? log_ingest(log, s) : -1;
	if (s && store_close(s) != 0)
		result = -1;
	if (log)
		rawlog_close_read(log);
	return result == 0 ? 0 : failed();
}

const struct command command_ingest = {
    .name = "ingest",
    .summary = "make a recording of a raw log",
    .usage = "RAWLOG",
    .options = options,
    .run = run,
};
