#include "reports/unit.h"
#include "profiler/text.h"
#include "reports/question.h"
#include "reports/table.h"
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define UNIT_PRINTER(name)                                                                         \
	static void name(                                                                          \
	    struct text *out, const struct cell *c, __attribute__((unused)) const struct table *t, \
	    __attribute__((unused)) size_t row, __attribute__((unused)) const struct style *style)

static int64_t integer(const struct cell *c)
{
	return c->type == CELL_REAL ? llround(c->real) : c->type == CELL_INT ? c->integer : 0;
}

void print_ns(struct text *out, int64_t ns, const struct style *style)
{
	size_t before = out->length;
	text_add_ns(out, ns);
	char *micro = style->utf8 ? strstr(out->data + before, " us") : NULL;
	if (micro) {
		text_cut(out, (size_t)(micro - out->data));
		text_add(out, " µs");
	}
}

/* 0.04 %, 3.4 %, 52 %: enough digits to tell a little from nothing. */
void print_share(struct text *out, double share)
{
	double percent = share * 100;
	if (percent > 0 && percent < 0.01)
		text_add(out, "<0.01 %");
	else
		text_format(out,
			    percent >= 9.95 || percent == 0 ? "%.0f %%"
			    : percent >= 0.1		    ? "%.1f %%"
							    : "%.2f %%",
			    percent);
}

void print_count(struct text *out, int64_t count, const struct style *style)
{
	if (style->brief && (count >= 1000000 || count <= -1000000)) {
		text_add_count(out, (uint64_t)count);
		return;
	}
	text_format(out, "%lld", (long long)count);
}

/* Where the parameter list that ends the name begins; names like operator() keep theirs. */
static size_t without_parameters(const char *name, size_t length)
{
	const char *tail = memchr(name, '[', length); /* [clone .isra.0] */
	if (tail > name + 1 && tail[-1] == ' ')
		length = (size_t)(tail - 1 - name);
	if (length > 6 && !strncmp(name + length - 6, " const", 6))
		length -= 6;
	if (!length || name[length - 1] != ')')
		return length;
	int depth = 0;
	for (size_t i = length; i-- > 1;) {
		depth += name[i] == ')' ? 1 : name[i] == '(' ? -1 : 0;
		if (depth == 0)
			return name[i - 1] == ' ' || !strncmp(name + i - 1, "r(", 2) ? length : i;
	}
	return length;
}

/* A < or > that opens or closes nothing: of an operator, or of ->. */
static bool bracket_in_operator(const char *function, size_t at)
{
	if (at && function[at - 1] == '-')
		return true;
	while (at && strchr("<>=", function[at - 1]))
		at--;
	return at >= 8 && !strncmp(function + at - 8, "operator", 8);
}

/* Folded: what is inside the outermost <>; only when the name is too long for a column. */
void print_function(struct text *out, const char *function, const struct style *style)
{
	size_t length = without_parameters(function, strlen(function));
	bool fold = style->brief && length > 40;
	int depth = 0;
	for (size_t i = 0; i < length; i++) {
		char c = function[i];
		bool bracket = fold && strchr("<>", c) && !bracket_in_operator(function, i);
		if (bracket && c == '>' && depth && --depth == 0)
			text_add(out, style->utf8 ? "…" : "..");
		if (!depth)
			text_add_char(out, c);
		if (bracket && c == '<')
			depth++;
	}
}

void print_place(struct text *out, const char *place)
{
	const char *slash = strrchr(place, '/');
	text_add(out, slash && slash[1] ? slash + 1 : place);
}

