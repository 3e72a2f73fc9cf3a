/* Columns of a page as numbers again: what the page's own reader does, for tests. */
#ifndef PARPROF_TEST_READ_COLUMNS_H
#define PARPROF_TEST_READ_COLUMNS_H

#include "profiler/text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint64_t read_number(const struct text *t, size_t *at)
{
	uint64_t value = 0;
	unsigned char byte;
	int shift = 0;
	do {
		byte = (unsigned char)t->data[(*at)++];
		value |= (uint64_t)(byte & 127) << shift;
		shift += 7;
	} while (byte > 127);
	return value;
}

/* The place of a row, where rows with the lowest number of the first column come first. */
static inline size_t place_in_order(const int64_t *cell, size_t rows, size_t columns, size_t row)
{
	size_t place = 0;
	for (size_t i = 0; i < rows; i++)
		place += cell[i * columns] < cell[row * columns] ||
			 (i < row && cell[i * columns] == cell[row * columns]);
	return place;
}

/* cell[row * columns + column], to be freed; *rows of them. */
static inline int64_t *read_columns(const struct text *t, const char *form, size_t *rows)
{
	size_t at = 0, columns = strlen(form);
	*rows = (size_t)read_number(t, &at);
	if (read_number(t, &at) != columns)
		return NULL;
	int64_t *cell = memory_new(*rows * columns + 1, sizeof(*cell));
	uint64_t *number = memory_new(*rows + 1, sizeof(*number));
	for (size_t column = 0; column < columns; column++) {
		int bytes = t->data[at++];
		memset(number, 0, *rows * sizeof(*number));
		for (int byte = 0; byte < bytes; byte++)
			for (size_t row = 0; row < *rows; row++)
				number[row] |= (uint64_t)(unsigned char)t->data[at++] << 8 * byte;
		for (size_t row = 0; row < *rows; row++)
			number[row] = (form[column] == '+' && row ? number[row - 1] : 0) +
				      (number[row] >> 1 ^ (0 - (number[row] & 1)));
		for (size_t row = 0; row < *rows; row++)
			cell[row * columns + column] =
			    (int64_t)number[column && form[0] == '#'
						? place_in_order(cell, *rows, columns, row)
						: row];
	}
	free(number);
	return cell;
}

#endif
