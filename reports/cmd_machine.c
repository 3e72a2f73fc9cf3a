/* parprof machine: what this machine is, and what threads, locks and memory cost on it. */
#include "profiler/command.h"
#include "profiler/machine_store.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/machine_words.h"
#include "reports/render.h"
#include "reports/section.h"
#include <string.h>

static bool json, csv, draw;
static const char *table_name;
static int64_t width;
static int colour, costs;

enum { COSTS_MEASURE, COSTS_REMEMBERED };

static const struct option_row options[] = {
    {"costs", 0, OPTION_CHOICE, &costs, "measure|remembered",
     "measure what things cost, about a second, or only tell what was measured before",
     .otherwise = "measure"},
    {"draw", 0, OPTION_FLAG, &draw, NULL, "only the tree of what shares what; measures nothing"},
    {"json", 0, OPTION_FLAG, &json, NULL, "all of it as JSON"},
    {"csv", 0, OPTION_FLAG, &csv, NULL, "one table as CSV: --table, else machine"},
    {"table", 0, OPTION_TEXT, &table_name, "NAME",
     "this table only: machine machine_caches machine_costs machine_computing "
     "machine_bandwidth machine_tree"},
    {"color", 0, OPTION_CHOICE, &colour, "auto|always|never", "colours", .otherwise = "auto"},
    {"width", 0, OPTION_INT, &width, "N", "columns of the terminal", .minimum = 40,
     .maximum = 10000},
    {NULL}};

/* Names are looked at before anything is measured. */
static enum model_table chosen_table(const struct section *section)
{
	const enum model_table *t = section->tables;
	if (!table_name)
		return *t;
	while (*t != MODEL_TABLE_COUNT && strcmp(model_table_name(*t), table_name) != 0)
		t++;
	if (*t == MODEL_TABLE_COUNT)
		usage_error("there is no table '%s' of a machine; --help names them", table_name);
	return *t;
}

static int print(const struct model *m, const struct section *section, enum model_table table)
{
	struct text out = {0};
	struct look look = {.terminal = terminal_find(colour, (int)width)};
	if (json)
		render_section_json(&out, m, section);
	else if (csv)
		render_csv(&out, &m->table[table]);
	else if (draw)
		machine_draw(&out, m, &look);
	else if (table_name)
		render_one(&out, &m->table[table], &look);
	else
		render_section(&out, m, section, &look);
	int result = terminal_write(&look.terminal, &out, false);
	text_free(&out);
	return result;
}

/* As in a recording, so that `parprof report --machine` says the same of it. */
static int run(int argc, char **argv)
{
	if (options_parse(&command_machine, argc, argv) < argc)
		usage_error("machine takes no operands; 'parprof report --machine FILE' tells of a "
			    "recording's");
	if (json && csv)
		usage_error("--json or --csv, not both");
	const struct section *section = section_find(SECTION_machine);
	enum model_table table = chosen_table(section);
	struct store *store = store_memory();
	struct model model;
	if (!store)
		return failed();
	if (draw || costs == COSTS_REMEMBERED)
		machine_store_this(store);
	else
		machine_store_measured(store);
	int result = section_read(&model, store, section);
	if (!result)
		result = print(&model, section, table);
	model_free(&model);
	store_close(store);
	return result ? failed() : 0;
}

const struct command command_machine = {
    .name = "machine",
    .summary = "what this machine is, and what threads and locks cost on it",
    .usage = "",
    .options = options,
    .run = run,
    .detail = "The costs are remembered in $XDG_CACHE_HOME/parprof or ~/.cache/parprof and stored "
	      "with\neach recording made on this machine from then on.",
};
