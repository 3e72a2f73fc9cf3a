#include "reports/page/page_stacks.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <string.h>

/* Places in a list of JSON, by a number, or by a string's two hashes. */
struct places {
	struct hash place;
	struct text list;
};

struct writer {
	struct places string, code;
	struct text stacks;
};

void page_stacks_begin(struct page_stacks *s)
{
	hash_init(&s->number, sizeof(int64_t));
}

int64_t page_stacks_number(struct page_stacks *s, int64_t stack)
{
	bool fresh;
	if (stack <= 0)
		return 0;
	int64_t *number = hash_put(&s->number, (uint64_t)stack, 0, &fresh);
	if (fresh)
		*number = (int64_t)s->number.count;
	return *number;
}

static int64_t place_of(struct places *p, uint64_t a, uint64_t b, bool *fresh)
{
	int64_t *place = hash_put(&p->place, a, b, fresh);
	if (*fresh) {
		*place = (int64_t)p->place.count - 1;
		text_add(&p->list, *place ? "," : "");
	}
	return *place;
}

/* Two of them, of 64 bits each: equal ones stand for equal strings. */
static uint64_t hash_string(const char *s, uint64_t seed)
{
	uint64_t h = seed;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3ull;
	return h ^ h >> 29;
}

static int64_t string_place(struct places *p, const char *s)
{
	bool fresh;
	if (!s)
		return -1;
	int64_t place = place_of(p, hash_string(s, 0xcbf29ce484222325ull) | 1,
				 hash_string(s, 0x9e3779b97f4a7c15ull), &fresh);
	if (fresh)
		text_add_json(&p->list, s);
	return place;
}

static void add_lines(struct writer *w, struct query *lines, int64_t code)
{
	struct text *out = &w->code.list;
	const char *before = "[";
	query_bind_int(lines, 1, code);
	for (; query_step(lines); before = ",") {
		const char *module = query_text(lines, 4);
		const char *function = query_text(lines, 0);
		struct text unnamed = {0};
		if (!function && module) {
			const char *slash = strrchr(module, '/');
			text_format(&unnamed, "[%s]", slash ? slash + 1 : module);
			function = text_string(&unnamed);
		}
		text_format(out, "%s%lld,", before, (long long)string_place(&w->string, function));
		text_format(out, "%lld,%lld,%lld",
			    (long long)string_place(&w->string, query_text(lines, 1)),
			    (long long)query_int(lines, 2), (long long)query_int(lines, 3));
		text_free(&unnamed);
	}
	text_add(out, *before == '[' ? "[]" : "]");
	query_reset(lines);
}

static void add_frames(struct writer *w, struct query *frames, struct query *lines, int64_t stack)
{
	const char *before = "[";
	query_bind_int(frames, 1, stack);
	for (; query_step(frames); before = ",") {
		bool fresh;
		int64_t code = query_int(frames, 0);
		int64_t place = place_of(&w->code, (uint64_t)code, 1, &fresh);
		if (fresh)
			add_lines(w, lines, code);
		text_format(&w->stacks, "%s%lld", before, (long long)place);
	}
	text_add(&w->stacks, *before == '[' ? "[]" : "]");
	query_reset(frames);
}

static int64_t *stacks_in_order(const struct page_stacks *s)
{
	int64_t *ids = memory_new(s->number.count + 1, sizeof(*ids));
	uint64_t key[2];
	size_t place = 0;
	const int64_t *number;
	while ((number = hash_next(&s->number, &place, key)))
		ids[*number - 1] = (int64_t)key[0];
	return ids;
}

int page_stacks_write(const struct page_stacks *s, struct store *store, struct text *out)
{
	struct writer w = {0};
	struct query *frames =
	    store_query(store, "SELECT code FROM frame WHERE stack = ?1 ORDER BY position");
	struct query *lines = store_query(
	    store, "SELECT l.function, l.file, l.line, coalesce(l.runtime, 1), m.path FROM code c "
		   "LEFT JOIN code_line l ON l.code = c.id LEFT JOIN module m ON m.id = c.module "
		   "WHERE c.id = ?1 ORDER BY l.depth");
	int64_t *ids = stacks_in_order(s);
	hash_init(&w.string.place, sizeof(int64_t));
	hash_init(&w.code.place, sizeof(int64_t));
	for (size_t i = 0; i < s->number.count && frames && lines; i++) {
		text_add(&w.stacks, i ? "," : "");
		add_frames(&w, frames, lines, ids[i]);
	}
	int result = !frames || !lines || query_failed(frames) || query_failed(lines) ? -1 : 0;
	text_format(out, "{\"strings\":[%s],\n", text_string(&w.string.list));
	text_format(out, "\"codes\":[%s],\n", text_string(&w.code.list));
	text_format(out, "\"stacks\":[%s]}", text_string(&w.stacks));
	query_close(frames);
	query_close(lines);
	hash_free(&w.string.place);
	hash_free(&w.code.place);
	text_free(&w.string.list);
	text_free(&w.code.list);
	text_free(&w.stacks);
	free(ids);
	return result;
}

void page_stacks_end(struct page_stacks *s)
{
	hash_free(&s->number);
}
