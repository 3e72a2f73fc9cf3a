#include "profiler/ingest_state.h"
#include "profiler/text.h"
#include <string.h>

void python_code(struct ingest *in, const struct writer *w, const struct log_python_code *r)
{
	const char *file = r->text, *name = strchr(r->text, 1);
	struct query *q =
	    SQL(in, PYTHON_CODE_ADD, (int64_t)r->number, w->process, r->minor, r->first_line);
	struct text path = {0};

	text_add_bytes(&path, file, name ? (size_t)(name - file) : strlen(file));
	query_bind_text(q, 5, text_string(&path));
	query_bind_text(q, 6, name ? name + 1 : "?");
	query_run(q);
	text_free(&path);
}

void python_lines(struct ingest *in, const struct log_python_lines *r)
{
	size_t room = r->head.size - sizeof(*r);
	struct query *q = SQL(in, PYTHON_LINES_ADD, (int64_t)r->number, r->offset);

	query_bind_bytes(q, 3, r->table, r->bytes < room ? r->bytes : room);
	query_run(q);
}
