/* parprof scale: runs a program with different numbers of cores or threads, says what they gain. */
#include "profiler/command.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/advise/kept.h"
#include "reports/scale/forecast.h"
#include "reports/scale/keep.h"
#include "reports/scale/show.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *output, *cores, *thread_counts, *placeholder, *variable, *reread, *advised;
static int64_t most, runs, warmup, seed, width;
static int pin, colour, work, predict;
static bool json, show_output, quiet;

enum { WORK_FIXED, WORK_GROWS };
enum { PREDICT_YES, PREDICT_NO };

static const struct option_row options[] = {
    {"output", 'o', OPTION_TEXT, &output, "FILE",
     "the database; a sweep is added to what the file holds (parprof-scale.NAME.db)"},
    {"cores", 'c', OPTION_TEXT, &cores, "LIST",
     "run it on so many cores: 1,2,4 or 1-8 (all numbers up to 8, some beyond)"},
    {"max", 'm', OPTION_INT, &most, "N", "the same from 1 to N (the cores that there are)",
     .minimum = 1, .maximum = PLAN_MOST},
    {"runs", 'r', OPTION_INT, &runs, "N", "of each point; 5 are the least for an interval",
     .otherwise = "7", .minimum = 1, .maximum = 1000},
    {"arg", 0, OPTION_TEXT, &placeholder, "WORD",
     "what stands for the number of threads in the command ({n})"},
    {"threads-env", 0, OPTION_TEXT, &variable, "NAME",
     "a variable that tells the program its number of threads: OMP_NUM_THREADS"},
    {"thread-counts", 't', OPTION_TEXT, &thread_counts, "LIST",
     "so many threads, all on the same cores: all, or the one number of --cores"},
    {"pin", 0, OPTION_CHOICE, &pin, "compact|scatter|none",
     "which cores: socket after socket, sockets in turn, or all and only the threads change",
     .otherwise = "compact"},
    {"warmup", 'w', OPTION_INT, &warmup, "N", "runs before the first that counts", .otherwise = "1",
     .minimum = 0, .maximum = 1000},
    {"work", 0, OPTION_CHOICE, &work, "fixed|grows",
     "the program does the same work at every point, or n times as much with n",
     .otherwise = "fixed"},
    {"predict", 0, OPTION_CHOICE, &predict, "yes|no",
     "record one run more and predict the others from it, to be seen beside the measured",
     .otherwise = "yes"},
    {"advice", 0, OPTION_TEXT, &advised, "FILE",
     "a recording of the program as it was before, which parprof advise looked at: what it "
     "predicted "
     "is set beside what is measured"},
    {"seed", 0, OPTION_INT, &seed, "N", "of the order of runs", .otherwise = "1", .minimum = 0,
     .maximum = 1000000000},
    {"show-output", 0, OPTION_FLAG, &show_output, NULL,
     "what the program prints goes to stderr; else it goes nowhere"},
    {"read", 0, OPTION_TEXT, &reread, "FILE", "run nothing: print the last sweep in that file"},
    {"json", 0, OPTION_FLAG, &json, NULL, "all of it as JSON"},
    {"quiet", 'q', OPTION_FLAG, &quiet, NULL, "say nothing beside the result"},
    {"color", 0, OPTION_CHOICE, &colour, "auto|always|never", "colours", .otherwise = "auto"},
    {"width", 0, OPTION_INT, &width, "N", "columns of the terminal", .minimum = 40,
     .maximum = 10000},
    {NULL}};

static int print(struct store *store, int64_t sweep)
{
	struct shown s;
	struct text out = {0};
	struct terminal terminal = terminal_find(colour, (int)width);
	int result = shown_read(&s, store, sweep);
	if (result == 0 && json)
		show_json(&out, &s);
	else if (result == 0)
		show_text(&out, &s, &terminal);
	if (result == 0)
		result = terminal_write(&terminal, &out, false);
	text_free(&out);
	shown_free(&s);
	return result;
}

static int read_again(void)
{
	struct store *store = store_open(reread, STORE_READ);
	int64_t sweep = store ? shown_newest(store) : 0;
	int result = store ? 0 : -1;
	if (store && !sweep)
		result = error("%s holds no sweep; 'parprof scale -- PROGRAM' makes one", reread);
	if (result == 0)
		result = print(store, sweep);
	store_close(store);
	return result ? STATUS_FAILED : 0;
}

