/*
 * The answer to a question: rows of typed cells. Renderers read nothing else.
 *
 * Invariants
 *  - cells[row * columns + column]; columns is the question's column_count.
 *  - Texts live as long as the table; one that is that of the row above is the same string.
 */
#ifndef PARPROF_TABLE_H
#define PARPROF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct question;
struct store;
struct query;

enum cell_type { CELL_NONE, CELL_INT, CELL_REAL, CELL_TEXT };
struct cell {
	enum cell_type type;
	union {
		int64_t integer;
		double real;
		char *text;
	};
};

struct table {
	const struct question *question;
	struct cell *cells;
	size_t rows, room;
	struct table_texts *texts; /* the last block of them */
};

/* parameter: bound to ?1 when not NULL. 0, or -1 after error(). */
int table_read(struct table *, const struct question *, struct store *, const char *parameter);
/* A text of that table, copied; none for NULL. */
struct cell table_text_cell(struct table *, const char *text);
void table_free(struct table *);

/* By column key; a key the question lacks is a BUG. Null reads as 0 or NULL. */
const struct cell *table_cell(const struct table *, size_t row, const char *key);
int64_t table_int(const struct table *, size_t row, const char *key);
double table_real(const struct table *, size_t row, const char *key);
const char *table_text(const struct table *, size_t row, const char *key);
int64_t table_sum(const struct table *, const char *key);
double table_sum_real(const struct table *, const char *key);
bool table_has(const struct table *, const char *key);

/* Numbers from large to small, texts from a to z; equal rows keep their order. */
void table_sort(struct table *, const char *key);
/* Keeps the rows for which keep() is true. */
void table_filter(struct table *, bool (*keep)(const struct table *, size_t row, void *data),
		  void *data);

#endif
