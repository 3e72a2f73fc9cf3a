#include "profiler/python_scan.h"
#include "profiler/python_blocks.h"
#include "profiler/text.h"
#include <ctype.h>
#include <string.h>

enum { STATEMENTS_MOST = 128, LEVELS_MOST = 256 }; /* CPython allows 100 and 200 */

/* A string that is being read. */
struct quotes {
	char quote;
	size_t count; /* 1 or 3 */
	bool formatted;
	bool spec; /* behind the ':' of "{value:>10}", where quotes do not end it */
};

/* Brackets that are open. level[0] is the logical line itself. */
struct level {
	char close;
	bool field; /* of a formatted string, which goes on behind it */
	struct quotes around;
	uint32_t block;	     /* what is evaluated at this level belongs to it */
	uint32_t lambda;     /* or to that; PYTHON_BLOCK_NONE */
	unsigned parameters; /* of lambdas that are still before their ':' */
};

struct scan {
	struct python_blocks *out;
	const char *p, *end, *line_begin;
	uint32_t line, line_last; /* line_last: of the logical line before */
	bool fresh;		  /* no token of a logical line was met yet */
	bool broken;
	uint32_t decorator; /* line of the first one of what comes next, 0 */
	uint32_t head;	    /* for, def or class before its ':' */
	struct {
		uint32_t block;
		size_t indent;
	} statement[STATEMENTS_MOST];
	size_t statements;
	struct level level[LEVELS_MOST];
	size_t depth;
};

