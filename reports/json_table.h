/* Tables as JSON: keys are those of the columns, values are plain, a unit says what is a truth. */
#ifndef PARPROF_JSON_TABLE_H
#define PARPROF_JSON_TABLE_H

#include <stddef.h>

struct cell;
struct json;
struct table;
struct unit;

void json_cell(struct json *, const char *key, const struct cell *, const struct unit *);
void json_row(struct json *, const struct table *, size_t row); /* into an open object */
void json_table(struct json *, const char *key, const struct table *);

#endif
