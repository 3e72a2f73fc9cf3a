/* parprof dump: a recording or a raw log as text, one line for each row, event or record. */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "profiler/command.h"
#include "profiler/dump.h"
#include "profiler/message.h"
#include "profiler/rawlog.h"

static bool events;
static const char *table;

static const struct option_row options[] = {
    {"events", 0, OPTION_FLAG, &events, NULL, "print what all events, tables and views mean"},
    {"table", 0, OPTION_TEXT, &table, "NAME", "only this table or view of a recording"},
    {NULL}};

static bool is_raw_log(const char *path)
{
	uint64_t magic = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool raw =
	    fd >= 0 && read(fd, &magic, sizeof(magic)) == sizeof(magic) && magic == RAWLOG_MAGIC;

	if (fd >= 0)
		close(fd);
	return raw;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&command_dump, argc, argv), result;

	if (argc - first != (events ? 0 : 1))
		usage_error(events ? "--events takes no file"
				   : "one recording or raw log is wanted");
	if (events)
		result = dump_events();
	else if (is_raw_log(argv[first]))
		result = dump_log(argv[first]);
	else
		result = dump_store(argv[first], table);
	return result == 0 ? 0 : failed();
}

const struct command command_dump = {
    .name = "dump",
    .summary = "print a recording or a raw log as text",
    .usage = "FILE",
    .options = options,
    .run = run,
    .detail = "The tables of a recording come first, then its events in the order they ended:\n"
	      "seconds pid:tid thread event function field=value…",
};