static char *output_path(const char *program)
{
	const char *slash = strrchr(program, '/');
	struct text t = {0};
	if (output)
		return memory_copy(output);
	text_format(&t, "parprof-scale.%s.db", slash ? slash + 1 : program);
	return t.data;
}

/* A file that is there is added to. One without a recording counts as finished. */
static struct store *open_output(const char *path)
{
	if (access(path, F_OK) == 0)
		return store_open(path, STORE_WRITE);
	struct store *store = store_create(path, false);
	if (store)
		store_run_set_int(store, "finished", 1);
	return store;
}

static bool measured(const struct sweep *s)
{
	for (size_t i = 0; i < s->rounds * s->plan->count; i++)
		if (s->runs[i].position)
			return true;
	return false;
}

/* What was measured is kept and shown; the program's status is ours unless that fails. */
static int conclude(struct store *store, const struct sweep *s, const struct forecast *forecast,
		    const struct identity *identity)
{
	struct figures figures;
	figures_gather(&figures, s, work == WORK_GROWS);
	int64_t sweep = keep_sweep(store, s, &figures, identity);
	int result = sweep < 0 ? -1 : forecast_keep(forecast, store, s->plan, identity, sweep);
	if (result == 0 && advised)
		result = advice_copy(advised, store, sweep);
	if (result == 0)
		result = print(store, sweep);
	figures_free(&figures);
	return result ? STATUS_TOOL : s->status;
}

/* Into an open file; false: nothing was measured. */
static bool measure(struct store *store, struct sweep *s, char **command, int *status)
{
	struct identity identity;
	struct forecast forecast = {0};
	identity_find(&identity, command);
	execution_signals();
	if (predict == PREDICT_YES && identity.path && s->plan->count > 1)
		forecast_make(&forecast, s->plan);
	sweep_measure(s);
	bool any = measured(s);
	*status = any ? conclude(store, s, &forecast, &identity) : s->status;
	forecast_free(&forecast);
	identity_free(&identity);
	return any;
}

static int sweep_run(const struct plan *plan, char **command)
{
	struct sweep s = {
	    .plan = plan,
	    .rounds = (size_t)runs,
	    .warmup = (size_t)warmup,
	    .seed = (uint64_t)seed,
	    .show_output = show_output,
	};
	char *path = output_path(command[0]);
	bool there = access(path, F_OK) == 0;
	struct store *store = open_output(path);
	int status = STATUS_TOOL;
	if (store) {
		bool any = measure(store, &s, command, &status);
		bool kept = store_close(store) == 0;
		if (!any && !there)
			unlink(path);
		else if (any && kept)
			notice("%s holds the sweep; parprof scale --read=%s shows it again", path,
			       path);
		status = kept ? status : STATUS_TOOL;
		sweep_free(&s);
	}
	free(path);
	return status;
}

extern const struct command command_scale;

static int scale(int argc, char **argv)
{
	struct plan plan;
	int first = options_parse(&command_scale, argc, argv);
	message_quiet = quiet;
	if (reread && first < argc)
		usage_error("--read runs nothing: what is '%s'?", argv[first]);
	if (reread)
		return read_again();
	if (first >= argc)
		usage_error("which program? parprof scale -- ./program arguments");
	struct plan_wish wish = {
	    .cores = cores,
	    .threads = thread_counts,
	    .most = (int)most,
	    .placeholder = placeholder,
	    .variable = variable,
	    .pin = pin,
	};
	plan_make(&plan, &wish, argv + first);
	double quota = cores_quota();
	if (quota > 0 && quota < plan.cores.count)
		warning("the control group allows the CPU time of %.2g cores only", quota);
	int status = sweep_run(&plan, argv + first);
	plan_free(&plan);
	return status;
}

const struct command command_scale = {
    .name = "scale",
    .summary = "measure what more cores or threads gain a program",
    .usage = "[--] PROGRAM [ARGUMENT]…",
    .options = options,
    .run = scale,
    .runs_program = true,
    .detail =
	"The program is run alone, not watched, so many times at each point, in turns. Where it "
	"takes\n"
	"its number of threads write {n}:  parprof scale -- ./program --threads={n}\n"
	"Without {n} or --threads-env only the cores change that it may use.\n"
	"The exit status is the program's own. A run that ends otherwise than the first ends the\n"
	"sweep; Ctrl-C does, too, and what was measured is kept and shown.",
};
