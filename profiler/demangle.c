#include "profiler/demangle.h"
#include "profiler/text.h"
#include <ctype.h>
#include <libiberty/demangle.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATE_MAX 24 /* longer template arguments become <...> */

/* What compilers append to the symbols of partial copies of a function. */
static const char *const clone_suffix[] = {".constprop.", ".isra.",    ".part.",
					   ".cold",	  ".llvm.",    ".lto_priv.",
					   ".localalias", ".resolver", NULL};

/* A copy without @VERSION and clone suffixes. */
static char *bare_symbol(const char *symbol)
{
	char *copy = memory_copy(symbol), *at = strchr(copy, '@'), *clone;

	if (at && at > copy)
		*at = 0;
	for (const char *const *s = clone_suffix; *s; s++)
		if ((clone = strstr(copy, *s)) && clone > copy)
			*clone = 0;
	return copy;
}

char *demangle(const char *symbol)
{
	char *bare = bare_symbol(symbol);
	char *readable = cplus_demangle(bare, DMGL_PARAMS | DMGL_ANSI);

	if (!readable)
		return bare;
	free(bare);
	return readable;
}

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* Past the bracket that closes the one at s; the end of the string when none does. */
static const char *past_group(const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '-' && s[1] == '>')
			s++;
		else if (strchr("(<{[", *s))
			depth++;
		else if (strchr(")>}]", *s) && --depth <= 0)
			return s + 1;
	}
	return s;
}

static bool word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* Length of "operator" with its sign at s, so that the sign is not taken for a bracket. */
static size_t operator_length(const char *start, const char *s)
{
	static const char *const sign[] = {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<",
					   ">>", "<=", ">=",  "->",  "<",   ">",   NULL};
	size_t n = strlen("operator");

	if (!starts(s, "operator") || (s > start && word_character(s[-1])) || word_character(s[n]))
		return 0;
	for (const char *const *o = sign; *o; o++)
		if (starts(s + n, *o))
			return n + strlen(*o);
	while (s[n] && !strchr("(<", s[n])) /* operator new, operator bool */
		n++;
	return n;
}

/* Template arguments at s: kept when short. Rust writes name::<T>: the colons go as well. */
static void add_template(struct text *out, const char *s, size_t length)
{
	const char *so_far = text_string(out);

	if (out->length == 0) { /* Rust: <Type as Trait>::method */
		text_add_bytes(out, s, length);
		return;
	}
	if (out->length > 2 && !strcmp(so_far + out->length - 2, "::"))
		text_cut(out, out->length - 2);
	if (length <= TEMPLATE_MAX)
		text_add_bytes(out, s, length);
	else
		text_add(out, "<...>");
}

/* {lambda(int)#1} without its parameters, {{closure}} as it is. */
static void add_braces(struct text *out, const char *s, const char *end)
{
	while (s < end) {
		if (*s == '(')
			s = past_group(s);
		else
			text_add_char(out, *s++);
	}
}

/* A bracket at s that ends before end. Returns where to go on, NULL: nothing of the name is left.
 */
static const char *add_group(struct text *out, const char *s, const char *end, bool keep_calls)
{
	bool receiver = *s == '(' && out->length && out->data[out->length - 1] == '.'; /* Go */

	if (*s == '(' && !receiver && !starts(s, "(anonymous namespace)")) {
		bool inner = starts(end, "::") || starts(end, " const::");
		if (!out->length || !strcmp(out->data, "decltype")) /* of a return type */
			return end;
		if (!inner) /* parameters: only qualifiers follow */
			return NULL;
		if (keep_calls)
			text_add(out, "()");
		return strstr(end, "::");
	}
	if (*s == '<')
		add_template(out, s, end - s);
	else if (*s == '{')
		add_braces(out, s, end);
	else if (*s == '(')
		text_add_bytes(out, s, end - s);
	return end; /* [abi:cxx11] and the like are left out */
}

/* One scan: everything is copied but brackets. What stands before a space was a return type. */
static void shorten(struct text *out, const char *name, bool keep_calls)
{
	const char *s = name;

	while (s && *s) {
		size_t length = operator_length(name, s);

		if (length) {
			text_add_bytes(out, s, length);
			s += length;
		} else if (strchr("(<{[", *s)) {
			s = add_group(out, s, past_group(s), keep_calls);
		} else if (*s == ' ') {
			if (s[1] != '<') /* operator<< <char> */
				text_clear(out);
			s++;
		} else {
			text_add_char(out, *s++);
		}
	}
}

static char *shortened(char *readable, bool keep_calls)
{
	struct text out = {0};

	shorten(&out, readable, keep_calls);
	if (!out.length)
		return readable;
	free(readable);
	return out.data;
}

char *name_shorten(const char *name)
{
	return shortened(memory_copy(name), false);
}

char *demangle_short(const char *symbol)
{
	char *readable = demangle(symbol);

	/* C names keep their looks: nothing in them to be shortened. */
	return strpbrk(readable, "<({[ ") ? shortened(readable, false) : readable;
}

char *demangle_variable(const char *symbol)
{
	char *readable = demangle(symbol);

	return strpbrk(readable, "<({[ ") ? shortened(readable, true) : readable;
}
