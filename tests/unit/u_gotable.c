/* Names and lines of stripped Go programs. */
#include "profiler/gotable.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>

#define TEXT 0x400000

/* A table of two functions: main.work at 0..0x40, main.main at 0x40..0x50. */
struct bytes {
	unsigned char data[512];
	size_t size;
};

static uint32_t add(struct bytes *b, const void *data, size_t size)
{
	uint32_t at = (uint32_t)b->size;
	memcpy(b->data + at, data, size);
	b->size += size;
	return at;
}

static uint32_t add_word(struct bytes *b, uint32_t word)
{
	return add(b, &word, sizeof(word));
}

static void make(struct bytes *b, struct gotable *t)
{
	/* pairs: twice the difference of the value, or its complement; bytes of code */
	static const unsigned char none = 0, files[] = {2, 0x10, 2, 0x10, 1, 0x20, 0},
				   lines[] = {22, 0x10, 2, 0x10, 4, 0x20, 0},
				   main_lines[] = {0xca, 0x01, 0x10, 0},
				   main_files[] = {2, 0x10, 0};
	*b = (struct bytes){.size = 16};
	*t = (struct gotable){.text = TEXT, .count = 2, .quantum = 1};
	t->names = add(b, "\0main.work\0main.main", 21);
	t->files = add(b, "app/work.go\0sync/mutex.go", 26);
	t->units = add_word(b, 0);
	add_word(b, 12);
	t->values = add(b, &none, 1);
	uint32_t file = add(b, files, sizeof(files)) - (uint32_t)t->values;
	uint32_t line = add(b, lines, sizeof(lines)) - (uint32_t)t->values;
	uint32_t main_file = add(b, main_files, sizeof(main_files)) - (uint32_t)t->values;
	uint32_t main_line = add(b, main_lines, sizeof(main_lines)) - (uint32_t)t->values;
	t->functions = b->size;
	const uint32_t table[] = {0, 20, 0x40, 56, 0x50};
	add(b, table, sizeof(table));
	const uint32_t records[] = {0,	  1,  0, 0, 0, file,	  line,	     0, 0,
				    0x40, 11, 0, 0, 0, main_file, main_line, 0, 0};
	add(b, records, sizeof(records));
	t->data = b->data;
	t->size = b->size;
}

static void at(const struct gotable *t, uint64_t address, const char *function, const char *file,
	       unsigned line)
{
	struct go_place p = {0};
	CU_ASSERT_FATAL(gotable_find(t, TEXT + address, &p));
	CU_ASSERT_STRING_EQUAL(p.function, function);
	CU_ASSERT_STRING_EQUAL(p.file ? p.file : "", file);
	CU_ASSERT_EQUAL(p.line, line);
}

TEST(gotable, functions_and_lines_of_addresses)
{
	struct bytes b;
	struct gotable t;
	struct go_place p;
	make(&b, &t);
	at(&t, 0, "main.work", "app/work.go", 10);
	at(&t, 0xf, "main.work", "app/work.go", 10);
	at(&t, 0x20, "main.work", "app/work.go", 13);
	at(&t, 0x3f, "main.work", "app/work.go", 13);
	at(&t, 0x40, "main.main", "app/work.go", 100);
	CU_ASSERT_FALSE(gotable_find(&t, TEXT + 0x50, &p));
	CU_ASSERT_FALSE(gotable_find(&t, TEXT - 1, &p));
}

TEST(gotable, code_of_another_file_is_where_the_function_begins)
{
	struct bytes b;
	struct gotable t;
	make(&b, &t);
	at(&t, 0x18, "main.work", "app/work.go", 10);
}

TEST(gotable, a_damaged_table_is_not_followed)
{
	struct bytes b;
	struct gotable t;
	struct go_place p;
	make(&b, &t);
	unsigned char *exact = malloc(b.size); /* a sanitizer sees what is read behind it */
	unsigned found = 0;
	for (size_t i = 0; i < b.size; i++)
		for (int value = 0; value < 256; value += 15) {
			memcpy(exact, b.data, b.size);
			exact[i] = (unsigned char)value;
			t.data = exact;
			for (uint64_t address = 0; address < 0x50; address += 8)
				found += gotable_find(&t, TEXT + address, &p);
		}
	CU_ASSERT(found > 0);
	free(exact);
}
