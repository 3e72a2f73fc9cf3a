/* parprof doctor: what works on this machine, what does not, and what to do about it. */
#include "profiler/command.h"
#include "profiler/doctor.h"
#include "profiler/message.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool json;

static const struct option_row options[] = {
    {"json", 0, OPTION_FLAG, &json, NULL, "print JSON: checks[]{name,about,verdict,fact,advice}"},
    {.name = NULL},
};

static const struct check {
	const char *name;  /* stable, for scripts */
	const char *about; /* for people */
	void (*look)(struct finding *);
	bool vital; /* without it nothing can be recorded */
} checks[] = {
    {"preload", "watching a program", check_preload, true},
    {"library", "preload library", check_library, true},
    {"arena", "memory for the log", check_arena, true},
    {"cost", "cost of watching", check_cost, false},
    {"clock", "clock", check_clock, false},
    {"processors", "processors", check_processors, false},
    {"memory", "memory limit", check_memory, false},
    {"address_space", "address space (ulimit -v)", check_address_space, false},
    {"file_size", "file size (ulimit -f)", check_file_size, true},
    {"locked_memory", "locked memory (ulimit -l)", check_locked_memory, false},
    {"perf_software", "perf software events", check_perf_software, false},
    {"perf_hardware", "perf hardware counters", check_perf_hardware, false},
    {"ptrace", "ptrace scope", check_ptrace, false},
    {"randomization", "address randomization", check_randomization, false},
    {"kernel", "kernel", check_kernel, false},
    {"glibc", "C library", check_glibc, false},
    {"sqlite", "SQLite", check_sqlite, false},
    {"libdw", "libdw", check_libdw, false},
    {"valgrind", "simulated caches", check_valgrind, false},
    {"debuginfod", "debug information servers", check_debuginfod, false},
};
#define CHECKS (sizeof(checks) / sizeof(*checks))

static const char *const verdicts[] = {"ok", "limited", "no"};

void finding_limit(struct finding *f, enum verdict verdict, const char *advice, ...)
{
	va_list arguments;
	va_start(arguments, advice);
	f->verdict = verdict;
	text_clear(&f->advice);
	text_vformat(&f->advice, advice, arguments);
	va_end(arguments);
}

const char *doctor_file(const char *path, char *buffer, size_t size)
{
	FILE *file = fopen(path, "re");
	buffer[0] = 0;
	if (!file)
		return buffer;
	if (!fgets(buffer, (int)size, file))
		buffer[0] = 0;
	buffer[strcspn(buffer, "\n")] = 0;
	fclose(file);
	return buffer;
}

static void print_line(const struct check *c, const struct finding *f)
{
	printf("%-8s %-26s %s\n", verdicts[f->verdict], c->about, text_string(&f->fact));
	if (f->advice.length)
		printf("%-8s %-26s -> %s\n", "", "", text_string(&f->advice));
}

static void print_json(const struct check *c, const struct finding *f)
{
	struct text line = {0};
	text_format(&line, "{\"name\": \"%s\", \"about\": ", c->name);
	text_add_json(&line, c->about);
	text_format(&line, ", \"verdict\": \"%s\", \"fact\": ", verdicts[f->verdict]);
	text_add_json(&line, text_string(&f->fact));
	text_add(&line, ", \"advice\": ");
	text_add_json(&line, f->advice.length ? text_string(&f->advice) : NULL);
	printf("%s\n  %s}", c == checks ? "" : ",", text_string(&line));
	text_free(&line);
}

static bool look(const struct check *c)
{
	struct finding f = {0};
	c->look(&f);
	if (json)
		print_json(c, &f);
	else
		print_line(c, &f);
	bool fine = !c->vital || f.verdict != VERDICT_NO;
	text_free(&f.fact);
	text_free(&f.advice);
	return fine;
}

static int run(int argc, char **argv)
{
	if (options_parse(&command_doctor, argc, argv) < argc)
		usage_error("doctor takes no operands");
	bool works = true;
	fputs(json ? "{\"schema_version\": 1, \"checks\": [" : "", stdout);
	for (size_t i = 0; i < CHECKS; i++)
		works &= look(&checks[i]);
	if (json)
		printf("\n], \"works\": %s}\n", works ? "true" : "false");
	else
		printf("\n%s\n", works ? "Recording works here." : "Recording does not work here.");
	return works ? 0 : failed();
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "what works on this machine, and why something does not",
    .usage = "",
    .options = options,
    .run = run,
    .detail = "The exit status is 0 when programs can be recorded here, else 1.",
};
