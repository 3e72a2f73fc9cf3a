#include "reports/advise/shared_state.h"
#include <stdbool.h>
#include <string.h>

const struct shared_state shared_states[] = {
    {"rand random srand srandom", "its state, behind a lock",
     "rand_r, or a generator of its own for each thread", true},
    {"drand48 lrand48 mrand48 srand48 seed48", "its state",
     "erand48, nrand48 or jrand48 with a state of its own for each thread", false},
    {"strtok", "where it is in the text", "strtok_r", false},
    {"localtime gmtime ctime asctime", "the result", "localtime_r, gmtime_r, ctime_r, asctime_r",
     false},
    {"getpwnam getpwuid getgrnam getgrgid gethostbyname gethostbyaddr crypt", "the result",
     "the function that ends in _r", false},
    {"setenv putenv unsetenv setlocale", "the environment", "setting it before threads begin",
     false},
    {"fwrite fputs fputc putc putchar puts putw printf fprintf vprintf vfprintf fflush "
     "perror "
     "fputws fputwc putwc wprintf fwprintf",
     "the file, behind a lock",
     "each piece's output collected in memory, and written in their order", true},
    {"fread fgets fgetc getc getchar getline getdelim ungetc scanf fscanf vfscanf getw fgetws "
     "fgetwc "
     "fseek ftell rewind",
     "the file and the place in it", "one thread that reads, or files of their own", true},
};
const size_t shared_state_count = sizeof(shared_states) / sizeof(*shared_states);

/* _IO_puts, __fprintf_chk, putc_unlocked: the name between. */
static const char *name_in(const char *function, size_t *length)
{
	static const char *const ends[] = {"_chk", "_unlocked", "_internal"};
	while (*function == '_')
		function++;
	if (!strncmp(function, "IO_", 3))
		function += 3;
	*length = strcspn(function, "@");
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t end = strlen(ends[i]);
		if (*length > end && !strncmp(function + *length - end, ends[i], end))
			*length -= end;
	}
	return function;
}

static bool is_listed(const char *list, const char *name, size_t length)
{
	for (; *list; list += strcspn(list, " "), list += *list == ' ')
		if (strcspn(list, " ") == length && !strncmp(list, name, length))
			return true;
	return false;
}

const struct shared_state *shared_state_find(const char *function)
{
	size_t length = 0;
	const char *name = function ? name_in(function, &length) : NULL;
	for (size_t i = 0; length && i < shared_state_count; i++)
		if (is_listed(shared_states[i].functions, name, length))
			return &shared_states[i];
	return NULL;
}
