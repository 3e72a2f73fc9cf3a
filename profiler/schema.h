/*
 * The tables of stored events, made from collectors/events.def, and the rest of the schema.
 * struct row_NAME holds the integer columns of one row of event table NAME, in their order; a TEXT
 * field is one more column behind them.
 */
#ifndef PARPROF_SCHEMA_H
#define PARPROF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/log.h"

#define SCHEMA_VERSION 2
#define SCHEMA_APPLICATION_ID 0x70707266

struct store;
struct text;

#define ROW_TIME(n) int64_t n;
#define ROW_OBJECT(n) int64_t n;
#define ROW_GEN(n)
#define ROW_STACK(n) int64_t n;
#define ROW_CODE(n) int64_t n;
#define ROW_TID(n) int64_t n;
#define ROW_U64(n) int64_t n;
#define ROW_U32(n) int64_t n;
#define ROW_I32(n) int64_t n;
#define ROW_TEXT(n)
#define ROW_CODES(n)
#define ROW_STRUCT_state(name, fields)
#define ROW_STRUCT_row(name, fields)                                                               \
	struct row_##name {                                                                        \
		int64_t process, thread, hook, weight;                                             \
		fields                                                                             \
	};
#define FIELD(type, name, doc) ROW_##type(name)
#define EVENT(number, NAME, name, keep, doc, fields) ROW_STRUCT_##keep(name, fields)
#include "collectors/events.def"
#undef EVENT
#undef FIELD

/* The list as data, for what walks records or prints them. */
enum field_type {
	FIELD_TIME,
	FIELD_OBJECT,
	FIELD_GEN,
	FIELD_STACK,
	FIELD_CODE,
	FIELD_TID,
	FIELD_U64,
	FIELD_U32,
	FIELD_I32,
	FIELD_TEXT,
	FIELD_CODES
};

/* Bytes of a field in the log; trailing ones take the rest: 0. */
static inline size_t field_size(enum field_type type)
{
	switch (type) {
	case FIELD_GEN:
	case FIELD_TID:
	case FIELD_U32:
	case FIELD_I32:
		return 4;
	case FIELD_TEXT:
	case FIELD_CODES:
		return 0;
	default:
		return 8;
	}
}

struct field_fact {
	enum field_type type;
	const char *name, *doc; /* NULL name ends the list */
};
struct event_fact {
	unsigned number;
	const char *name, *doc;
	bool stored; /* has an SQL table of that name */
	size_t size; /* least bytes of a record */
	const struct field_fact *fields;
};
extern const struct event_fact event_facts[];	      /* in the list's order; NULL name ends it */
const struct event_fact *event_fact(unsigned number); /* NULL: unknown */
bool event_has_text(const struct event_fact *);

void schema_write(struct text *sql); /* all statements that make an empty recording */
int schema_fill(struct store *);     /* rows that are there from the start: hooks, version */

#endif
