/* parprof record: runs a program and writes what its threads waited for into a database. */
#include "profiler/command.h"
#include "profiler/counters.h"
#include "profiler/message.h"
#include "profiler/output_name.h"
#include "profiler/recorder.h"
#include "collectors/log.h"
#include <string.h>

static const char *output, *raw, *cache_sizes, *counters;
static bool force, quiet;
static int hold, wait_for, sched, cache, working_set, sharing, pieces, sample_by;
static int64_t stack_depth, sample_hertz;

enum { HOLD_ALL, HOLD_SAMPLED, HOLD_OFF };
static const uint32_t hold_intervals[] = {
    [HOLD_ALL] = HOLDS_ALL, [HOLD_SAMPLED] = HOLDS_SAMPLED, [HOLD_OFF] = HOLDS_NONE};
enum { WAIT_PROGRAM, WAIT_ALL };
enum { WORKING_SET_OFF, WORKING_SET_AUTO, WORKING_SET_OFTEN };
/* 1 in so much of the time. */
static const unsigned working_set_shares[] = {
    [WORKING_SET_OFF] = 0, [WORKING_SET_AUTO] = 100, [WORKING_SET_OFTEN] = 4};
enum { SHARING_SAMPLES, SHARING_WATCH };
enum { PIECES_OFF, PIECES_WATCH, PIECES_OFTEN };
static const unsigned pieces_shares[] = {
    [PIECES_OFF] = 0, [PIECES_WATCH] = PIECES_SHARE_USUAL, [PIECES_OFTEN] = 4};
enum { SCHED_ON, SCHED_OFF };
enum { CACHE_OFF, CACHE_SIMULATE };

static const struct option_row options[] = {
    {"output", 'o', OPTION_TEXT, &output, "FILE",
     "the database; %n in it stands for the program's name, %p its pid, %h the host, %t the time",
     .otherwise = OUTPUT_DEFAULT},
    {"force", 'f', OPTION_FLAG, &force, NULL, "replace the file when it exists"},
    {"quiet", 'q', OPTION_FLAG, &quiet, NULL, "say nothing unless something fails"},
    {"hold", 0, OPTION_CHOICE, &hold, "all|sampled|off",
     "time each hold of a lock, up to about 4,000 a second and thread, or none that nobody waits "
     "for; waits are always timed",
     .otherwise = "sampled"},
    {"stack-depth", 0, OPTION_INT, &stack_depth, "N", "frames to keep of each stack",
     .otherwise = "64", .minimum = 1, .maximum = STACK_DEPTH_MAX},
    {"sched", 0, OPTION_CHOICE, &sched, "on|off",
     "ask the kernel when each thread was on a core, and why not", .otherwise = "on"},
    {"sample", 0, OPTION_INT, &sample_hertz, "HZ",
     "look so often a second at what a running thread does; 0: never", .otherwise = "250",
     .minimum = 0, .maximum = 10000},
    {"sample-by", 0, OPTION_CHOICE, &sample_by, "auto|kernel|signal",
     "who looks: the kernel, or each thread by itself when a timer of its CPU time sends it a "
     "signal, no more often than the kernel ticks; auto: that where the kernel refuses",
     .otherwise = "auto"},
    {"wait", 0, OPTION_CHOICE, &wait_for, "program|all",
     "stop when the program ends, or when all processes it left behind have ended, too",
     .otherwise = "program"},
    {"counters", 0, OPTION_TEXT, &counters, "GROUP|EVENT,…",
     "also count these for each thread and function: groups, or events as libpfm4 names them; "
     "list: print the groups, and which events this machine can count"},
    {"working-set", 0, OPTION_CHOICE, &working_set, "off|auto|often",
     "auto: now and then measure how much memory each process touches in 10 ms, 100 ms and 1 s, "
     "as long as that costs less than 1 % of the time; often: up to a quarter of it, for large "
     "memories or a short run, whose times then mean less",
     .otherwise = "off"},
    {"sharing", 0, OPTION_CHOICE, &sharing, "samples|watch",
     "how to see which threads use which words of a cache line: by the samples; watch: by hardware "
     "breakpoints on suspect lines as well, as long as that costs less than 1 % of the time",
     .otherwise = "samples"},
    {"pieces", 0, OPTION_CHOICE, &pieces, "off|watch|often",
     "watch: count and time passes of the busiest loops, and see whether one needs what another "
     "made, by breakpoints for moments, as long as that costs less than 1.5 % of the time; "
     "often: up to a quarter of it. Addresses that samples were about to use are kept, too",
     .otherwise = "off"},
    {"raw", 0, OPTION_TEXT, &raw, "FILE",
     "also keep the log as it was read, for parprof ingest; of a simulation, cachegrind's files, "
     "as "
     "FILE.PID"},
    {"cache", 0, OPTION_CHOICE, &cache, "off|simulate",
     "simulate: count cache misses by function and line under valgrind's cachegrind, with this "
     "machine's cache sizes; about 40 times slower, and locks are not watched meanwhile",
     .otherwise = "off"},
    {"cache-sizes", 0, OPTION_TEXT, &cache_sizes, "SIZES",
     "simulate other caches, as in D1=32k:8:64,LL=2M:16: size, ways, bytes of a line"},
    {.name = NULL},
};

static int run(int argc, char **argv)
{
	int first = options_parse(&command_record, argc, argv);
	if (counters && !strcmp(counters, "list"))
		return counters_list();
	if (first >= argc)
		usage_error("which program? parprof record -- ./program arguments");
	if (cache_sizes && cache != CACHE_SIMULATE)
		usage_error("--cache-sizes says what --cache=simulate simulates");
	if (cache == CACHE_SIMULATE && (counters || working_set || sharing || pieces))
		usage_error(
		    "--cache=simulate runs valgrind: --counters, --working-set, --sharing and "
		    "--pieces would be about that");
	message_quiet = quiet;
	struct recorder_settings settings = {
	    .output = output,
	    .raw = raw,
	    .counters = counters,
	    .working_set = working_set_shares[working_set],
	    .pieces_share = pieces_shares[pieces],
	    .watch_lines = sharing == SHARING_WATCH,
	    .force = force,
	    .wait_for_all = wait_for == WAIT_ALL,
	    .simulate = cache == CACHE_SIMULATE,
	    .cache_sizes = cache_sizes,
	    .hold_interval = hold_intervals[hold],
	    .stack_depth = (uint32_t)stack_depth,
	    .kernel = {sched == SCHED_ON, (uint32_t)sample_hertz, (enum sample_by)sample_by,
		       (uint32_t)stack_depth},
	};
	if (settings.simulate) /* what runs then is valgrind */
		settings.kernel = (struct kernel_settings){0};
	return recorder_run(&settings, argv + first);
}

const struct command command_record = {
    .name = "record",
    .summary = "run a program and watch its locks",
    .usage = "[--] PROGRAM [ARGUMENT]…",
    .options = options,
    .run = run,
    .runs_program = true,
    .detail = "The exit status is the program's own, 128 + n when signal n ended it; 125 when\n"
	      "parprof failed, 126 when the program cannot be run, 127 when there is none.",
};
