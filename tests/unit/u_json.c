/* Where commas, brackets and indents go; strings are text_add_json()'s, tested in u_text.c. */
#include "reports/json.h"
#include "profiler/text.h"
#include "tests/unit/unit.h"
#include <math.h>

TEST(json, commas_and_brackets)
{
	struct text t = {0};
	struct json j = {.out = &t};
	json_open(&j, NULL, '{');
	json_int(&j, "a", -1);
	json_open(&j, "b", '[');
	json_close(&j, ']');
	json_open(&j, "c", '[');
	json_bool(&j, NULL, true);
	json_null(&j, NULL);
	json_close(&j, ']');
	json_double(&j, "d", 0.5);
	json_double(&j, "e", NAN);
	json_close(&j, '}');
	CU_ASSERT_STRING_EQUAL(
	    text_string(&t),
	    "{\n  \"a\": -1,\n  \"b\": [],\n  \"c\": [\n    true,\n    null\n  ],\n"
	    "  \"d\": 0.5,\n  \"e\": null\n}\n");
	text_free(&t);
}
