/*
 * Units of columns: how a cell is written for people. Machines get the plain value.
 */
#ifndef PARPROF_REPORTS_UNIT_H
#define PARPROF_REPORTS_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cell;
struct table;
struct text;

/* How text output looks; set from the terminal. */
struct style {
	bool utf8;  /* else ASCII only: us for µs */
	bool brief; /* long counts with k and M, long names shortened */
};

struct unit {
	const char *name;
	bool right;	/* aligned */
	bool truth;	/* a yes or no in JSON */
	bool unlimited; /* words of any length: may be cut to fit a terminal */
	/* The cell is of this row of the table, which may qualify it. */
	void (*print)(struct text *, const struct cell *, const struct table *, size_t row,
		      const struct style *);
};

const struct unit *unit_find(const char *name); /* NULL: none */
void unit_print(struct text *, const struct table *, size_t row, int column, const struct style *);

/* The printers, for sentences. */
void print_ns(struct text *, int64_t ns, const struct style *);
void print_share(struct text *, double share);
void print_gain(struct text *, double gain, const struct style *);
void print_count(struct text *, int64_t count, const struct style *);
void print_size(struct text *, int64_t bytes); /* of memory: 32 kB are 32768 bytes */
/* A function without its parameters, long template arguments as <…>. */
void print_function(struct text *, const char *function, const struct style *);
/* The file's name without its folder. */
void print_place(struct text *, const char *place);
/* How many times as much: 2.93×. */
void print_ratio(struct text *, double ratio, const struct style *);
/* From low to high, both with the printer's unit once: 2.81–3.02×, 4.1–5.2 %. */
void print_ratio_band(struct text *, double low, double high, const struct style *);
void print_share_band(struct text *, double low, double high, const struct style *);
/* As wait(2) gives it: exit 0, SIGSEGV. */
void print_status(struct text *, int64_t status);

#endif
