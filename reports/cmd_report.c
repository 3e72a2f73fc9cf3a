/* parprof report: reads a recording, says what it means. */
#include "profiler/command.h"
#include "profiler/embedded.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/recording.h"
#include "reports/render.h"
#include "reports/section.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOP_TEXT 5
#define TOP_MACHINE 20 /* locks with waiters and holders in JSON */

static bool json, csv, sql, native, full, no_pager;
static int64_t top = -1, width;
static int colour;
static bool only[SECTION_COUNT];
static const char *sort, *lock_pattern, *thread_pattern, *table_name;

#define TABLE(name) " " #name
#define SECTION(name, help) {#name, 0, OPTION_FLAG, &only[SECTION_##name], NULL, help},
#define TABLE_NAMES MODEL_TABLES(TABLE)

static const struct option_row options[] = {
    {"full", 'a', OPTION_FLAG, &full, NULL, "all sections in full"},
    {"top", 'n', OPTION_INT, &top, "N", "locks to look into: who waited, who held (5; 20 in JSON)",
     .minimum = 0, .maximum = 1000000},
    {"sort", 's', OPTION_TEXT, &sort, "KEY", "order tables by a column, by its name in JSON"},
    {"lock", 'l', OPTION_TEXT, &lock_pattern, "RE", "only locks whose name or place matches"},
    {"thread", 't', OPTION_TEXT, &thread_pattern, "RE",
     "only threads whose name or routine matches, and what they did with locks"},
    {"native", 0, OPTION_FLAG, &native, NULL, "frames of runtime libraries and interpreters too"},
    SECTIONS(SECTION){"json", 0, OPTION_FLAG, &json, NULL, "all of it as JSON"},
    {"csv", 0, OPTION_FLAG, &csv, NULL,
     "one table as CSV: --table, else the first of what was asked for, else locks"},
    {"table", 0, OPTION_TEXT, &table_name, "NAME", "this table only:" TABLE_NAMES},
    {"sql", 0, OPTION_FLAG, &sql, NULL, "print the queries the report is made of"},
    {"color", 0, OPTION_CHOICE, &colour, "auto|always|never", "colours", .otherwise = "auto"},
    {"width", 0, OPTION_INT, &width, "N", "columns of the terminal", .minimum = 40,
     .maximum = 10000},
    {"no-pager", 0, OPTION_FLAG, &no_pager, NULL, "never through $PAGER"},
    {NULL}};
#undef TABLE
#undef SECTION

static int print_sql(void)
{
	const struct question *q;
	printf("%s\n", embedded_text("reports/readings.sql"));
	for (int i = 0; (q = question_number(i)); i++)
		printf("%s%s;\n", i ? "\n" : "", q->sql);
	return 0;
}

static const struct table *table_of_name(const struct model *m)
{
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		if (!strcmp(model_table_name(i), table_name ? table_name : "locks"))
			return &m->table[i];
	usage_error("there is no table '%s'; --help names them", table_name);
}

static struct look make_look(void)
{
	return (struct look){
	    .terminal = terminal_find(colour, (int)width),
	    .full = full,
	    .native = native,
	    .by_lock = lock_pattern != NULL,
	    .by_thread = thread_pattern != NULL,
	};
}

/* All of it is made before the first byte goes out: a report is whole or absent. */
static int print_model(const struct model *m)
{
	struct text out = {0};
	struct look look = make_look();
	if (json)
		render_json(&out, m, NULL);
	else if (csv)
		render_csv(&out, table_of_name(m));
	else if (table_name)
		render_one(&out, table_of_name(m), &look);
	else
		render_text(&out, m, &look);
	int result = terminal_write(&look.terminal, &out, !no_pager && !json && !csv);
	text_free(&out);
	return result ? failed() : 0;
}

/* The section that was asked for, NULL: the report as a whole. */
static const struct section *section_asked(void)
{
	const struct section *asked = NULL;
	for (int i = 0; i < SECTION_COUNT; i++) {
		if (only[i] && asked)
			usage_error("one part at a time: --full shows all of them");
		if (only[i])
			asked = section_find(i);
	}
	if (asked && table_name)
		usage_error("--table shows that table only, without any part around it");
	return asked;
}

static int print_section(struct store *store, const struct section *section)
{
	struct text out = {0};
	struct look look = make_look();
	struct model model;
	int result = section_read(&model, store, section);
	if (result)
		;
	else if (json)
		render_section_json(&out, &model, section);
	else if (csv)
		render_csv(&out, &model.table[section->tables[0]]);
	else
		render_section(&out, &model, section, &look);
	if (!result)
		result = terminal_write(&look.terminal, &out, !no_pager && !json && !csv);
	model_free(&model);
	text_free(&out);
	return result ? failed() : 0;
}

static int print_whole(struct store *store)
{
	struct choice choice = {
	    .sort = sort,
	    .lock = lock_pattern,
	    .thread = thread_pattern,
	    .top = (size_t)(top >= 0 ? top
			    : json   ? TOP_MACHINE
				     : TOP_TEXT),
	};
	struct model model;
	int result = model_read(&model, store, &choice) ? failed() : print_model(&model);
	model_free(&model);
	return result;
}

static int print_report(const char *path, const struct section *section)
{
	struct store *store = recording_open(path);
	if (!store)
		return failed();
	int result = section ? print_section(store, section) : print_whole(store);
	store_close(store);
	return result;
}

extern const struct command command_report;

static int report(int argc, char **argv)
{
	int first = options_parse(&command_report, argc, argv);
	if (argc - first > 1)
		usage_error("one file at a time: what is '%s'?", argv[first + 1]);
	if (json && csv)
		usage_error("--json or --csv, not both");
	const struct section *section = section_asked();
	if (sql)
		return print_sql();
	char *path = recording_path(first < argc ? argv[first] : NULL, "report on");
	int result = print_report(path, section);
	free(path);
	return result;
}

const struct command command_report = {
    .name = "report",
    .summary = "say which locks a recorded program waited for and who held them",
    .usage = "[FILE.db]",
    .options = options,
    .run = report,
    .detail =
	"Without FILE: the newest parprof.*.db of this folder. A recording that was cut short is "
	"finished first.\n",
};
