#include "tests/unit/program_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char signs[OP_KIND_COUNT] = {
    [OP_cpu] = ' ',   [OP_sleep] = '=',	 [OP_acquire] = '+', [OP_release] = '-',
    [OP_await] = '~', [OP_fire] = '*',	 [OP_barrier] = '%', [OP_take] = '<',
    [OP_post] = '>',  [OP_create] = '!', [OP_join] = '?',
};

static void add(struct program *p, const char *word)
{
	enum op_kind kind = OP_cpu;
	char *end;
	for (int k = 1; k < OP_KIND_COUNT; k++)
		if (signs[k] == *word)
			kind = (enum op_kind)k;
	word += kind != OP_cpu;
	bool letter = *word >= 'A' && *word <= 'Z';
	long value = letter ? *word - 'A' : strtol(word, &end, 10);
	if (letter)
		end = (char *)word + 1;
	bool time = kind == OP_cpu || kind == OP_sleep;
	struct op *op = program_add_op(p, kind, time ? 0 : (uint32_t)value, time ? value : 0);
	op->event = (uint32_t)p->ops;
	if (*end == '@')
		op->stack = (uint32_t)strtol(end + 1, &end, 10);
	if (*end) {
		fprintf(stderr, "program_from_text: %s\n", word);
		abort();
	}
}

void program_from_text(struct program *p, const enum object_kind *kinds, size_t objects,
		       const char *text)
{
	char *copy = strdup(text), *rest = NULL;
	size_t first = 0;
	*p = (struct program){0};
	for (size_t i = 0; i < objects; i++)
		program_add_object(p, kinds[i]);
	program_add_thread(p)->start = 0;
	for (char *w = strtok_r(copy, " \n\t", &rest); w; w = strtok_r(NULL, " \n\t", &rest)) {
		if (*w != '|') {
			add(p, w);
			continue;
		}
		program_add_span(p, first);
		first = p->ops;
		program_add_thread(p)->start = 0;
	}
	program_add_span(p, first);
	for (size_t i = 0; i < p->threads; i++)
		p->thread[i].history = (uint32_t)i;
	for (size_t i = 0; i < p->ops; i++)
		if (p->op[i].kind == OP_create)
			p->thread[p->op[i].number].start = -1;
	free(copy);
}

static size_t print_span(const struct program *p, const struct span *s, char *out, size_t room)
{
	size_t n = 0;
	for (uint32_t i = s->first; i < s->first + s->count; i++) {
		const struct op *op = &p->op[i];
		bool time = op->kind == OP_cpu || op->kind == OP_sleep;
		bool thread = op->kind == OP_create || op->kind == OP_join;
		char word[32];
		if (time || thread)
			snprintf(word, sizeof(word), "%lld",
				 time ? (long long)op->ns : (long long)op->number);
		else
			snprintf(word, sizeof(word), "%c", 'A' + (int)op->number);
		n += (size_t)snprintf(out + n, room - n, " %.*s%s", op->kind != OP_cpu,
				      &signs[op->kind], word);
	}
	return n;
}

const char *program_text(const struct program *p, uint32_t thread)
{
	static char out[8192];
	size_t n = 0;
	const struct program_thread *t = &p->thread[thread];
	*out = out[1] = 0;
	for (uint32_t i = t->spans.first; i < t->spans.first + t->spans.count; i++) {
		const struct span *s = &p->span[i];
		if (s->pool == NO_POOL) {
			n += print_span(p, s, out + n, sizeof(out) - n);
			continue;
		}
		const struct pool *pool = &p->pool[s->pool];
		n += (size_t)snprintf(out + n, sizeof(out) - n, " (");
		for (uint32_t u = pool->first; u < pool->first + pool->count; u++) {
			n += print_span(p, &p->unit[u], out + n, sizeof(out) - n);
			n += (size_t)snprintf(out + n, sizeof(out) - n, ";");
		}
		n += (size_t)snprintf(out + n, sizeof(out) - n, " )");
	}
	return out + 1;
}
