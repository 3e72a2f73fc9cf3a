#include "profiler/options.h"
#include "profiler/command.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HELP = 1000000 };

static const struct option_row no_rows[] = {{.name = NULL}};

static const struct option_row *rows_of(const struct command *c)
{
	return c->options ? c->options : no_rows;
}

static void set_int(const struct option_row *r, const char *word)
{
	char *end;
	errno = 0;
	long long value = strtoll(word, &end, 0);
	if (errno || end == word || *end)
		usage_error("--%s wants a whole number, not '%s'", r->name, word);
	if ((r->minimum || r->maximum) && (value < r->minimum || value > r->maximum))
		usage_error("--%s wants a number from %lld to %lld, not %lld", r->name,
			    (long long)r->minimum, (long long)r->maximum, value);
	*(int64_t *)r->value = value;
}

static void set_double(const struct option_row *r, const char *word)
{
	char *end;
	double value = strtod(word, &end);
	if (end == word || *end)
		usage_error("--%s wants a number, not '%s'", r->name, word);
	*(double *)r->value = value;
}

static void set_choice(const struct option_row *r, const char *word)
{
	size_t length = strlen(word);
	int index = 0;
	for (const char *at = r->argument; at; index++) {
		size_t n = strcspn(at, "|");
		if (n == length && !memcmp(at, word, n)) {
			*(int *)r->value = index;
			return;
		}
		at = at[n] ? at + n + 1 : NULL;
	}
	usage_error("--%s is one of %s, not '%s'", r->name, r->argument, word);
}

static void add_to_list(const struct option_row *r, const char *word)
{
	struct option_list *l = r->value;
	if (l->count == OPTION_LIST_MAX)
		usage_error("--%s: at most %d of them", r->name, OPTION_LIST_MAX);
	l->word[l->count++] = word;
}

static void set(const struct option_row *r, const char *word)
{
	switch (r->kind) {
	case OPTION_FLAG:
		*(bool *)r->value = true;
		break;
	case OPTION_INT:
		set_int(r, word);
		break;
	case OPTION_DOUBLE:
		set_double(r, word);
		break;
	case OPTION_TEXT:
		*(const char **)r->value = word;
		break;
	case OPTION_LIST:
		add_to_list(r, word);
		break;
	case OPTION_CHOICE:
		set_choice(r, word);
		break;
	}
}

/* Tables for getopt_long; values of the long options are row numbers. */
struct getopt_tables {
	struct option *longs;
	struct text shorts;
};

static void make_tables(struct getopt_tables *g, const struct command *c)
{
	const struct option_row *rows = rows_of(c);
	size_t count = 0;
	while (rows[count].name)
		count++;
	g->longs = memory_new(count + 2, sizeof(*g->longs));
	text_add(&g->shorts, c->runs_program ? "+:h" : ":h");
	for (size_t i = 0; i < count; i++) {
		int takes = rows[i].kind == OPTION_FLAG ? no_argument : required_argument;
		g->longs[i] = (struct option){rows[i].name, takes, NULL, HELP + 1 + (int)i};
		if (rows[i].letter) {
			text_add_char(&g->shorts, rows[i].letter);
			text_add(&g->shorts, takes == required_argument ? ":" : "");
		}
	}
	g->longs[count] = (struct option){"help", no_argument, NULL, HELP};
}

static const struct option_row *row_of(const struct option_row *rows, int found)
{
	if (found > HELP)
		return &rows[found - HELP - 1];
	while (rows->name && rows->letter != found)
		rows++;
	return rows->name ? rows : NULL;
}

static void __attribute__((noreturn)) show_help(const struct command *c)
{
	options_help(c, stdout);
	exit(fflush(stdout) ? failed() : 0);
}

static void complain(int found, const char *word)
{
	bool is_long = !strncmp(word, "--", 2);
	if (found == ':')
		usage_error("%s wants a value", word);
	if (is_long && strchr(word, '='))
		usage_error("'%s' is not an option, or takes no value", word);
	if (is_long)
		usage_error("there is no option %s, or it stands for several", word);
	usage_error("there is no option -%c", optopt);
}