/* Three digits. */
static void add_number(struct text *out, double number, const struct style *style)
{
	double size = fabs(number);
	if (isinf(number))
		text_add(out, style->utf8 ? "∞" : "inf");
	else
		text_format(out, size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f", number);
}

static void add_numbers(struct text *out, double low, double high, const struct style *style)
{
	add_number(out, low, style);
	text_add(out, style->utf8 ? "–" : "-");
	add_number(out, high, style);
}

void print_ratio(struct text *out, double ratio, const struct style *style)
{
	add_number(out, ratio, style);
	text_add(out, style->utf8 ? "×" : "x");
}

void print_ratio_band(struct text *out, double low, double high, const struct style *style)
{
	add_numbers(out, low, high, style);
	text_add(out, style->utf8 ? "×" : "x");
}

void print_share_band(struct text *out, double low, double high, const struct style *style)
{
	print_share(out, low);
	if (out->length > 2)
		text_cut(out, out->length - 2); /* " %", which the other end has */
	text_add(out, style->utf8 ? "–" : " to ");
	print_share(out, high);
}

void print_status(struct text *out, int64_t status)
{
	int s = (int)status;
	if (WIFEXITED(s))
		text_format(out, "exit %d", WEXITSTATUS(s));
	else if (WIFSIGNALED(s) && sigabbrev_np(WTERMSIG(s)))
		text_format(out, "SIG%s", sigabbrev_np(WTERMSIG(s)));
	else
		text_format(out, "status 0x%x", (unsigned)s);
}

UNIT_PRINTER(text_cell)
{
	if (c->type == CELL_TEXT)
		text_add(out, c->text);
	else
		text_format(out, "%lld", (long long)integer(c));
}

UNIT_PRINTER(function_cell)
{
	if (c->type == CELL_TEXT)
		print_function(out, c->text, style);
}

UNIT_PRINTER(place_cell)
{
	if (c->type == CELL_TEXT)
		print_place(out, c->text);
}

UNIT_PRINTER(ns_cell)
{
	print_ns(out, integer(c), style);
}

/* A time that may come from a sample: says so. */
UNIT_PRINTER(held_cell)
{
	if (table_int(t, row, "hold_sampled"))
		text_add_char(out, '~');
	print_ns(out, integer(c), style);
}

UNIT_PRINTER(share_cell)
{
	print_share(out, c->type == CELL_REAL ? c->real : (double)integer(c));
}

UNIT_PRINTER(count_cell)
{
	print_count(out, integer(c), style);
}

UNIT_PRINTER(times_cell)
{
	if (integer(c) > 1)
		text_format(out, "%s%lld", style->utf8 ? "×" : "x", (long long)integer(c));
}

/* How many times as fast. */
void print_gain(struct text *out, double gain, const struct style *style)
{
	text_format(out,
		    gain >= 9.95   ? "%.0f%s"
		    : gain < 1.995 ? "%.2f%s"
				   : "%.1f%s",
		    gain, style->utf8 ? "×" : "x");
}

UNIT_PRINTER(gain_cell)
{
	print_gain(out, c->type == CELL_REAL ? c->real : (double)integer(c), style);
}

/* Cores, or threads that need none: 1.93. */
UNIT_PRINTER(lanes_cell)
{
	text_format(out, "%.2f", c->type == CELL_REAL ? c->real : (double)integer(c));
}

UNIT_PRINTER(bytes_cell)
{
	text_add_bytes_human(out, (uint64_t)integer(c));
}

/* Memory and caches come in powers of two: 32 kB are 32768 bytes. */
void print_size(struct text *out, int64_t bytes)
{
	static const char *const names[] = {"B", "kB", "MB", "GB", "TB"};
	double size = (double)bytes;
	size_t i = 0;
	for (; size >= 1024 && i + 1 < sizeof(names) / sizeof(*names); i++)
		size /= 1024;
	text_format(out, "%.3g %s", size < 999.5 ? size : round(size), names[i]);
}

UNIT_PRINTER(size_cell)
{
	print_size(out, integer(c));
}

/* Of memory: bytes per second. */
UNIT_PRINTER(rate_cell)
{
	text_add_bytes_human(out, (uint64_t)integer(c));
	text_add(out, "/s");
}

UNIT_PRINTER(id_cell)
{
	text_format(out, "%lld", (long long)integer(c));
}

UNIT_PRINTER(flag_cell)
{
	text_add(out, integer(c) ? "yes" : "no");
}

UNIT_PRINTER(status_cell)
{
	print_status(out, integer(c));
}

UNIT_PRINTER(tree_cell)
{
	text_repeat(out, ' ', 2 * (size_t)table_int(t, row, "level"));
	text_cell(out, c, t, row, style);
}

static double real(const struct cell *c)
{
	return c->type == CELL_REAL ? c->real : c->type == CELL_INT ? (double)c->integer : INFINITY;
}

UNIT_PRINTER(ratio_cell)
{
	print_ratio(out, real(c), style);
}

/* The upper end is the cell after it. */
UNIT_PRINTER(band_cell)
{
	print_ratio_band(out, real(c), real(c + 1), style);
}

UNIT_PRINTER(share_band_cell)
{
	print_share_band(out, real(c), real(c + 1), style);
}

static bool is_share(const struct table *t, size_t row)
{
	const char *parameter = table_text(t, row, "parameter");
	return strcmp(parameter, "limit") != 0 && strcmp(parameter, "peak") != 0;
}

/* A parameter of a law: a part of the work, a speedup, or a number of cores. */
UNIT_PRINTER(parameter_cell)
{
	if (is_share(t, row))
		print_share(out, real(c));
	else if (!strcmp(table_text(t, row, "parameter"), "limit"))
		print_ratio(out, real(c), style);
	else
		add_number(out, real(c), style);
}

UNIT_PRINTER(parameter_band_cell)
{
	if (is_share(t, row))
		print_share_band(out, real(c), real(c + 1), style);
	else if (!strcmp(table_text(t, row, "parameter"), "limit"))
		print_ratio_band(out, real(c), real(c + 1), style);
	else
		add_numbers(out, real(c), real(c + 1), style);
}

UNIT_PRINTER(change_cell)
{
	if (real(c) >= 9)
		print_ratio(out, 1 + real(c), style);
	else
		text_format(out, "%+.1f %%", 100 * real(c));
}

/* "-12 to +3 %". */
UNIT_PRINTER(change_band_cell)
{
	text_format(out, "%+.1f to %+.1f %%", 100 * real(c), 100 * real(c + 1));
}

/* A number whose unit is in the row. */
UNIT_PRINTER(quantity_cell)
{
	const char *unit = table_text(t, row, "unit");
	if (!strcmp(unit, "ns"))
		print_ns(out, (int64_t)real(c), style);
	else if (!strcmp(unit, "share"))
		print_share(out, real(c));
	else if (c->type == CELL_REAL && fabs(real(c)) < 1000)
		add_number(out, real(c), style);
	else
		print_count(out, (int64_t)real(c), style);
}

UNIT_PRINTER(number_cell)
{
	text_format(out, real(c) >= 99.95 ? "%.0f" : real(c) >= 9.995 ? "%.1f" : "%.2f", real(c));
}

UNIT_PRINTER(date_cell)
{
	char words[32];
	time_t seconds = (time_t)(integer(c) / 1000000000);
	struct tm local;
	localtime_r(&seconds, &local);
	strftime(words, sizeof(words), "%Y-%m-%d %H:%M", &local);
	text_add(out, words);
}

static const struct unit units[] = {
    {"text", .unlimited = true, .print = text_cell},
    {"function", .unlimited = true, .print = function_cell},
    {"place", .unlimited = true, .print = place_cell},
    {"tree", .unlimited = true, .print = tree_cell},
    {"ns", .right = true, .print = ns_cell},
    {"held", .right = true, .print = held_cell},
    {"share", .right = true, .print = share_cell},
    {"count", .right = true, .print = count_cell},
    {"times", .right = true, .print = times_cell},
    {"ratio", .right = true, .print = ratio_cell},
    {"band", .right = true, .print = band_cell},
    {"share_band", .right = true, .print = share_band_cell},
    {"parameter", .right = true, .print = parameter_cell},
    {"parameter_band", .right = true, .print = parameter_band_cell},
    {"change", .right = true, .print = change_cell},
    {"change_band", .right = true, .print = change_band_cell},
    {"quantity", .right = true, .print = quantity_cell},
    {"number", .right = true, .print = number_cell},
    {"date", .print = date_cell},
    {"gain", .right = true, .print = gain_cell},
    {"lanes", .right = true, .print = lanes_cell},
    {"bytes", .right = true, .print = bytes_cell},
    {"size", .right = true, .print = size_cell},
    {"rate", .right = true, .print = rate_cell},
    {"id", .right = true, .print = id_cell},
    {"level", .right = true, .print = id_cell},
    {"flag", .truth = true, .print = flag_cell},
    {"status", .print = status_cell},
};

const struct unit *unit_find(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

void unit_print(struct text *out, const struct table *t, size_t row, int column,
		const struct style *style)
{
	const struct column *description = &t->question->columns[column];
	const struct cell *c = &t->cells[row * (size_t)t->question->column_count + (size_t)column];
	if (c->type != CELL_NONE)
		description->unit->print(out, c, t, row, style);
}
