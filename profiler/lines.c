#include "profiler/lines.h"
#include <string.h>

/* Compilers give instructions without an origin line 0: the line before is as good an answer. */
#define LINE_BACK_MAX 8

static void read_lines(struct unit *u)
{
	u->lines_read = true;
	if (dwarf_getsrclines(&u->die, &u->lines, &u->line_count))
		u->lines = NULL;
}

/* Number of rows at or before the address. */
static size_t rows_before(struct unit *u, uint64_t address)
{
	size_t low = 0, high = u->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		Dwarf_Addr at = 0;
		dwarf_lineaddr(dwarf_onesrcline(u->lines, middle), &at);
		if (at <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void unit_line(struct unit *u, uint64_t address, const char **file, unsigned *line)
{
	*file = NULL;
	*line = 0;
	if (!u->lines_read)
		read_lines(u);
	if (!u->lines)
		return;
	for (size_t i = rows_before(u, address), tries = 0; i > 0 && tries < LINE_BACK_MAX;
	     i--, tries++) {
		Dwarf_Line *row = dwarf_onesrcline(u->lines, i - 1);
		bool end = false;
		int number = 0;
		dwarf_lineendsequence(row, &end);
		if (end)
			return;
		if (dwarf_lineno(row, &number) == 0 && number > 0) {
			*line = (unsigned)number;
			*file = dwarf_linesrc(row, NULL, NULL);
			return;
		}
	}
}

/* Removes the last part of what was appended behind start; false when there is none. */
static bool step_up(struct text *out, size_t start)
{
	size_t n = out->length;

	while (n > start && out->data[n - 1] != '/')
		n--;
	if (n <= start || !strcmp(text_string(out) + n, ".."))
		return false;
	text_cut(out, n - 1);
	return true;
}

void path_clean(struct text *out, const char *path)
{
	size_t start = out->length;
	bool rooted = *path == '/';

	while (*path) {
		size_t n = strcspn(path, "/");
		bool up = n == 2 && !memcmp(path, "..", 2);
		if (n && !(n == 1 && *path == '.') && !(up && rooted && step_up(out, start))) {
			if (rooted || out->length > start)
				text_add_char(out, '/');
			text_add_bytes(out, path, n);
		}
		path += n + (path[n] == '/');
	}
}
