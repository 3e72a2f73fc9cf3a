#include "reports/folded.h"
#include "profiler/text.h"
#include "reports/table.h"
#include "reports/unit.h"
#include <string.h>

bool folded_row(const struct table *t, size_t row)
{
	return table_has(t, "folded") && table_text(t, row, "folded");
}

static bool is_folded(const struct table *t, size_t row, const char *why)
{
	return folded_row(t, row) && (!why || !strcmp(table_text(t, row, "folded"), why));
}

size_t folded_count(const struct table *t, const char *why)
{
	size_t count = 0;
	for (size_t i = 0; i < t->rows; i++)
		count += is_folded(t, i, why);
	return count;
}

size_t folded_rest(const struct table *t)
{
	return t->rows - folded_count(t, NULL);
}

int64_t folded_rest_sum(const struct table *t, const char *key)
{
	int64_t sum = 0;
	for (size_t i = 0; i < t->rows; i++)
		sum += folded_row(t, i) ? 0 : table_int(t, i, key);
	return sum;
}

/* The name of what a process ran, without folders: the first word of its command. */
struct name {
	const char *begin;
	size_t length;
};

static struct name program(const struct table *t, size_t row)
{
	const char *command = table_text(t, row, "command");
	struct name n = {command ? command : "", 0};
	size_t end = strcspn(n.begin, " ");
	for (const char *c = n.begin + end; c-- > n.begin;)
		if (*c == '/')
			return (struct name){c + 1, (size_t)(n.begin + end - c - 1)};
	n.length = end;
	return n;
}

static bool same(struct name a, struct name b)
{
	return a.length == b.length && !memcmp(a.begin, b.begin, a.length);
}

static size_t count_program(const struct table *t, struct name name)
{
	size_t count = 0;
	for (size_t i = 0; i < t->rows; i++)
		count += is_folded(t, i, "around") && same(program(t, i), name);
	return count;
}

/* The program most of them ran. Quadratic, but for runs of a few. */
static struct name most_frequent(const struct table *t)
{
	struct name most = {"", 0};
	size_t best = 0;
	for (size_t i = 0; i < t->rows; i++) {
		struct name name = is_folded(t, i, "around") ? program(t, i) : most;
		size_t count = same(name, most) ? 0 : count_program(t, name);
		if (count > best) {
			best = count;
			most = name;
		}
	}
	return most;
}

static int64_t cpu_around(const struct table *t)
{
	int64_t sum = 0;
	for (size_t i = 0; i < t->rows; i++)
		sum += is_folded(t, i, "around") ? table_int(t, i, "cpu_ns") : 0;
	return sum;
}

static void say_around(struct text *out, const struct table *t, size_t count,
		       const struct style *style)
{
	struct name name = most_frequent(t);
	text_format(out, "%zu short %s around it", count, count == 1 ? "process" : "processes");
	if (name.length)
		text_format(out, " (%s%.*s)", count_program(t, name) < count ? "most: " : "",
			    (int)name.length, name.begin);
	text_add(out, ", ");
	print_ns(out, cpu_around(t), style);
	text_add(out, " CPU");
}

void folded_say(struct text *out, const struct table *t, const struct style *style)
{
	size_t around = folded_count(t, "around"), plumbing = folded_count(t, "plumbing");
	if (around)
		say_around(out, t, around, style);
	if (plumbing)
		text_format(out, "%s%zu resource %s of multiprocessing", around ? "; " : "",
			    plumbing, plumbing == 1 ? "tracker" : "trackers");
}
