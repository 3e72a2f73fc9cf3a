#include "reports/json.h"
#include "profiler/text.h"
#include <math.h>

/* What goes before any value: the comma its predecessor could not know of, and its key. */
static void begin_value(struct json *j, const char *key)
{
	if (j->depth) {
		text_add(j->out, j->first ? "\n" : ",\n");
		text_repeat(j->out, ' ', 2 * (size_t)j->depth);
	}
	j->first = false;
	if (key) {
		text_add_json(j->out, key);
		text_add(j->out, ": ");
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin_value(j, key);
	text_add_char(j->out, bracket);
	j->depth++;
	j->first = true;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (!j->first) {
		text_add_char(j->out, '\n');
		text_repeat(j->out, ' ', 2 * (size_t)j->depth);
	}
	text_add_char(j->out, bracket);
	j->first = false;
	if (!j->depth)
		text_add_char(j->out, '\n');
}

void json_int(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	text_format(j->out, "%lld", (long long)value);
}

void json_double(struct json *j, const char *key, double value)
{
	begin_value(j, key);
	if (isfinite(value))
		text_format(j->out, "%.9g", value);
	else
		text_add(j->out, "null");
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	text_add(j->out, value ? "true" : "false");
}

void json_string(struct json *j, const char *key, const char *value)
{
	begin_value(j, key);
	text_add_json(j->out, value);
}

void json_null(struct json *j, const char *key)
{
	json_string(j, key, NULL);
}

void json_raw(struct json *j, const char *key, const char *json)
{
	begin_value(j, key);
	text_add(j->out, json);
}
