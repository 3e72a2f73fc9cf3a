/*
 * Writes JSON. The writer knows where commas and indents go; strings are always valid JSON: bytes
 * that are not UTF-8 become U+FFFD, control characters \u00xx.
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
void json_null(struct json *, const char *key);

void json_quote(struct text *, const char *string);

/* Length of the UTF-8 character at s, 0 when it is not one. */
int utf8_length(const char *s);

#endif
