/* Prints the rows of a query: for people, for programs. */
#ifndef PARPROF_QUERY_PRINT_H
#define PARPROF_QUERY_PRINT_H

#include <stdio.h>

struct query;

enum query_format {
	FORMAT_TABLE, /* aligned; reads all rows before it prints */
	FORMAT_TSV,   /* tab, newline and backslash in values as \t \n \\ */
	FORMAT_CSV,   /* RFC 4180 */
	FORMAT_JSON,  /* an array of objects */
};

int query_print(struct query *, enum query_format, FILE *); /* -1 when the query failed */

#endif
