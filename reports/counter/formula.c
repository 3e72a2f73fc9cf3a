#include "reports/counter/formula.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX                                                                                  \
	64 /* of brackets and signs: the stack of a hostile file's reader is not endless */

struct reader {
	const char *at;
	formula_name *name;
	void *data;
	int depth;
};

static double sum(struct reader *);

static char peek(struct reader *r)
{
	r->at += strspn(r->at, " \t");
	return *r->at;
}

static double name(struct reader *r)
{
	const char *from = r->at;
	while (isalnum((unsigned char)*r->at) || *r->at == '_')
		r->at++;
	return r->name(r->data, from, (size_t)(r->at - from));
}

static double number(struct reader *r)
{
	char *end;
	double value = strtod(r->at, &end);
	if (end == r->at) {
		r->at += strlen(r->at); /* not a formula: nothing more is to be read */
		return NAN;
	}
	r->at = end;
	return value;
}

static double bracket(struct reader *r)
{
	double value = sum(r);
	if (peek(r) != ')')
		return NAN;
	r->at++;
	return value;
}

static double factor(struct reader *r)
{
	double value;
	char c = peek(r);
	if (++r->depth > DEPTH_MAX)
		return r->at += strlen(r->at), NAN;
	if (c == '(') {
		r->at++;
		value = bracket(r);
	} else if (c == '-') {
		r->at++;
		value = -factor(r);
	} else if (isalpha((unsigned char)c) || c == '_') {
		value = name(r);
	} else {
		value = isdigit((unsigned char)c) || c == '.' ? number(r)
							      : (r->at += strlen(r->at), NAN);
	}
	r->depth--;
	return value;
}

static double product(struct reader *r)
{
	double value = factor(r);
	for (char c = peek(r); c == '*' || c == '/'; c = peek(r)) {
		r->at++;
		double other = factor(r);
		if (c == '*')
			value *= other;
		else
			value = other == 0 ? NAN : value / other;
	}
	return value;
}

static double sum(struct reader *r)
{
	double value = product(r);
	for (char c = peek(r); c == '+' || c == '-'; c = peek(r)) {
		r->at++;
		double other = product(r);
		value += c == '+' ? other : -other;
	}
	return value;
}

double formula_value(const char *formula, formula_name *names, void *data)
{
	struct reader r = {.at = formula, .name = names, .data = data};
	double value = sum(&r);
	return peek(&r) || isinf(value) ? NAN : value;
}
