#include "profiler/python_lines.h"

#define UNIT_BYTES 2
#define NO_LINE (-128) /* 3.10 */

/* Pairs: bytes of code, then by how much the line changes behind them. */
static int64_t line_of_lnotab(const uint8_t *p, size_t size, int64_t line, uint32_t unit)
{
	uint64_t address = 0, wanted = (uint64_t)unit * UNIT_BYTES;

	for (size_t i = 0; i + 1 < size; i += 2) {
		address += p[i];
		if (address > wanted)
			break;
		line += (int8_t)p[i + 1];
	}
	return line;
}

/* Pairs: bytes of code, and by how much their line differs from that of those before. */
static int64_t line_of_310(const uint8_t *p, size_t size, int64_t line, uint32_t unit)
{
	uint64_t end = 0, wanted = (uint64_t)unit * UNIT_BYTES;

	for (size_t i = 0; i + 1 < size; i += 2) {
		int8_t change = (int8_t)p[i + 1];
		end += p[i];
		if (change != NO_LINE)
			line += change;
		if (wanted < end)
			return change == NO_LINE ? 0 : line;
	}
	return 0;
}

#define ENTRY_START 0x80
#define CODE_ONE_LINE 10 /* 10, 11, 12: lines further, and two columns */
#define CODE_NO_COLUMNS 13
#define CODE_LONG 14
#define CODE_NONE 15

static uint64_t read_varint(const uint8_t **p, const uint8_t *end)
{
	uint64_t value = 0;
	uint8_t byte = 0x40;

	for (unsigned shift = 0; *p < end && byte & 0x40 && shift < 60; shift += 6) {
		byte = *(*p)++;
		value |= (uint64_t)(byte & 0x3f) << shift;
	}
	return value;
}

static int64_t line_change(unsigned code, const uint8_t **p, const uint8_t *end)
{
	uint64_t value;

	if (code >= CODE_ONE_LINE && code < CODE_NO_COLUMNS)
		return code - CODE_ONE_LINE;
	if (code != CODE_NO_COLUMNS && code != CODE_LONG)
		return 0;
	value = read_varint(p, end);
	return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

/* Behind the change of its line. */
static void read_columns(struct python_span *s, unsigned code, const uint8_t *p, const uint8_t *end)
{
	if (code == CODE_LONG) {
		s->line_end = s->line + (int64_t)read_varint(&p, end);
		s->column = (int32_t)read_varint(&p, end) - 1;
		s->column_end = (int32_t)read_varint(&p, end) - 1;
	} else if (code < CODE_ONE_LINE && p < end) {
		s->column = (int32_t)(code << 3 | (*p >> 4 & 7));
		s->column_end = s->column + (*p & 15);
	} else if (code < CODE_NO_COLUMNS && p + 1 < end) {
		s->column = p[0];
		s->column_end = p[1];
	}
}

static struct python_span span_of_locations(const uint8_t *p, size_t size, int64_t line,
					    uint32_t unit)
{
	const uint8_t *end = p + size;
	uint64_t units = 0;

	while (p < end) {
		unsigned code = *p >> 3 & 15;
		units += (*p++ & 7u) + 1;
		line += line_change(code, &p, end);
		if (unit < units) {
			struct python_span s = {line, line, -1, -1};
			read_columns(&s, code, p, end);
			return code == CODE_NONE ? (struct python_span){0, 0, -1, -1} : s;
		}
		while (p < end && !(*p & ENTRY_START)) /* columns */
			p++;
	}
	return (struct python_span){0, 0, -1, -1};
}

int64_t python_line(unsigned minor, const uint8_t *table, size_t size, int64_t first_line,
		    uint32_t unit)
{
	if (minor < 10)
		return line_of_lnotab(table, size, first_line, unit);
	if (minor == 10)
		return line_of_310(table, size, first_line, unit);
	return span_of_locations(table, size, first_line, unit).line;
}

struct python_span python_span(unsigned minor, const uint8_t *table, size_t size,
			       int64_t first_line, uint32_t unit)
{
	if (minor > 10)
		return span_of_locations(table, size, first_line, unit);
	int64_t line = python_line(minor, table, size, first_line, unit);
	return (struct python_span){line, line, -1, -1};
}
