/* parprof: git style commands. Each command is a cmd_*.c; the list is in command.c. */
#include "profiler/command.h"
#include "profiler/message.h"
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int help(const char *topic)
{
	if (!topic) {
		command_list();
		return 0;
	}
	const struct command *c = command_find(topic);
	if (!c)
		usage_error("there is no command '%s'", topic);
	options_help(c, stdout);
	return 0;
}

static bool names_a_file(const char *word)
{
	size_t length = strlen(word);
	return (length > 3 && !strcmp(word + length - 3, ".db")) || access(word, F_OK) == 0;
}

static int run(const struct command *c, int argc, char **argv)
{
	message_command(c->name, c->runs_program);
	return c->run(argc, argv);
}

/* A descriptor below 3 that our caller closed must not become a file of ours, which a message would
 * then be written to. Programs we run find it closed again. */
static void fill_standard_descriptors(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	fill_standard_descriptors();
	setlocale(LC_CTYPE, "");
	const char *word = argc > 1 ? argv[1] : "--help";
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		return help(NULL);
	if (!strcmp(word, "help"))
		return help(argv[2]);
	if (!strcmp(word, "--version")) {
		puts("parprof " PARPROF_VERSION);
		return 0;
	}
	if (!strcmp(word, "completion")) {
		command_completion();
		return 0;
	}
	const struct command *c = command_find(word);
	if (c)
		return run(c, argc - 1, argv + 1);
	if (word[0] != '-' && names_a_file(word))
		return run(command_find("report"), argc, argv);
	const char *similar = command_similar(word);
	if (similar)
		usage_error("there is no command '%s'; did you mean '%s'?", word, similar);
	usage_error("there is no command '%s'", word);
}
