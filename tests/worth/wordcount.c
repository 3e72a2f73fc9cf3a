/* How often each word of a text occurs, and each part of one: a hash table with chains. */
#include "worth.h"
#include <ctype.h>

#define BUCKETS 16384
#define LONGEST 64

struct word {
	struct word *next;
	uint32_t hash;
	long length, count;
	char text[];
};

struct table {
	struct word *bucket[BUCKETS];
};

static char *text;
static long length;

static void prepare(double scale)
{
	length = (long)(110e6 * scale);
	text = worth_text((size_t)length);
}

static void count_word(struct table *table, const char *word, uint32_t size, uint32_t hash,
		       long times)
{
	struct word **at = &table->bucket[hash % BUCKETS];
	while (*at && ((*at)->hash != hash || (*at)->length != size ||
		       memcmp((*at)->text, word, (size_t)size)))
		at = &(*at)->next;
	if (!*at) {
		*at = worth_memory(1, sizeof(**at) + (size_t)size);
		(*at)->hash = hash;
		(*at)->length = size;
		memcpy((*at)->text, word, (size_t)size);
	}
	(*at)->count += times;
}

static void count_parts(struct table *table, const char *word, long size)
{
	for (long first = 0; first < size; first++) {
		uint32_t hash = 2166136261;
		for (long last = first; last < size; last++) {
			hash = (hash ^ (unsigned char)word[last]) * 16777619;
			count_word(table, word + first, last + 1 - first, hash, 1);
		}
	}
}

static void count_words(struct table *table, long first, long last)
{
	char word[LONGEST];
	for (long at = first; at < last; at++) {
		long size = 0;
		for (; at < last && isalpha((unsigned char)text[at]); at++)
			if (size < LONGEST)
				word[size++] = (char)tolower((unsigned char)text[at]);
		count_parts(table, word, size);
	}
}

static double result_of(const struct table *table)
{
	double sum = 0;
	for (int i = 0; i < BUCKETS; i++)
		for (const struct word *word = table->bucket[i]; word; word = word->next)
			sum += (double)word->count * (word->hash % 1000);
	return sum;
}

static double serial(void)
{
	struct table *table = worth_memory(1, sizeof(*table));
	count_words(table, 0, length);
	return result_of(table);
}

static struct table *tables;

/* Where a part begins: not within a word. */
static long part_begin(int number, int members)
{
	long at = worth_part(length, number, members);
	while (at > 0 && at < length && isalpha((unsigned char)text[at]))
		at++;
	return at;
}

static void count_part(int number, int members)
{
	count_words(&tables[number], part_begin(number, members), part_begin(number + 1, members));
}

static void merge(struct table *to, const struct table *from)
{
	for (int i = 0; i < BUCKETS; i++)
		for (const struct word *word = from->bucket[i]; word; word = word->next)
			count_word(to, word->text, word->length, word->hash, word->count);
}

static double parallel(int threads)
{
	tables = worth_memory((size_t)threads, sizeof(*tables));
	worth_team(threads, count_part);
	for (int t = 1; t < threads; t++)
		merge(&tables[0], &tables[t]);
	return result_of(&tables[0]);
}

const struct worth program = {prepare, serial, parallel, 1e-9};
