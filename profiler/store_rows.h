/*
 * Fast inserts of integer rows: many rows to a statement. A row is filled in place; the batch is
 * written when it is full or flushed.
 */
#ifndef PARPROF_STORE_ROWS_H
#define PARPROF_STORE_ROWS_H

#include "profiler/store.h"

#define STORE_NULL INT64_MIN

struct store_rows;

/* columns: integer columns in the table's order; text: one more behind them, of text. */
struct store_rows *store_rows_open(struct store *, const char *table, int columns, bool text);
int64_t *store_rows_next(struct store_rows *); /* all columns are to be filled in */
/* For a table with text: completes the row just filled and writes it. */
void store_rows_text(struct store_rows *, const char *text);
void store_rows_flush(struct store_rows *);
uint64_t store_rows_lost(const struct store_rows *); /* rows a failed store did not take */
void store_rows_close(struct store_rows *);

#endif
