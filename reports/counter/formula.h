/*
 * A formula of counters: numbers, names, + - * / ( ), as written in a recording. Nothing of it is
 * trusted: what is not a formula, an unknown name and a division by zero give NAN.
 */
#ifndef PARPROF_REPORTS_COUNTER_FORMULA_H
#define PARPROF_REPORTS_COUNTER_FORMULA_H

#include <stddef.h>

/* The value of the name of that length; NAN: there is none. */
typedef double formula_name(void *data, const char *name, size_t length);

double formula_value(const char *formula, formula_name *, void *data);

#endif
