/* The advice as it is printed: tables that answer the questions advice*.sql. */
#ifndef PARPROF_ADVISE_ADVICE_TABLES_H
#define PARPROF_ADVISE_ADVICE_TABLES_H

#include "reports/table.h"

struct look;
struct store;
struct text;

#define ADVICE_TABLES(X)                                                                           \
	X(advice)                                                                                  \
	X(advice_estimates)                                                                        \
	X(advice_parts)                                                                            \
	X(advice_functions) X(advice_uses) X(advice_waiting) X(advice_children) X(run)
enum advice_table {
#define X(name) ADVICE_TABLE_##name,
	ADVICE_TABLES(X)
#undef X
	    ADVICE_TABLE_COUNT
};

struct advice_tables {
	struct table table[ADVICE_TABLE_COUNT];
};

/* Makes the readings, too. 0, or -1 after error(); to be freed in any case. */
int advice_tables_read(struct advice_tables *, struct store *);
void advice_tables_free(struct advice_tables *);

void render_advice(struct text *, const struct advice_tables *, const struct look *);
void render_advice_json(struct text *, const struct advice_tables *);

#endif
