#include "reports/page/page.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "reports/finding/finding.h"
#include "reports/graph/graph.h"
#include "reports/json.h"
#include "reports/model.h"
#include "reports/page/pack.h"
#include "reports/page/page_meta.h"
#include "reports/page/page_source.h"
#include "reports/page/page_stacks.h"
#include "reports/page/page_timeline.h"
#include "reports/page/page_weights.h"
#include "reports/readings.h"
#include "reports/render.h"
#include <stdio.h>
#include <string.h>

/* Built from ui/ and put into the tool as it is: reports/page/ui/build.mjs. */
__asm__(".section .rodata\n"
	".global page_template, page_template_end\n"
	"page_template: .incbin \"" PAGE_TEMPLATE "\"\n"
	"page_template_end: .byte 0\n"
	".previous\n");

#define HISTOGRAMS_MOST 500

static const struct json_limits limits = {.rows = 2000, .places = 12};

/* In the template: here goes what the first screen shows, and here the rest. */
#define MARK_ANSWER "<!--answer-->"
#define MARK_DATA "<!--data-->"

/* Tables of which not all rows are in the page: {name: all of its rows}. */
static void add_cut(struct json *j, const struct model *m)
{
	json_open(j, "cut", '{');
	for (int i = 0; i < MODEL_TABLE_COUNT; i++)
		if (render_json_rows(m, i, &limits) < m->table[i].rows)
			json_int(j, model_table_name(i), (int64_t)m->table[i].rows);
	json_close(j, '}');
}

/* What one recording gives to flame graphs. */
struct side {
	const char *prefix;
	struct store *store;
	struct page_stacks stacks;
	struct text weights, samples;
	struct page_timeline timeline;
};

static int add_packed(struct text *out, const char *prefix, const char *id, const struct text *data)
{
	text_format(out, "<script type=\"application/octet-stream\" id=\"%s%s\">", prefix, id);
	int result = pack_add(out, data);
	text_add(out, "</script>\n");
	return result;
}

static void add_words(struct json *j, const char *key, const char *const *words, int count)
{
	json_open(j, key, '[');
	for (int i = 0; i < count; i++)
		json_string(j, NULL, words[i]);
	json_close(j, ']');
}

/* The tables of words the columns refer to. */
static void add_vocabulary(struct json *j)
{
#define X(name, words) #name,
	static const char *const states[] = {PAGE_STATES(X)};
#undef X
#define X(name, words) words,
	const char *const state_words[] = {PAGE_STATES(X)};
#undef X
#define X(name, title, unit) #name,
	static const char *const kinds[] = {PAGE_KINDS(X)};
#undef X
#define X(name, title, unit) title,
	static const char *const kind_titles[] = {PAGE_KINDS(X)};
#undef X
#define X(name, title, unit) unit,
	static const char *const kind_units[] = {PAGE_KINDS(X)};
#undef X
	add_words(j, "states", states, PAGE_STATE_COUNT);
	add_words(j, "state_words", state_words, PAGE_STATE_COUNT);
	add_words(j, "kinds", kinds, PAGE_KIND_COUNT);
	add_words(j, "kind_titles", kind_titles, PAGE_KIND_COUNT);
	add_words(j, "kind_units", kind_units, PAGE_KIND_COUNT);
}

static void add_losses(struct json *j)
{
	json_open(j, "losses", '{');
	for (int i = 0; i < LOSS_KIND_COUNT; i++)
		json_string(j, loss_facts[i].word, loss_facts[i].words);
	json_close(j, '}');
}

