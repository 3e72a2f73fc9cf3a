/*
 * The store: one SQLite file that holds a recording. Only store*.c know sqlite3.h.
 *
 * Invariants
 *  - The tables are those of schema.sql and, for the events of collectors/events.def that are kept,
 *    those of schema_write(). user_version is SCHEMA_VERSION. Those that are newer than the file
 *    are there for who has it open, empty (store_complete.c).
 *  - A store being written is in WAL mode; store_close() leaves one single file.
 *  - The first failed write (full disk, I/O error) is reported once and turns the store into a
 *    failed one: what was committed stays, later writes do nothing, store_failed() says so.
 *  - Queries report their own errors through error(); a NULL query is accepted by all functions
 *    and has no rows, so that a caller needs to test only where it wants to.
 */
#ifndef PARPROF_STORE_H
#define PARPROF_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;
struct query;

enum store_flags {
	STORE_READ = 0,
	STORE_WRITE = 1, /* e.g. to finish a recording that was cut short */
	STORE_OLDER = 2, /* accept what an older version wrote */
};

/* NULL after error(). An existing file is replaced only when force is set. */
struct store *store_create(const char *path, bool force);
struct store *store_memory(void); /* an empty one without a file */
struct store *store_open(const char *path, unsigned flags);
struct store *store_again(const struct store *); /* the same file, to read it in another thread */
/* Ends an open transaction, leaves WAL mode. -1 when something could not be written. */
int store_close(struct store *);

const char *store_version(void); /* of SQLite, as it is loaded */
bool store_failed(const struct store *);
const char *store_path(const struct store *);
int store_exec(struct store *, const char *sql); /* one or more statements; 0 or -1 after error() */
int store_begin(struct store *);
int store_commit(struct store *);
int64_t store_last_id(struct store *); /* rowid of the last insert */
int64_t store_changes(struct store *); /* rows changed by the last statement */

/* Columns count from 0, parameters from 1. */
struct query *store_query(struct store *, const char *sql); /* NULL after error() */
void query_bind_int(struct query *, int index, int64_t value);
void query_bind_double(struct query *, int index, double value);
void query_bind_text(struct query *, int index, const char *value); /* copied; NULL: null */
void query_bind_bytes(struct query *, int index, const void *bytes, size_t size); /* copied */
void query_bind_null(struct query *, int index);
bool query_step(struct query *); /* true: there is a row; false: no more, or failed */
int query_run(struct query *);	 /* step to the end and reset, for writes; 0 or -1 */
bool query_failed(const struct query *);
int64_t query_int(struct query *, int column); /* 0 for null */
double query_double(struct query *, int column);
const char *query_text(struct query *, int column); /* until the next step; NULL for null */
const void *query_bytes(struct query *, int column, size_t *size); /* as text */
bool query_is_null(struct query *, int column);
enum query_type { QUERY_NULL, QUERY_INT, QUERY_DOUBLE, QUERY_TEXT };
enum query_type query_type(struct query *, int column);
int query_column_count(struct query *);
const char *query_column_name(struct query *, int column);
bool query_read_only(struct query *); /* the statement changes nothing */
void query_reset(struct query *);     /* to the start; bindings are kept */
void query_close(struct query *);

/* The first column of the first row of sql, or otherwise. */
int64_t store_value(struct store *, const char *sql, int64_t otherwise);

/* The first value of that key: from is "column FROM table", which has a column key. */
double store_keyed(struct store *, const char *from, const char *key, double otherwise);

/* Calls row for every row of a table or view, with those columns as numbers, null as 0: in half the
 * time that query_step() takes. 0, or -1 after error(). */
enum { STORE_SCAN_COLUMNS = 16 }; /* at most */
typedef void store_row(void *data, const int64_t *value);
int store_scan(struct store *, const char *columns, const char *from, store_row *row, void *data);

/* Table run: facts of the recording, one per key. */
void store_run_set_int(struct store *, const char *key, int64_t value);
void store_run_set_double(struct store *, const char *key, double value);
void store_run_set_text(struct store *, const char *key, const char *value);
int64_t store_run_int(struct store *, const char *key, int64_t otherwise);
double store_run_double(struct store *, const char *key, double otherwise);
char *store_run_text(struct store *, const char *key); /* to be freed; NULL when not there */

/* Adds to the oddity or unseen row of that key. */
void store_oddity(struct store *, const char *kind, int64_t count, const char *example);
void store_unseen(struct store *, const char *reason, const char *subject, int64_t count);

#endif
