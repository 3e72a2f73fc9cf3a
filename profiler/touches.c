#include "profiler/touches.h"
#include "profiler/text.h"
#include <stdlib.h>

void touches_init(struct touches *t, uint64_t line_bytes)
{
	*t = (struct touches){.line_bytes = line_bytes};
	hash_init(&t->by_address, sizeof(uint32_t));
	hash_init(&t->by_word, sizeof(uint32_t));
}

void touches_free(struct touches *t)
{
	hash_free(&t->by_address);
	hash_free(&t->by_word);
	free(t->line);
	free(t->word);
	*t = (struct touches){0};
}

static uint32_t place_of_line(struct touches *t, uint32_t pid, uint64_t address, bool *fresh)
{
	uint32_t *number = hash_put(&t->by_address, address, pid, fresh);
	if (!*fresh)
		return *number - 1;
	if (t->lines == t->line_room) {
		t->line_room = t->line_room * 2 + 64;
		t->line = memory_grow(t->line, t->line_room, sizeof(*t->line));
	}
	t->line[t->lines] = (struct touch_line){.pid = pid, .address = address};
	*number = (uint32_t)++t->lines;
	return *number - 1;
}

/* The words of a line that is kept, again, in their order. */
static void keep_words(struct touches *t, const struct touch_word *old, uint32_t first,
		       uint32_t line)
{
	uint32_t *link = &t->line[line].words;
	for (uint32_t n = first; n; n = old[n - 1].next) {
		struct touch_word *w = &t->word[t->words++];
		bool fresh;
		*w = old[n - 1];
		w->line = line;
		*link = (uint32_t)t->words;
		*(uint32_t *)hash_put(&t->by_word, (uint64_t)line << 8 | w->word, w->tid, &fresh) =
		    (uint32_t)t->words;
		link = &w->next;
	}
	*link = 0;
}

/* Keeps the lines that keep() wants. */
static void sieve(struct touches *t, bool (*keep)(const struct touch_line *, uint32_t),
		  uint32_t pid)
{
	struct touch_line *line = t->line;
	struct touch_word *word = t->word;
	size_t lines = t->lines;
	t->line = memory_new(t->line_room, sizeof(*line));
	t->word = memory_new(t->word_room, sizeof(*word));
	t->lines = t->words = 0;
	hash_clear(&t->by_address);
	hash_clear(&t->by_word);
	for (size_t i = 0; i < lines; i++) {
		bool fresh;
		if (!keep(&line[i], pid))
			continue;
		uint32_t at = place_of_line(t, line[i].pid, line[i].address, &fresh);
		t->line[at] = line[i];
		keep_words(t, word, line[i].words, at);
	}
	free(line);
	free(word);
}

static bool is_shared(const struct touch_line *l, uint32_t pid)
{
	(void)pid;
	return l->threads > 1 || l->windows || l->suspect;
}

static bool is_of_another(const struct touch_line *l, uint32_t pid)
{
	return l->pid != pid;
}

void touches_forget(struct touches *t, uint32_t pid)
{
	if (t->lines)
		sieve(t, is_of_another, pid);
}

struct touch_line *touches_line(struct touches *t, uint32_t pid, uint64_t address)
{
	address &= ~(t->line_bytes - 1);
	const uint32_t *number = hash_get(&t->by_address, address, pid);
	bool fresh;
	if (number)
		return &t->line[*number - 1];
	if (t->lines >= TOUCH_LINES)
		sieve(t, is_shared, 0);
	if (t->lines >= TOUCH_LINES)
		return NULL;
	uint32_t at = place_of_line(t, pid, address, &fresh); /* may move all lines */
	return &t->line[at];
}

/* The word as this thread uses it. */
static struct touch_word *word_of(struct touches *t, struct touch_line *l, const struct touch *o,
				  uint32_t word)
{
	uint32_t line = (uint32_t)(l - t->line);
	bool fresh, known = false;
	uint32_t *number = hash_put(&t->by_word, (uint64_t)line << 8 | word, o->tid, &fresh);
	if (!fresh)
		return &t->word[*number - 1];
	for (uint32_t n = l->words; n && !known; n = t->word[n - 1].next)
		known = t->word[n - 1].tid == o->tid;
	l->threads += !known;
	if (t->words == t->word_room) {
		t->word_room = t->word_room * 2 + 64;
		t->word = memory_grow(t->word, t->word_room, sizeof(*t->word));
	}
	t->word[t->words] = (struct touch_word){.line = line,
						.next = l->words,
						.pid = o->pid,
						.tid = o->tid,
						.task = o->task,
						.pc = o->pc,
						.word = word};
	*number = l->words = (uint32_t)++t->words;
	return &t->word[t->words - 1];
}

static void meet(struct touch_line *l, const struct touch *o, uint32_t word)
{
	bool same = false, apart = false;
	int place = 0;
	for (int i = 0; i < TOUCH_RECENT; i++) {
		bool mine = l->recent[i].tid == o->tid;
		if (l->recent[i].tid && !mine && o->ns - l->recent[i].ns < TOUCH_NEAR_NS) {
			same |= l->recent[i].word == word;
			apart |= l->recent[i].word != word;
		}
		if (mine ||
		    (l->recent[place].tid != o->tid && l->recent[i].ns < l->recent[place].ns))
			place = i;
	}
	l->same += same;
	l->apart += apart && !same;
	l->recent[place].tid = o->tid;
	l->recent[place].word = word;
	l->recent[place].ns = o->ns;
}

void touches_add(struct touches *t, const struct touch *o)
{
	struct touch_line *l = touches_line(t, o->pid, o->address);
	uint32_t word = (uint32_t)((o->address & (t->line_bytes - 1)) / 8);
	if (!l || word >= TOUCH_WORDS) {
		t->dropped++;
		return;
	}
	struct touch_word *w = word_of(t, l, o, word);
	if (o->pc && (!w->pc || (o->writes && !w->writes)))
		w->pc = o->pc;
	if (!w->task)
		w->task = o->task;
	w->reads += o->reads;
	w->writes += o->writes;
	w->traps += o->trapped;
	if (!o->trapped)
		meet(l, o, word);
}

void touches_words(const struct touches *t, const struct touch_line *l,
		   void (*each)(void *, const struct touch_word *), void *data)
{
	for (uint32_t n = l->words; n; n = t->word[n - 1].next)
		each(data, &t->word[n - 1]);
}
