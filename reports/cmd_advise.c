/* parprof advise: is it worth making a program parallel? */
#include "profiler/command.h"
#include "profiler/machine_store.h"
#include "profiler/message.h"
#include "profiler/recorder.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/advise/advice_tables.h"
#include "reports/advise/kept.h"
#include "reports/recording.h"
#include "reports/render.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *output;
static bool force, json, quiet, full;
static int colour, wait_for, pieces;
static int64_t sample_hertz, width;

enum { WAIT_ALL, WAIT_PROGRAM };
enum { PIECES_WATCH, PIECES_OFF };

static const struct option_row options[] = {
    {"output", 'o', OPTION_TEXT, &output, "FILE",
     "the recording, as in parprof record (parprof.%n.%p.db)"},
    {"force", 'f', OPTION_FLAG, &force, NULL, "replace the file when it exists"},
    {"sample", 0, OPTION_INT, &sample_hertz, "HZ",
     "look so often a second at what a running thread does", .otherwise = "250", .minimum = 1,
     .maximum = 10000},
    {"pieces", 0, OPTION_CHOICE, &pieces, "watch|off",
     "count and time the passes of hot loops, and see what they hand on, by hardware breakpoints, "
     "as long as that costs less than 1.5 % of the time",
     .otherwise = "watch"},
    {"wait", 0, OPTION_CHOICE, &wait_for, "all|program",
     "until all processes that it left behind have ended, too (Ctrl-C ends the recording), or only "
     "for the program",
     .otherwise = "all"},
    {"quiet", 'q', OPTION_FLAG, &quiet, NULL, "say nothing but the advice"},
    {"full", 'a', OPTION_FLAG, &full, NULL, "all columns"},
    {"json", 0, OPTION_FLAG, &json, NULL, "all of it as JSON"},
    {"color", 0, OPTION_CHOICE, &colour, "auto|always|never", "colours", .otherwise = "auto"},
    {"width", 0, OPTION_INT, &width, "N", "columns of the terminal", .minimum = 40,
     .maximum = 10000},
    {NULL}};

/* A recording is that, by its first bytes; anything else is a program. */
static bool is_recording(const char *path)
{
	char head[16] = "";
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	bool is = fread(head, 1, sizeof(head), f) == sizeof(head) &&
		  !memcmp(head, "SQLite format 3", sizeof(head));
	fclose(f);
	return is;
}

static int advise_on(const char *path)
{
	struct advice_tables a = {0};
	struct text out = {0};
	struct look look = {.terminal = terminal_find(colour, (int)width), .full = full};
	struct store *store = recording_open(path);
	int result = store ? advice_tables_read(&a, store) : -1;
	if (!result && json)
		render_advice_json(&out, &a);
	else if (!result)
		render_advice(&out, &a, &look);
	if (!result)
		result = terminal_write(&look.terminal, &out, false);
	struct store *note = result ? NULL : advice_note(store);
	advice_tables_free(&a);
	store_close(store);
	advice_keep(path, note);
	text_free(&out);
	return result;
}

/* An estimate needs to know what threads cost here. */
static void measure_machine(void)
{
	struct store *store = store_memory();
	if (!store)
		return;
	machine_store_this(store);
	if (!store_value(store, "SELECT count(*) FROM machine_price", 0))
		machine_store_measured(store);
	store_close(store);
}

/* What the program prints has stdout, and the advice goes to stderr, as with time(1). With --json
 * it is the other way round. Returns what stdout was. */
static int stdout_to_stderr(void)
{
	int before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	return before;
}

static int run_and_advise(char **command)
{
	char *path = NULL;
	message_quiet = quiet;
	measure_machine();
	struct recorder_settings settings = {
	    .output = output,
	    .written = &path,
	    .force = force,
	    .wait_for_all = wait_for == WAIT_ALL,
	    .pieces_share = pieces == PIECES_WATCH ? PIECES_SHARE_USUAL : 0,
	    .hold_interval = HOLDS_SAMPLED,
	    .stack_depth = STACK_DEPTH_MAX,
	    .kernel = {true, (uint32_t)sample_hertz, SAMPLE_BY_AUTO, STACK_DEPTH_MAX},
	};
	int before = json ? stdout_to_stderr() : -1;
	int status = recorder_run(&settings, command);
	if (before >= 0)
		dup2(before, STDOUT_FILENO);
	else
		stdout_to_stderr();
	if (path && access(path, R_OK) == 0 && advise_on(path) != 0 && status == 0)
		status = STATUS_TOOL;
	free(path);
	return status;
}

extern const struct command command_advise;

static int advise(int argc, char **argv)
{
	int first = options_parse(&command_advise, argc, argv);
	bool said = first < argc && !strcmp(argv[first - 1], "--");
	bool program = said || (first < argc && !is_recording(argv[first]));
	if (!program && argc - first > 1)
		usage_error("%s is a recording, and options go before it: what is '%s'?",
			    argv[first], argv[first + 1]);
	if (program)
		return run_and_advise(argv + first);
	char *path = recording_path(first < argc ? argv[first] : NULL, "advise on");
	int result = advise_on(path);
	free(path);
	return result ? failed() : 0;
}

const struct command command_advise = {
    .name = "advise",
    .summary = "say whether making a program parallel is worth it",
    .usage = "[--] PROGRAM [ARGUMENT]… | FILE.db",
    .options = options,
    .run = advise,
    .runs_program = true,
    .detail = "Runs an unmodified, usually serial program, or takes a recording of it, and says "
	      "which part\n"
	      "of it could be divided among threads, how fast it would be then on this machine, "
	      "and what\n"
	      "speaks against it. Without either: the newest parprof.*.db of this folder. The exit "
	      "status "
	      "is\n"
	      "the program's own, as with parprof record.",
};