/* Of the locks waited for longest: {leader: {wait: [[from_ns, count], …], hold: …}}. */
static int add_histograms(struct json *j, struct store *store)
{
	struct query *q = store_query(
	    store, "SELECT leader, what, json_group_array(json_array(low_ns, n)) FROM ("
		   "SELECT g.leader, h.what, h.low_ns, sum(h.count) AS n FROM histogram h "
		   "JOIN lock_group g ON g.lock = h.lock WHERE g.leader IN (SELECT g.leader "
		   "FROM lock_tally a JOIN lock_group g ON g.lock = a.lock GROUP BY g.leader "
		   "ORDER BY sum(a.wait_ns) DESC LIMIT ?1) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3) "
		   "GROUP BY 1, 2 ORDER BY 1, 2");
	int64_t leader = 0;
	query_bind_int(q, 1, HISTOGRAMS_MOST);
	json_open(j, "histograms", '{');
	while (query_step(q)) {
		char key[24];
		if (query_int(q, 0) != leader) {
			if (leader)
				json_close(j, '}');
			leader = query_int(q, 0);
			snprintf(key, sizeof(key), "%lld", (long long)leader);
			json_open(j, key, '{');
		}
		json_raw(j, query_text(q, 1), query_text(q, 2));
	}
	if (leader)
		json_close(j, '}');
	json_close(j, '}');
	int result = !q || query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

static void add_threads(struct json *j, const struct history *h)
{
	json_open(j, "threads", '[');
	for (size_t i = 0; i < h->threads; i++) {
		const struct history_thread *t = &h->thread[i];
		json_open(j, NULL, '[');
		json_int(j, NULL, t->id);
		json_string(j, NULL, t->name);
		json_int(j, NULL, t->process);
		json_int(j, NULL, t->begin);
		json_int(j, NULL, t->end);
		json_close(j, ']');
	}
	json_close(j, ']');
}

static void add_timeline_facts(struct json *j, const struct page_timeline *t)
{
	json_open(j, "timeline", '{');
	json_int(j, "unit_ns", t->unit_ns);
	json_int(j, "intervals", t->tiles);
	json_int(j, "shown", t->rows);
	json_int(j, "merged_below_ns", t->merged_below_ns);
	json_close(j, '}');
}

static int add_facts(struct text *out, const struct side *side, const struct history *h,
		     const struct model *m, const struct page_options *options)
{
	struct text facts = {0};
	struct json j = {.out = &facts};
	json_open(&j, NULL, '{');
	json_string(&j, "version", PARPROF_VERSION);
	json_string(&j, "path", options->path);
	add_vocabulary(&j);
	add_threads(&j, h);
	add_timeline_facts(&j, &side->timeline);
	page_meta_write(&j, "tables");
	add_cut(&j, m);
	int result = add_histograms(&j, side->store);
	result = result ? result : page_source_write(&j, "source", side->store);
	json_close(&j, '}');
	result = result ? result : add_packed(out, side->prefix, "facts", &facts);
	text_free(&facts);
	return result;
}

static void side_begin(struct side *s, const char *prefix, struct store *store)
{
	*s = (struct side){.prefix = prefix, .store = store};
	page_stacks_begin(&s->stacks);
}

static void side_end(struct side *s)
{
	page_stacks_end(&s->stacks);
	page_timeline_free(&s->timeline);
	text_free(&s->weights);
	text_free(&s->samples);
}

/* Last, when all stacks have their numbers. */
static int add_stacks(struct text *out, const struct side *s)
{
	struct text stacks = {0};
	int result = page_stacks_write(&s->stacks, s->store, &stacks);
	result = result ? result : add_packed(out, s->prefix, "weights", &s->weights);
	result = result ? result : add_packed(out, s->prefix, "stacks", &stacks);
	text_free(&stacks);
	return result;
}

static int add_recording(struct text *out, struct side *s, const struct model *m,
			 const struct page_options *options)
{
	const struct history *h = &m->source->history;
	page_timeline_make(&s->timeline, &m->source->graph, &m->source->path, &s->stacks,
			   options->events_most);
	int result = page_weights_make(&s->weights, &s->samples, s->store, h, &s->stacks,
				       options->events_most);
	result = result ? result : add_facts(out, s, h, m, options);
	result = result ? result : add_packed(out, "", "intervals", &s->timeline.intervals);
	result = result ? result : add_packed(out, "", "sites", &s->timeline.sites);
	result = result ? result : add_packed(out, "", "path", &s->timeline.path);
	result = result ? result : add_packed(out, "", "samples", &s->samples);
	return result ? result : add_stacks(out, s);
}

/* Only what flame graphs need to be compared. */
static int add_baseline(struct text *out, struct store *store)
{
	struct history history = {0};
	struct side s;
	side_begin(&s, "base-", store);
	int result = history_read(&history, store);
	result = result ? result
			: page_weights_make(&s.weights, &s.samples, store, &history, &s.stacks, 0);
	result = result ? result : add_stacks(out, &s);
	side_end(&s);
	history_free(&history);
	return result;
}

/* All that the first screen shows, so that it need not wait for the rest. */
static int add_answer(struct text *out, const struct model *m, const struct page_options *options)
{
	struct text answer = {0};
	struct json j = {.out = &answer};
	json_open(&j, NULL, '{');
	render_json_answer(&j, "report", m);
	add_losses(&j);
	json_close(&j, '}');
	int result = add_packed(out, "", "first", &answer);
	if (!result && options->scale)
		result = add_packed(out, "", "scale", options->scale);
	text_free(&answer);
	return result;
}

static int add_report(struct text *out, const struct model *m)
{
	struct text report = {0};
	render_json(&report, m, &limits);
	int result = add_packed(out, "", "report", &report);
	text_free(&report);
	return result;
}

static int add_data(struct text *out, struct store *store, const struct model *m,
		    const struct page_options *options)
{
	struct side s;
	side_begin(&s, "", store);
	int result = add_report(out, m);
	result = result ? result : add_recording(out, &s, m, options);
	side_end(&s);
	if (!result && options->baseline)
		result = add_baseline(out, options->baseline);
	return result;
}

/* What the template has from there up to a mark; returns what is behind it, NULL: it is not there.
 */
static const char *add_until(struct text *out, const char *from, const char *mark)
{
	const char *at = memmem(from, (size_t)(page_template_end - from), mark, strlen(mark));
	if (at)
		text_add_bytes(out, from, (size_t)(at - from));
	return at ? at + strlen(mark) : NULL;
}

int page_write(struct text *out, struct store *store, const struct model *m,
	       const struct page_options *options)
{
	const char *at = add_until(out, page_template, MARK_ANSWER);
	if (!at || !memmem(at, (size_t)(page_template_end - at), MARK_DATA, strlen(MARK_DATA)))
		return error("this parprof was built without its HTML page, as npm could not get "
			     "the page's libraries; 'rm -r build/page && make', with npm and a "
			     "network, builds it; --format=svg needs neither");
	int result = add_answer(out, m, options);
	at = add_until(out, at, MARK_DATA);
	result = result ? result : add_data(out, store, m, options);
	text_add_bytes(out, at, (size_t)(page_template_end - at));
	return result;
}
