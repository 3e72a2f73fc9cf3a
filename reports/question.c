#include "reports/question.h"
#include "profiler/embedded.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include "reports/unit.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "reports/questions/"

static struct question *questions;
static int question_count;

/* Puts a line's text behind what the field has, with a space between. */
static void join(char **field, const char *words, size_t length)
{
	struct text t = {0};
	if (*field)
		text_format(&t, "%s ", *field);
	text_add_bytes(&t, words, length);
	free(*field);
	*field = t.data;
}

/* "name function 1 LOCK": cuts three words off, the rest is the header. */
static void parse_column(struct question *q, char *item)
{
	char *rest = item;
	char *word[3];
	for (int i = 0; i < 3; i++) {
		rest += strspn(rest, " ");
		word[i] = strsep(&rest, " ");
		if (!rest)
			BUG("question %s: column '%s' needs key, unit, importance, header", q->name,
			    item);
	}
	const struct unit *unit = unit_find(word[1]);
	if (!unit)
		BUG("question %s: there is no unit '%s'", q->name, word[1]);
	q->columns = memory_grow(q->columns, (size_t)q->column_count + 1, sizeof(*q->columns));
	q->columns[q->column_count++] = (struct column){
	    .key = memory_copy(word[0]),
	    .unit = unit,
	    .importance = atoi(word[2]),
	    .header = memory_copy(rest + strspn(rest, " ")),
	};
}

static void parse_columns(struct question *q, const char *words, size_t length)
{
	char *line = strndup(words, length);
	char *rest = line;
	for (char *item; (item = strsep(&rest, ","));)
		parse_column(q, item);
	free(line);
}

/* False at the first line that is none of the head: there the query begins. */
static bool head_line(struct question *q, const char *line, size_t length)
{
	struct {
		const char *tag;
		char **field;
	} const fields[] = {{"-- title: ", &q->title},
			    {"-- question: ", &q->question},
			    {"-- explain: ", &q->explain},
			    {"-- empty: ", &q->empty},
			    {"-- columns: ", NULL}};
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		size_t tag = strlen(fields[i].tag);
		if (length < tag || strncmp(line, fields[i].tag, tag) != 0)
			continue;
		if (fields[i].field)
			join(fields[i].field, line + tag, length - tag);
		else
			parse_columns(q, line + tag, length - tag);
		return true;
	}
	return false;
}

void question_parse(struct question *q, const char *name, const char *text)
{
	*q = (struct question){.name = name, .sql = text};
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		if (!head_line(q, line, length))
			break;
		line += length + (line[length] == '\n');
	}
	if (!q->title || !q->question || !q->column_count)
		BUG("question %s lacks a title, a question or columns", name);
}

void question_free(struct question *q)
{
	for (int i = 0; i < q->column_count; i++) {
		free(q->columns[i].key);
		free(q->columns[i].header);
	}
	free(q->columns);
	free(q->title);
	free(q->question);
	free(q->explain);
	free(q->empty);
}

/* Lives as long as the process, like the questions. */
static const char *file_name(const char *path)
{
	const char *name = path + strlen(FOLDER);
	return strndup(name, strlen(name) - strlen(".sql"));
}

static void parse_all(void)
{
	for (const struct embedded *e = embedded; e->path; e++) {
		if (strncmp(e->path, FOLDER, strlen(FOLDER)) != 0)
			continue;
		questions = memory_grow(questions, (size_t)question_count + 1, sizeof(*questions));
		question_parse(&questions[question_count++], file_name(e->path), e->text);
	}
}

const struct question *question_number(int n)
{
	if (!questions)
		parse_all();
	return n < question_count ? &questions[n] : NULL;
}

const struct question *question_find(const char *name)
{
	const struct question *q;
	for (int i = 0; (q = question_number(i)); i++)
		if (!strcmp(q->name, name))
			return q;
	BUG("there is no question '%s'", name);
}

int question_column(const struct question *q, const char *key)
{
	for (int i = 0; i < q->column_count; i++)
		if (!strcmp(q->columns[i].key, key))
			return i;
	return -1;
}
