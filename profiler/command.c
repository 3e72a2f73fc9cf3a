#include "profiler/command.h"
#include "profiler/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTER(name) &command_##name,
const struct command *const commands[] = {COMMANDS(ENTER) NULL};

const struct command *command_find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

/* Insertions, deletions and changes of one letter that lead from a to b. */
static size_t distance(const char *a, const char *b)
{
	size_t columns = strlen(b) + 1;
	size_t *row = memory_new(columns, sizeof(*row));
	for (size_t j = 0; j < columns; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j < columns; j++) {
			size_t above = row[j];
			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	size_t result = row[columns - 1];
	free(row);
	return result;
}

const char *command_similar(const char *name)
{
	const char *best = NULL;
	size_t best_distance = 3;
	for (const struct command *const *c = commands; *c; c++) {
		size_t d = distance(name, (*c)->name);
		if (!(*c)->hidden && d < best_distance) {
			best = (*c)->name;
			best_distance = d;
		}
	}
	return best;
}

void command_list(void)
{
	puts("parprof: where a parallel program waits, and for whom\n\n"
	     "  parprof record -- ./program arguments    run it and watch its locks\n"
	     "  parprof report                           read what was seen\n\n"
	     "Commands:");
	for (const struct command *const *c = commands; *c; c++)
		if (!(*c)->hidden)
			printf("  %-10s %s\n", (*c)->name, (*c)->summary);
	puts("  help       about one command: parprof help COMMAND\n"
	     "  completion a script for bash: source <(parprof completion)\n\n"
	     "PARPROF_OPTIONS in the environment holds options for all commands that have them.");
}

static void complete_command(const struct command *c)
{
	printf("\t%s) words=\"--help", c->name);
	for (const struct option_row *r = c->options; r && r->name; r++)
		printf(" --%s%s", r->name, r->kind == OPTION_FLAG ? "" : "=");
	puts("\" ;;");
}

void command_completion(void)
{
	puts("# bash completion of parprof\n_parprof() {\n"
	     "\tlocal words current=${COMP_WORDS[COMP_CWORD]}\n"
	     "\tCOMPREPLY=()\n"
	     "\tcase $COMP_CWORD:${COMP_WORDS[1]} in 1:*)");
	fputs("\t\tCOMPREPLY=($(compgen -W \"help", stdout);
	for (const struct command *const *c = commands; *c; c++)
		if (!(*c)->hidden)
			printf(" %s", (*c)->name);
	puts("\" -- \"$current\")); return ;;\n\tesac\n\tcase ${COMP_WORDS[1]} in");
	for (const struct command *const *c = commands; *c; c++)
		if (!(*c)->hidden)
			complete_command(*c);
	puts("\tesac\n"
	     "\t[[ $current == -* ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	     "\t[[ ${COMPREPLY-} == *= ]] && compopt -o nospace\n"
	     "}\ncomplete -o default -F _parprof parprof");
}
