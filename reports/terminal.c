#include "reports/terminal.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool wants_colour(enum colour_choice choice)
{
	if (choice != COLOUR_AUTO)
		return choice == COLOUR_ALWAYS;
	const char *off = getenv("NO_COLOR"), *kind = getenv("TERM");
	return isatty(STDOUT_FILENO) && !(off && *off) && kind && strcmp(kind, "dumb") != 0;
}

static int columns_of_environment(void)
{
	const char *columns = getenv("COLUMNS");
	int width = columns ? atoi(columns) : 0;
	return width > 0 ? width : 80;
}

struct terminal terminal_find(enum colour_choice choice, int width)
{
	struct terminal t = {
	    .width = width,
	    .colour = wants_colour(choice),
	    .style = {.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8")},
	};
	struct winsize size = {0};
	if (isatty(STDOUT_FILENO)) {
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
		if (!t.width)
			t.width = size.ws_col ? size.ws_col : columns_of_environment();
		t.height = size.ws_row;
	}
	if (t.width && t.width < 40)
		t.width = 40; /* less is no table */
	t.style.brief = t.width != 0;
	return t;
}

static int lines(const struct text *t)
{
	int count = 0;
	for (size_t i = 0; i < t->length; i++)
		count += t->data[i] == '\n';
	return count;
}

/* -1: there is no pager that starts. One that is left early is no error. */
/* SIGPIPE: a reader who quits the pager early must not end us with a signal. */
static int page_out(const struct text *out)
{
	const char *pager = getenv("PAGER");
	setenv("LESS", "FRX", 0);
	FILE *f = popen(pager && *pager ? pager : "less -FRX", "w");
	if (!f)
		return -1;
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	fwrite(out->data, 1, out->length, f);
	int status = pclose(f);
	signal(SIGPIPE, before);
	return status == 127 << 8 ? -1 : 0;
}

/* A closed pipe (report | head) is what its reader wanted, no failure. */
int terminal_write(const struct terminal *t, const struct text *out, bool page)
{
	if (page && t->height && lines(out) >= t->height && page_out(out) == 0)
		return 0;
	if (fwrite(text_string(out), 1, out->length, stdout) != out->length || fflush(stdout))
		return errno == EPIPE
			   ? 0
			   : error("the report could not be written: %s", strerror(errno));
	return 0;
}
