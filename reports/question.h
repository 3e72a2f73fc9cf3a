/*
 * A question to a recording: a file of questions/ with its title, the question in words, its
 * columns and how to read them in the head, and SQL over the views below. Everything that prints
 * a table (text, JSON, CSV, --sql) derives from it.
 *
 *	-- title: Locks
 *	-- question: Which locks cost time?
 *	-- columns: name function 1 LOCK, wait_ns ns 1 WAITED, …	key unit importance header
 *	-- explain: …
 *	-- empty: what to do to have rows
 *
 * Invariants
 *  - Column n of the file describes column n of the query; its key is the JSON key and CSV header.
 *  - Importance 1 is always shown as text; larger ones go first when the terminal is narrow;
 *    0 never appears as text.
 */
#ifndef PARPROF_QUESTION_H
#define PARPROF_QUESTION_H

struct unit;

struct column {
	char *key;
	const struct unit *unit;
	int importance;
	char *header;
};

struct question {
	const char *name; /* of the file, without .sql */
	char *title, *question, *explain;
	char *empty; /* said in place of a table without rows; may be NULL */
	struct column *columns;
	int column_count;
	const char *sql; /* with the head, which is comments */
};

/* All questions are parsed at first use and live until the end; the names are ours: a wrong one
 * is a BUG. */
const struct question *question_find(const char *name);
const struct question *question_number(int n);		       /* NULL: no more */
int question_column(const struct question *, const char *key); /* -1: none */

/* For tests: fills *q from a text, BUG() when its head is wrong. */
void question_parse(struct question *q, const char *name, const char *text);
void question_free(struct question *);

#endif
