/*
 * Writes JSON. The writer knows where commas and indents go; what strings hold is text_add_json()'s
 * care.
 */
#ifndef PARPROF_JSON_H
#define PARPROF_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct text;

struct json {
	struct text *out;
	int depth;
	bool first; /* in the current object or list */
};

/* key NULL: in a list, or the outermost value. */
void json_open(struct json *, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *, char bracket);		      /* '}' or ']' */
void json_int(struct json *, const char *key, int64_t);
void json_double(struct json *, const char *key, double); /* not finite: null */
void json_bool(struct json *, const char *key, bool);
void json_string(struct json *, const char *key, const char *value); /* NULL: null */
void json_raw(struct json *, const char *key, const char *json);     /* as it is: JSON already */
void json_null(struct json *, const char *key);

#endif
