#include "profiler/text.h"
#include "tests/unit/unit.h"
#include <string.h>

static const char *ns(int64_t value)
{
	static struct text t;
	text_clear(&t);
	text_add_ns(&t, value);
	return text_string(&t);
}

static const char *count(uint64_t value)
{
	static struct text t;
	text_clear(&t);
	text_add_count(&t, value);
	return text_string(&t);
}

static const char *json(const char *value)
{
	static struct text t;
	text_clear(&t);
	text_add_json(&t, value);
	return text_string(&t);
}

TEST(text, empty_is_a_string)
{
	struct text t = {0};
	CU_ASSERT_STRING_EQUAL(text_string(&t), "");
	text_clear(&t);
	text_cut(&t, 0);
	text_free(&t);
	CU_ASSERT_STRING_EQUAL(text_string(&t), "");
}

TEST(text, grows)
{
	struct text t = {0};
	for (int i = 0; i < 10000; i++)
		text_format(&t, "%d,", i % 10);
	text_add_char(&t, '!');
	text_add_bytes(&t, "abc", 2);
	text_repeat(&t, '-', 3);
	CU_ASSERT_EQUAL(t.length, 20006);
	CU_ASSERT_EQUAL(strlen(t.data), t.length);
	CU_ASSERT_STRING_EQUAL(t.data + 19998, "9,!ab---");
	text_cut(&t, 2);
	CU_ASSERT_STRING_EQUAL(text_string(&t), "0,");
	text_free(&t);
}

TEST(text, times_have_three_digits_and_a_unit)
{
	CU_ASSERT_STRING_EQUAL(ns(0), "0 ns");
	CU_ASSERT_STRING_EQUAL(ns(999), "999 ns");
	CU_ASSERT_STRING_EQUAL(ns(1000), "1 us");
	CU_ASSERT_STRING_EQUAL(ns(1234), "1.23 us");
	CU_ASSERT_STRING_EQUAL(ns(12345), "12.3 us");
	CU_ASSERT_STRING_EQUAL(ns(123456), "123 us");
	CU_ASSERT_STRING_EQUAL(ns(999999), "1.00 ms");
	CU_ASSERT_STRING_EQUAL(ns(9999000), "10.0 ms");
	CU_ASSERT_STRING_EQUAL(ns(1500000000), "1.50 s");
	CU_ASSERT_STRING_EQUAL(ns(86400000000000), "86400 s");
	CU_ASSERT_STRING_EQUAL(ns(-1234), "-1.23 us");
}

TEST(text, counts_and_bytes)
{
	struct text t = {0};
	CU_ASSERT_STRING_EQUAL(count(999), "999");
	CU_ASSERT_STRING_EQUAL(count(1234567), "1.23M");
	text_add_bytes_human(&t, 1360000);
	CU_ASSERT_STRING_EQUAL(text_string(&t), "1.36 MB");
	text_free(&t);
}

TEST(text, json_is_always_valid)
{
	CU_ASSERT_STRING_EQUAL(json(NULL), "null");
	CU_ASSERT_STRING_EQUAL(json("a\"b\\c"), "\"a\\\"b\\\\c\"");
	CU_ASSERT_STRING_EQUAL(json("\n\x01\x7f"), "\"\\u000a\\u0001\\u007f\"");
	CU_ASSERT_STRING_EQUAL(json("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x94\x92"),
			       "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x94\x92\"");
	CU_ASSERT_STRING_EQUAL(json("\xff"), "\"\\ufffd\"");
	CU_ASSERT_STRING_EQUAL(json("\xc0\xaf"), "\"\\ufffd\\ufffd\""); /* overlong */
	CU_ASSERT_STRING_EQUAL(json("\xe2\x82"), "\"\\ufffd\\ufffd\""); /* cut */
	CU_ASSERT_STRING_EQUAL(json("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
}
