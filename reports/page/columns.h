/*
 * Rows of numbers by columns, as the page reads them. Zigzag, so that small ones are small numbers
 * without a sign; of a column first all lowest bytes, then all bytes above them, up to the highest
 * that any number has: what is alike lies together, and packs well.
 *
 * Bytes: how many rows and how many columns, each in bytes of seven bits, the lowest first, bit 7
 * set on all but the last (LEB128); then of each column how many bytes a number has, 0 to 8, and
 * the bytes. form says what is in a column: '.' numbers; '+' differences to the one before it; '#',
 * only as the first, numbers from 0 to 255: all other columns have the rows with the lowest of them
 * first, then the next, and else as they come; so differences are of alike rows.
 */
#ifndef PARPROF_PAGE_COLUMNS_H
#define PARPROF_PAGE_COLUMNS_H

#include "profiler/text.h"
#include <stdint.h>

enum { COLUMNS_MOST = 12 };

struct columns {
	int64_t *value; /* rows behind each other */
	size_t rows, room;
	const char *form;
	int count; /* of columns */
};

/* form, see above, must live on. */
void columns_begin(struct columns *, const char *form);
void columns_add(struct columns *, const int64_t *row);
/* Appends them to out, and frees them. */
void columns_end(struct columns *, struct text *out);

#endif