static int parse(const struct command *c, int argc, char **argv)
{
	static struct getopt_tables g; /* static: --help and mistakes leave from below */
	make_tables(&g, c);
	optind = 0; /* glibc: start anew, with this order */
	opterr = 0;
	for (;;) {
		int found = getopt_long(argc, argv, text_string(&g.shorts), g.longs, NULL);
		if (found == -1)
			break;
		if (found == HELP || found == 'h')
			show_help(c);
		if (found == '?' || found == ':')
			complain(found, argv[optind - 1]);
		set(row_of(rows_of(c), found), optarg);
	}
	free(g.longs);
	text_free(&g.shorts);
	g.longs = NULL;
	return optind;
}

/* "-q", "--top=5": does a row have this option? */
static bool has_option(const struct command *c, const char *word)
{
	for (const struct option_row *r = rows_of(c); r->name; r++) {
		size_t n = strlen(r->name);
		if (word[0] == '-' && word[1] == r->letter && r->letter)
			return true;
		if (!strncmp(word, "--", 2) && !strncmp(word + 2, r->name, n) &&
		    (word[2 + n] == 0 || word[2 + n] == '='))
			return true;
	}
	return false;
}

static bool any_command_has(const char *word)
{
	for (const struct command *const *c = commands; *c; c++)
		if (has_option(*c, word))
			return true;
	return false;
}

static void parse_environment(const struct command *c)
{
	static char *words; /* options point into them: they stay */
	const char *value = getenv("PARPROF_OPTIONS");
	if (!value || !*value)
		return;
	free(words);
	words = memory_copy(value);
	char *rest = NULL;
	char *argv[3] = {(char *)c->name, NULL, NULL};
	for (char *word = strtok_r(words, " \t\n", &rest); word;
	     word = strtok_r(NULL, " \t\n", &rest)) {
		argv[1] = word;
		if (has_option(c, word))
			parse(c, 2, argv);
		else if (!any_command_has(word))
			usage_error("PARPROF_OPTIONS: no command has the option '%s'; values are "
				    "written --name=value",
				    word);
	}
}

int options_parse(const struct command *c, int argc, char **argv)
{
	for (const struct option_row *r = rows_of(c); r->name; r++)
		if (r->otherwise)
			set(r, r->otherwise);
	parse_environment(c);
	return parse(c, argc, argv);
}

static void add_option(struct text *left, const struct option_row *r)
{
	if (r->letter)
		text_format(left, "  -%c, --%s", r->letter, r->name);
	else
		text_format(left, "      --%s", r->name);
	if (r->kind != OPTION_FLAG)
		text_format(left, "=%s", r->argument);
}

#define HELP_COLUMN 30
#define HELP_WIDTH 96

/* Words of `help` from column HELP_COLUMN on, wrapped. */
static void add_wrapped(struct text *out, size_t column, const char *help)
{
	while (*help) {
		size_t n = strcspn(help, " ");
		if (column > HELP_COLUMN && column + 1 + n > HELP_WIDTH) {
			text_add_char(out, '\n');
			column = 0;
		}
		size_t gap = column < HELP_COLUMN ? HELP_COLUMN - column : 1;
		text_repeat(out, ' ', gap);
		text_add_bytes(out, help, n);
		column += gap + n;
		help += n + (help[n] == ' ');
	}
}

static void help_row(const struct option_row *r, FILE *file)
{
	struct text line = {0}, help = {0};
	add_option(&line, r);
	text_add(&help, r->help);
	if (r->otherwise)
		text_format(&help, " (default: %s)", r->otherwise);
	size_t column = line.length;
	if (column >= HELP_COLUMN) {
		text_add_char(&line, '\n');
		column = 0;
	}
	add_wrapped(&line, column, text_string(&help));
	fprintf(file, "%s\n", text_string(&line));
	text_free(&line);
	text_free(&help);
}

void options_help(const struct command *c, FILE *file)
{
	static const struct option_row help = {"help",	    'h',  OPTION_FLAG, NULL, NULL,
					       "this text", NULL, 0,	       0};
	fprintf(file, "parprof %s: %s\n\nUsage: parprof %s [OPTION]… %s\n\n", c->name, c->summary,
		c->name, c->usage ? c->usage : "");
	for (const struct option_row *r = rows_of(c); r->name; r++)
		help_row(r, file);
	help_row(&help, file);
	if (c->detail)
		fprintf(file, "\n%s\n", c->detail);
}
