/* Columns of a page: what is read back is what was written; packed data are gzip in base64. */
#include "reports/page/columns.h"
#include "reports/page/pack.h"
#include "tests/unit/read_columns.h"
#include "tests/unit/unit.h"
#include <stdlib.h>
#include <string.h>

TEST(columns, are_read_back)
{
	static const int64_t rows[][3] = {
	    {0, 1, -1}, {5, 1ll << 52, -1}, {5, 0, 127}, {-9, 1, 128}, {INT64_MAX, INT64_MIN, 0}};
	enum { ROWS = sizeof(rows) / sizeof(*rows) };
	struct columns c;
	struct text bytes = {0};
	size_t count;
	columns_begin(&c, "+.+");
	for (size_t i = 0; i < ROWS; i++)
		columns_add(&c, rows[i]);
	columns_end(&c, &bytes);
	int64_t *cell = read_columns(&bytes, "+.+", &count);
	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	CU_ASSERT_EQUAL_FATAL(count, ROWS);
	CU_ASSERT(!memcmp(cell, rows, sizeof(rows)));
	free(cell);
	text_free(&bytes);
}

TEST(columns, ordered_by_the_first_are_read_back)
{
	static const int64_t rows[][3] = {
	    {3, 7, 1}, {0, 9, -5}, {3, 8, 1ll << 40}, {0, 1, 0}, {255, -3, 4}};
	enum { ROWS = sizeof(rows) / sizeof(*rows) };
	struct columns c;
	struct text bytes = {0};
	size_t count;
	columns_begin(&c, "#+.");
	for (size_t i = 0; i < ROWS; i++)
		columns_add(&c, rows[i]);
	columns_end(&c, &bytes);
	int64_t *cell = read_columns(&bytes, "#+.", &count);
	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	CU_ASSERT_EQUAL_FATAL(count, ROWS);
	CU_ASSERT(!memcmp(cell, rows, sizeof(rows)));
	free(cell);
	text_free(&bytes);
}

TEST(columns, of_no_rows_say_so)
{
	struct columns c;
	struct text bytes = {0};
	columns_begin(&c, "++");
	columns_end(&c, &bytes);
	CU_ASSERT_EQUAL(bytes.length, 4); /* no rows, two columns, no bytes in either */
	CU_ASSERT_EQUAL(bytes.data[0], 0);
	text_free(&bytes);
}

TEST(columns, packed_are_base64_of_gzip)
{
	struct text data = {0}, packed = {0};
	text_add(&data, "</script><script>");
	CU_ASSERT_EQUAL(pack_add(&packed, &data), 0);
	CU_ASSERT_EQUAL(packed.length % 4, 0);
	CU_ASSERT(!strncmp(text_string(&packed), "H4sI", 4)); /* 1f 8b 08: gzip, deflated */
	CU_ASSERT_EQUAL(strspn(packed.data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					    "0123456789+/="),
			packed.length);
	text_free(&data);
	text_free(&packed);
}