static uint32_t add_block(struct scan *s, enum python_block_kind kind, uint32_t parent)
{
	struct python_blocks *b = s->out;
	if (b->count == b->room) {
		b->room = b->room * 2 + 256;
		b->block = memory_grow(b->block, b->room, sizeof(*b->block));
	}
	b->block[b->count] = (struct python_block){
	    .kind = kind, .parent = parent, .first = s->line, .line = s->line, .last = s->line};
	return b->count++;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t word_length(const char *p, const char *end)
{
	size_t length = 0;
	while (p + length < end && is_word(p[length]))
		length++;
	return length;
}

static bool word_is(const char *p, size_t length, const char *word)
{
	return length == strlen(word) && !memcmp(p, word, length);
}

static bool at_newline(const struct scan *s)
{
	return *s->p == '\n' || *s->p == '\r';
}

static void pass_newline(struct scan *s)
{
	s->p += *s->p == '\r' && s->p + 1 < s->end && s->p[1] == '\n' ? 2 : 1;
	s->line++;
	s->line_begin = s->p;
}

static int32_t column(const struct scan *s)
{
	return (int32_t)(s->p - s->line_begin);
}

static uint32_t current(const struct scan *s)
{
	const struct level *l = &s->level[s->depth];
	return l->lambda != PYTHON_BLOCK_NONE ? l->lambda : l->block;
}

static void end_lambdas(struct scan *s)
{
	struct level *l = &s->level[s->depth];
	uint32_t b = l->lambda;
	for (; b != PYTHON_BLOCK_NONE && s->out->block[b].kind == PYTHON_LAMBDA;
	     b = s->out->block[b].parent)
		s->out->block[b].last = s->line;
	l->lambda = PYTHON_BLOCK_NONE;
	l->parameters = 0;
}

static void open_level(struct scan *s, char close, const struct quotes *around)
{
	uint32_t block = add_block(s, PYTHON_BRACKET, current(s));
	s->out->block[block].column = column(s) - 1; /* it is read already */
	if (s->depth + 1 == LEVELS_MOST) {
		s->broken = true;
		return;
	}
	s->level[++s->depth] = (struct level){.close = close,
					      .field = around,
					      .around = around ? *around : (struct quotes){0},
					      .block = block,
					      .lambda = PYTHON_BLOCK_NONE};
}

/* Brackets around nothing of interest are forgotten. */
static void close_level(struct scan *s)
{
	struct python_blocks *b = s->out;
	end_lambdas(s);
	uint32_t block = s->level[s->depth--].block;
	b->block[block].last = s->line;
	b->block[block].column_end = column(s);
	if (b->block[block].kind == PYTHON_BRACKET && block + 1 == b->count)
		b->count--;
}

static bool ends_string(const struct scan *s, const struct quotes *q)
{
	if (q->spec || (size_t)(s->end - s->p) < q->count)
		return false;
	for (size_t i = 0; i < q->count; i++)
		if (s->p[i] != q->quote)
			return false;
	return true;
}

/* A backslash and what it protects; the braces of a formatted string it does not. */
static void pass_backslash(struct scan *s, const struct quotes *q)
{
	s->p++;
	if (s->p == s->end || (q->formatted && *s->p == '{'))
		return;
	if (at_newline(s))
		pass_newline(s);
	else
		s->p++;
}

/* A step in a string; false: behind it, or in a field that it has. */
static bool string_step(struct scan *s, struct quotes *q)
{
	if (*s->p == '\\') {
		pass_backslash(s, q);
	} else if (at_newline(s)) {
		s->broken |= q->count == 1;
		pass_newline(s);
	} else if (ends_string(s, q)) {
		s->p += q->count;
		return false;
	} else if (q->spec && *s->p == '}') {
		return false;
	} else if (q->formatted && *s->p == '{') {
		bool doubled = !q->spec && s->p + 1 < s->end && s->p[1] == '{';
		s->p += doubled ? 2 : 1;
		if (!doubled)
			open_level(s, '}', q);
		return doubled;
	} else {
		s->p++;
	}
	return true;
}

static void read_string(struct scan *s, struct quotes q)
{
	while (s->p < s->end && !s->broken)
		if (!string_step(s, &q))
			return;
	s->broken = true;
}

static void begin_string(struct scan *s, const char *prefix, size_t length)
{
	struct quotes q = {.quote = *s->p, .count = 1};
	for (size_t i = 0; i < length; i++)
		q.formatted |= strchr("fFtT", prefix[i]) != NULL;
	if (s->end - s->p >= 3 && s->p[1] == q.quote && s->p[2] == q.quote)
		q.count = 3;
	s->p += q.count;
	read_string(s, q);
}

static void open_bracket(struct scan *s)
{
	char c = *s->p++;
	open_level(s, c == '(' ? ')' : c == '[' ? ']' : '}', NULL);
}

static void close_bracket(struct scan *s)
{
	struct level *l = &s->level[s->depth];
	bool field = l->field;
	struct quotes around = l->around;
	if (!s->depth || l->close != *s->p) {
		s->broken = true;
		return;
	}
	s->p++;
	close_level(s);
	if (field)
		read_string(s, around);
}

/* Of a lambda, of a field's format, or of a statement whose block begins. */
static void colon(struct scan *s)
{
	struct level *l = &s->level[s->depth];
	s->p++;
	if (l->parameters) {
		l->parameters--;
	} else if (l->field) {
		struct quotes format = l->around;
		format.spec = true;
		read_string(s, format);
	} else if (!s->depth && s->head != PYTHON_BLOCK_NONE) {
		l->block = s->head;
		s->head = PYTHON_BLOCK_NONE;
	}
}

static void comma(struct scan *s)
{
	s->p++;
	if (!s->level[s->depth].parameters)
		end_lambdas(s);
}

static bool is_prefix(const char *p, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!strchr("rRbBuUfFtT", p[i]))
			return false;
	return length <= 2;
}

static void word(struct scan *s)
{
	const char *begin = s->p;
	size_t length = word_length(s->p, s->end);
	struct level *l = &s->level[s->depth];

	s->p += length;
	if (s->p < s->end && (*s->p == '"' || *s->p == '\'') && is_prefix(begin, length)) {
		begin_string(s, begin, length);
	} else if (word_is(begin, length, "lambda")) {
		l->lambda = add_block(s, PYTHON_LAMBDA, current(s));
		l->parameters++;
	} else if (s->depth && word_is(begin, length, "for")) {
		end_lambdas(s);
		s->out->block[l->block].kind =
		    l->close == ')' || l->field ? PYTHON_GENERATOR : PYTHON_COMPREHENSION;
	}
}

static uint32_t innermost_statement(const struct scan *s)
{
	return s->statements ? s->statement[s->statements - 1].block : 0;
}

