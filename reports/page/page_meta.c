#include "reports/page/page_meta.h"
#include "reports/json.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/unit.h"

static void add_column(struct json *j, const struct column *c)
{
	json_open(j, NULL, '[');
	json_string(j, NULL, c->key);
	json_string(j, NULL, c->unit->name);
	json_int(j, NULL, c->importance);
	json_string(j, NULL, c->header);
	json_close(j, ']');
}

void page_meta_write(struct json *j, const char *key)
{
	json_open(j, key, '{');
	for (int i = 0; i < MODEL_TABLE_COUNT; i++) {
		const struct question *q = question_find(model_table_name(i));
		json_open(j, model_table_name(i), '{');
		json_string(j, "title", q->title);
		json_string(j, "question", q->question);
		json_string(j, "explain", q->explain);
		json_string(j, "empty", q->empty);
		json_open(j, "columns", '[');
		for (int c = 0; c < q->column_count; c++)
			add_column(j, &q->columns[c]);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, '}');
}
