#include "reports/filter.h"
#include "profiler/message.h"
#include "reports/table.h"
#include <regex.h>
#include <stddef.h>

struct pattern {
	regex_t regex;
	const char *keys[2]; /* columns, any of which may match */
};

static bool matches(const struct table *t, size_t row, void *data)
{
	struct pattern *p = data;
	for (int i = 0; i < 2 && p->keys[i]; i++) {
		const char *text = table_text(t, row, p->keys[i]);
		if (text && regexec(&p->regex, text, 0, NULL, 0) == 0)
			return true;
	}
	return false;
}

/* POSIX extended, case as written: the same words work with grep -E on the CSV. */
int filter_rows(struct table *const *tables, const char *words, const char *key,
		const char *other_key)
{
	if (!words)
		return 0;
	struct pattern p = {.keys = {key, other_key}};
	int wrong = regcomp(&p.regex, words, REG_EXTENDED | REG_NOSUB);
	if (wrong) {
		char reason[128];
		regerror(wrong, &p.regex, reason, sizeof(reason));
		return error("'%s' is not a regular expression: %s", words, reason);
	}
	for (; *tables; tables++)
		table_filter(*tables, matches, &p);
	regfree(&p.regex);
	return 0;
}

int filter_sort(struct table *const *tables, const char *key)
{
	if (!key)
		return 0;
	bool known = false;
	for (; *tables; tables++) {
		known |= table_has(*tables, key);
		table_sort(*tables, key);
	}
	return known ? 0 : error("no table has a column '%s'; --json shows the names of all", key);
}