static void open_statement(struct scan *s, enum python_block_kind kind, size_t indent)
{
	uint32_t block = add_block(s, kind, innermost_statement(s));
	if (s->statements == STATEMENTS_MOST) {
		s->broken = true;
		return;
	}
	s->statement[s->statements].block = block;
	s->statement[s->statements++].indent = indent;
}

static void open_function(struct scan *s, const char *name, size_t indent)
{
	open_statement(s, PYTHON_FUNCTION, indent);
	struct python_block *b = &s->out->block[s->out->count - 1];
	while (name < s->end && (*name == ' ' || *name == '\t'))
		name++;
	b->name = name;
	b->name_length = word_length(name, s->end);
	if (s->decorator)
		b->first = s->decorator;
}

static const char *next_word(const struct scan *s, const char *p)
{
	while (p < s->end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* By its first word, which is then read as any other. */
static void begin_line(struct scan *s, size_t indent)
{
	const char *p = s->p;
	size_t length = word_length(p, s->end);
	struct level *line = &s->level[0];

	while (s->statements && s->statement[s->statements - 1].indent >= indent)
		s->out->block[s->statement[--s->statements].block].last = s->line_last;
	*line = (struct level){.block = innermost_statement(s), .lambda = PYTHON_BLOCK_NONE};
	s->head = PYTHON_BLOCK_NONE;
	if (*p == '@') {
		s->decorator = s->decorator ? s->decorator : s->line;
		return;
	}
	if (word_is(p, length, "async"))
		length = word_length(p = next_word(s, p + length), s->end);
	if (word_is(p, length, "for") || word_is(p, length, "while"))
		open_statement(s, PYTHON_LOOP, indent);
	else if (word_is(p, length, "def") || word_is(p, length, "class"))
		open_function(s, p + length, indent);
	s->decorator = 0;
	if (word_is(p, length, "while"))
		line->block = innermost_statement(s);
	else if (innermost_statement(s) != line->block)
		s->head = innermost_statement(s);
}

/* Blank lines and those with nothing but a comment have no indentation. */
static void indentation(struct scan *s)
{
	size_t indent = 0;
	for (; s->p < s->end && strchr(" \t\f", *s->p); s->p++)
		indent = *s->p == ' ' ? indent + 1 : *s->p == '\t' ? (indent / 8 + 1) * 8 : 0;
	if (s->p == s->end || at_newline(s) || *s->p == '#' || *s->p == '\\')
		return;
	s->fresh = false;
	begin_line(s, indent);
}

static void end_line(struct scan *s)
{
	if (!s->depth && !s->fresh) {
		end_lambdas(s);
		s->line_last = s->line;
		s->fresh = true;
	}
	pass_newline(s);
}

static void token(struct scan *s)
{
	char c = *s->p;
	if (at_newline(s))
		end_line(s);
	else if (c == '#')
		while (s->p < s->end && !at_newline(s))
			s->p++;
	else if (c == '\\')
		pass_backslash(s, &(struct quotes){0});
	else if (c == '"' || c == '\'')
		begin_string(s, NULL, 0);
	else if (c == '(' || c == '[' || c == '{')
		open_bracket(s);
	else if (c == ')' || c == ']' || c == '}')
		close_bracket(s);
	else if (c == ':')
		colon(s);
	else if (c == ',' || c == ';')
		comma(s);
	else if (is_word(c) && !isdigit((unsigned char)c))
		word(s);
	else
		s->p++;
}

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

bool python_scan(struct python_blocks *out, const char *text, size_t length)
{
	struct scan s = {.out = out, .p = text, .end = text + length, .line = 1, .fresh = true};

	add_block(&s, PYTHON_MODULE, 0);
	s.level[0].lambda = s.head = PYTHON_BLOCK_NONE;
	if (length >= 3 && !memcmp(text, BYTE_ORDER_MARK, 3))
		s.p += 3;
	s.line_begin = s.p;
	while (s.p < s.end && !s.broken) {
		if (s.fresh)
			indentation(&s);
		if (s.p < s.end)
			token(&s);
	}
	if (!s.fresh && !s.depth) {
		end_lambdas(&s);
		s.line_last = s.line;
	}
	while (s.statements)
		out->block[s.statement[--s.statements].block].last = s.line_last;
	out->block[0].last = s.line;
	return !s.broken && !s.depth;
}
