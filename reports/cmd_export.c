/* parprof export: a recording's stacks, for the tools that draw them. */
#include "profiler/command.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/filter.h"
#include "reports/question.h"
#include "reports/recording.h"
#include "reports/table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int of;
static const char *thread_pattern, *lock_pattern, *state_pattern;

/* In the order of the words of --of. */
static const char *const kinds[] = {"[\"cpu\"]", "[\"wait\"]", "[\"off\"]", "[\"wait\",\"off\"]"};

static const struct option_row options[] = {
    {"of", 0, OPTION_CHOICE, &of, "cpu|waits|blocked|off",
     "cpu: samples of what ran; waits: ns in waits; blocked: ns off a core that no wait explains, "
     "which have no stack; off: both of these",
     .otherwise = "cpu"},
    {"thread", 't', OPTION_TEXT, &thread_pattern, "RE", "only threads whose name matches"},
    {"lock", 'l', OPTION_TEXT, &lock_pattern, "RE",
     "only under, or waiting for, locks whose name or place matches"},
    {"state", 0, OPTION_TEXT, &state_pattern, "RE",
     "only these states: running, lock, idle, phase, timer, io, blocked, ready"},
    {NULL}};

/* thread;frame;frame;[state lock] weight: what is not running ends in why. */
static void add_line(struct text *out, const struct table *t, size_t row)
{
	const char *state = table_text(t, row, "state"), *lock = table_text(t, row, "lock");
	text_format(out, "%s;%s", table_text(t, row, "thread"), table_text(t, row, "frames"));
	if (strcmp(state, "running") != 0)
		text_format(out, ";[%s%s%s]", state, lock ? " " : "", lock ? lock : "");
	text_format(out, " %lld\n", (long long)table_int(t, row, "weight"));
}

static int print_folded(struct store *store)
{
	struct table t = {0};
	struct table *all[] = {&t, NULL};
	struct text out = {0};
	int result = table_read(&t, question_find("flame"), store, kinds[of]) ||
		     filter_rows(all, thread_pattern, "thread", NULL) ||
		     filter_rows(all, lock_pattern, "lock", "place") ||
		     filter_rows(all, state_pattern, "state", NULL);
	for (size_t i = 0; !result && i < t.rows; i++)
		add_line(&out, &t, i);
	if (!result && !t.rows)
		result = error("%s has no such stacks; 'parprof report' says what was not seen",
			       store_path(store));
	if (!result && out.length &&
	    (fwrite(out.data, 1, out.length, stdout) != out.length || fflush(stdout)))
		result = error("cannot write the stacks");
	text_free(&out);
	table_free(&t);
	return result;
}

extern const struct command command_export;

static int run(int argc, char **argv)
{
	int first = options_parse(&command_export, argc, argv);
	if (argc - first > 1)
		usage_error("one file at a time: what is '%s'?", argv[first + 1]);
	char *path = recording_path(first < argc ? argv[first] : NULL, "export");
	struct store *store = recording_open(path);
	int result = store ? print_folded(store) : -1;
	store_close(store);
	free(path);
	return result ? failed() : 0;
}

const struct command command_export = {
    .name = "export",
    .summary = "write stacks in the folded format of flame graphs",
    .usage = "[FILE.db]",
    .options = options,
    .run = run,
    .detail =
	"Each line is a thread, its frames from the outermost, and a weight: what flamegraph.pl,\n"
	"inferno and speedscope read. What is not running ends in why, as [lock ledger_mu].\n",
};
