#include <stdio.h>

#include "profiler/dump.h"
#include "profiler/schema.h"
#include "profiler/text.h"

static const char *const field_types[] = {
    [FIELD_TIME] = "time",   [FIELD_OBJECT] = "object",	  [FIELD_GEN] = "generation",
    [FIELD_STACK] = "stack", [FIELD_CODE] = "address",	  [FIELD_TID] = "thread",
    [FIELD_U64] = "integer", [FIELD_U32] = "integer",	  [FIELD_I32] = "integer",
    [FIELD_TEXT] = "text",   [FIELD_CODES] = "addresses",
};

int dump_events(void)
{
	struct text sql = {0};

	for (const struct event_fact *e = event_facts; e->name; e++) {
		printf("event %u %s%s: %s\n", e->number, e->name, e->stored ? " (table)" : "",
		       e->doc);
		for (const struct field_fact *f = e->fields; f->name; f++)
			printf("    %-12s %-10s %s\n", f->name, field_types[f->type], f->doc);
	}
	schema_write(&sql);
	printf("\n%s\n", text_string(&sql));
	text_free(&sql);
	return 0;
}
