/*
 * Options of a command, from one table: parsing, defaults, help and completion derive from it.
 *
 *	static const struct option_row options[] = {
 *		{"top", 't', OPTION_INT, &top, "N", "show the N worst locks", .otherwise = "10"},
 *		{"json", 0, OPTION_FLAG, &json, NULL, "print JSON"},
 *		{NULL}};
 *
 * Order: `otherwise` of each row, then PARPROF_OPTIONS (words that another command has are left
 * out), then the command line. A wrong option ends in usage_error(). --help is always there.
 */
#ifndef PARPROF_OPTIONS_H
#define PARPROF_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

struct command;

/* Rows leave out what they do not have. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

enum option_kind {
	OPTION_FLAG,   /* bool: true when given */
	OPTION_INT,    /* int64_t */
	OPTION_DOUBLE, /* double */
	OPTION_TEXT,   /* const char *, as given */
	OPTION_LIST,   /* struct option_list: each one given, in order */
	OPTION_CHOICE, /* int: index of the word among those of `argument`, "auto|always|never" */
};

#define OPTION_LIST_MAX 32
struct option_list {
	const char *word[OPTION_LIST_MAX];
	int count;
};

struct option_row {
	const char *name; /* long name; NULL ends the table */
	char letter;	  /* 0: none */
	enum option_kind kind;
	void *value;
	const char *argument; /* its name in help; NULL for flags */
	const char *help;
	const char *otherwise;	  /* the default as one would type it; NULL: leave *value alone */
	int64_t minimum, maximum; /* of INT; both 0: any */
};

/* Returns the index of the first operand in argv; operands are moved behind the options unless
 * the command runs a program, whose options are left alone. */
int options_parse(const struct command *, int argc, char **argv);
void options_help(const struct command *, FILE *);

#endif
