#include "profiler/message.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

bool message_quiet;

static struct {
	const char *command; /* NULL: none yet */
	bool runs_program;
	void (*last_wish)(int status);
	int64_t progress_ns; /* when the progress line was written, 0: there is none */
} now;

void message_command(const char *name, bool runs_program)
{
	now.command = name;
	now.runs_program = runs_program;
}

int failed(void)
{
	return now.runs_program ? STATUS_TOOL : STATUS_FAILED;
}

void message_on_death(void (*last_wish)(int status))
{
	now.last_wish = last_wish;
}

#define REPEATS_MAX 3

static struct {
	char line[4096]; /* the last one said */
	unsigned long times;
} said;

static void say_how_often(void)
{
	if (said.times > REPEATS_MAX)
		fprintf(stderr, "parprof: (the same %lu times more)\n", said.times - REPEATS_MAX);
	said.times = 0;
}

/* The same line over and over is said a few times; how often else, before the next other one. */
static bool is_repeated(const char *line)
{
	static bool at_exit;
	if (strcmp(line, said.line) != 0) {
		say_how_often();
		snprintf(said.line, sizeof(said.line), "%s", line);
	}
	if (++said.times <= REPEATS_MAX)
		return false;
	if (!at_exit)
		at_exit = atexit(say_how_often) == 0;
	return true;
}

/* One write(), so that lines of several processes do not mix. */
static void say(const char *kind, const char *format, va_list arguments)
{
	char line[4096];
	int n = snprintf(line, sizeof(line) - 1, "parprof: %s", kind);
	int m = vsnprintf(line + n, sizeof(line) - 1 - (size_t)n, format, arguments);
	size_t length = m < 0 ? (size_t)n : (size_t)n + (size_t)m;
	if (length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length] = '\n';
	line[length + 1] = 0;
	progress_erase();
	if (!is_repeated(line))
		fwrite(line, 1, length + 1, stderr);
}

#define SAY(kind)                                                                                  \
	do {                                                                                       \
		va_list arguments;                                                                 \
		va_start(arguments, format);                                                       \
		say(kind, format, arguments);                                                      \
		va_end(arguments);                                                                 \
	} while (0)

int error(const char *format, ...)
{
	SAY("");
	return -1;
}

void warning(const char *format, ...)
{
	SAY("warning: ");
}

void notice(const char *format, ...)
{
	if (!message_quiet)
		SAY("");
}

static void end(int status) __attribute__((noreturn));
static void end(int status)
{
	void (*last_wish)(int) = now.last_wish;
	now.last_wish = NULL; /* it may die itself */
	if (last_wish)
		last_wish(status);
	exit(status);
}

void die(int status, const char *format, ...)
{
	SAY("");
	end(status);
}

void usage_error(const char *format, ...)
{
	SAY("");
	fprintf(stderr, "parprof: 'parprof help%s%s' tells more\n", now.command ? " " : "",
		now.command ? now.command : "");
	end(now.runs_program ? STATUS_TOOL : STATUS_USAGE);
}

void message_bug(const char *file, int line, const char *format, ...)
{
	SAY("a mistake in parprof itself, please report it: ");
	fprintf(stderr, "parprof: at %s:%d\n", file, line);
	end(failed());
}

static int64_t monotonic_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static size_t terminal_width(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80;
}

/* On a terminal that is ours to write to now, and that no full-screen program has taken over. */
static bool may_show_progress(void)
{
	static int on_terminal = -1;
	struct termios mode;
	if (on_terminal < 0) {
		const char *terminal = getenv("TERM");
		on_terminal = isatty(STDERR_FILENO) && !(terminal && !strcmp(terminal, "dumb"));
	}
	return on_terminal && tcgetpgrp(STDERR_FILENO) == getpgrp() &&
	       tcgetattr(STDERR_FILENO, &mode) == 0 && (mode.c_lflag & ICANON);
}

void progress(const char *format, ...)
{
	int64_t t = monotonic_ns();
	if (message_quiet || t - now.progress_ns < 100000000 || !may_show_progress())
		return;
	char line[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	/* the cursor goes back, so that what the program prints starts at the left as ever */
	fprintf(stderr, "\r\033[K%.*s\r", (int)terminal_width() - 1, line);
	now.progress_ns = t;
}

void progress_erase(void)
{
	if (now.progress_ns)
		fputs("\r\033[K", stderr);
	now.progress_ns = 0;
}
