#include "reports/json.h"
#include "profiler/text.h"
#include <math.h>
#include <string.h>

int utf8_length(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	int length = u[0] < 0x80   ? 1
		     : u[0] < 0xc2 ? 0
		     : u[0] < 0xe0 ? 2
		     : u[0] < 0xf0 ? 3
		     : u[0] < 0xf5 ? 4
				   : 0;
	for (int i = 1; i < length; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	bool overlong = (u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xf0 && u[1] < 0x90);
	bool surrogate = u[0] == 0xed && u[1] >= 0xa0;
	bool too_large = u[0] == 0xf4 && u[1] >= 0x90;
	return overlong || surrogate || too_large ? 0 : length;
}

static void quote_ascii(struct text *out, char c)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	const char *at = memchr(escaped, c, sizeof(escaped) - 1);
	if (at)
		text_format(out, "\\%c", letter[at - escaped]);
	else if ((unsigned char)c < 0x20 || c == 0x7f)
		text_format(out, "\\u%04x", c);
	else
		text_add_char(out, c);
}

void json_quote(struct text *out, const char *s)
{
	text_add_char(out, '"');
	while (*s) {
		int length = utf8_length(s);
		if (length == 1)
			quote_ascii(out, *s);
		else if (length)
			text_add_bytes(out, s, (size_t)length);
		else
			text_add(out, "\xef\xbf\xbd");
		s += length ? length : 1;
	}
	text_add_char(out, '"');
}

static void begin_value(struct json *j, const char *key)
{
	if (j->depth) {
		text_add(j->out, j->first ? "\n" : ",\n");
		text_repeat(j->out, ' ', 2 * (size_t)j->depth);
	}
	j->first = false;
	if (key) {
		json_quote(j->out, key);
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
	if (value)
		json_quote(j->out, value);
	else
		text_add(j->out, "null");
}

void json_null(struct json *j, const char *key)
{
	json_string(j, key, NULL);
}
