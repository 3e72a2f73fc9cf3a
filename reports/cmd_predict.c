/* parprof predict: replays a recording with changes, says what they would gain. */
#include "profiler/command.h"
#include "profiler/embedded.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/question.h"
#include "reports/recording.h"
#include "reports/render_predict.h"
#include "reports/replay/select.h"
#include "reports/replay/session.h"
#include "reports/replay/whatif.h"
#include "reports/table.h"
#include <stdlib.h>
#include <string.h>

#define OPERATIONS_MANY 1000000 /* for few replays */
#define OPERATIONS_FEW 200000	/* for the many of the default */
#define VALUES_MAX 64
#define STAFFS_MAX 8

static bool json, full;
static int64_t width;
static int colour;
static struct option_list edit_words[EDIT_KIND_COUNT], thread_words, core_words;

static const struct option_row options[] = {
#define X(name, argument, words) {#name, 0, OPTION_LIST, &edit_words[EDIT_##name], argument, words},
    EDIT_KINDS(X)
#undef X
	{"threads", 't', OPTION_LIST, &thread_words, "N[,N…]",
	 "so many threads share the work; ROUTINE=N: those of that routine"},
    {"cores", 'c', OPTION_LIST, &core_words, "N[,N…]", "on so many cores"},
    {"full", 'a', OPTION_FLAG, &full, NULL, "all columns"},
    {"json", 0, OPTION_FLAG, &json, NULL, "all of it as JSON"},
    {"color", 0, OPTION_CHOICE, &colour, "auto|always|never", "colours", .otherwise = "auto"},
    {"width", 0, OPTION_INT, &width, "N", "columns of the terminal", .minimum = 40,
     .maximum = 10000},
    {NULL}};

/* What the command line asks for: all edits together, on each machine. */
struct request {
	struct edit *edit;
	size_t edits;
	struct text words;
	struct staff staff[STAFFS_MAX]; /* the last one takes the values of `threads` in turn */
	size_t staffs;
	int threads[VALUES_MAX], cores[VALUES_MAX];
	size_t thread_count, core_count;
};

static int read_numbers(const char *words, const char *what, int *value, size_t *count)
{
	for (const char *at = words;;) {
		char *end;
		long n = strtol(at, &end, 10);
		if (end == at || n < 1 || n > 4096 || (*end && *end != ','))
			return error("--%s %s: numbers from 1 to 4096 are wanted, with commas "
				     "between them",
				     what, words);
		if (*count == VALUES_MAX)
			return error("--%s: at most %d numbers", what, VALUES_MAX);
		value[(*count)++] = (int)n;
		if (!*end)
			return 0;
		at = end + 1;
	}
}

static int read_edits(struct request *q, struct store *store, const struct replay *r)
{
	size_t count = 0;
	for (int k = 0; k < EDIT_KIND_COUNT; k++)
		count += (size_t)edit_words[k].count;
	q->edit = memory_new(count + 1, sizeof(*q->edit));
	for (int k = 0; k < EDIT_KIND_COUNT; k++)
		for (int i = 0; i < edit_words[k].count; i++) {
			const char *words = edit_words[k].word[i];
			if (select_edit(&q->edit[q->edits++], (enum edit_kind)k, words, store, r))
				return -1;
			text_format(&q->words, "%s--%s %s", q->words.length ? " " : "",
				    edit_names[k], words);
		}
	return 0;
}

/* [ROUTINE=]N[,N…]: only one of them may have several numbers. */
static int read_staff(struct request *q, const char *words, struct store *store,
		      const struct replay *r)
{
	const char *sign = strrchr(words, '=');
	char *routine = sign ? strndup(words, (size_t)(sign - words)) : NULL;
	struct staff staff;
	int value[VALUES_MAX];
	size_t count = 0;
	int result = read_numbers(sign ? sign + 1 : words, "threads", value, &count);
	staff.group = result || sign ? NOBODY : replay_largest_group(r);
	if (!result && sign)
		result = select_group(&staff.group, routine, store, r);
	if (!result && staff.group == NOBODY && sign)
		error("no created thread's routine or name matches '%s'; `parprof report --full` "
		      "lists them",
		      routine);
	else if (!result && staff.group == NOBODY)
		error("it created no threads that did work: there is no pool to give more to");
	free(routine);
	if (result || staff.group == NOBODY)
		return -1;
	if (q->staffs == STAFFS_MAX || (count > 1 && q->thread_count))
		return error("--threads %s: several numbers for one pool only", words);
	staff.threads = (uint32_t)value[0];
	q->staff[q->staffs++] = staff;
	if (count > 1) {
		struct staff last = q->staff[q->staffs - 1];
		memcpy(q->threads, value, sizeof(value));
		q->thread_count = count;
		q->staff[q->staffs - 1] = q->staff[0];
		q->staff[0] = last;
	} else {
		text_format(&q->words, "%s--threads %s", q->words.length ? " " : "", words);
	}
	return 0;
}

static int read_request(struct request *q, struct store *store, const struct replay *r)
{
	if (read_edits(q, store, r))
		return -1;
	for (int i = 0; i < thread_words.count; i++)
		if (read_staff(q, thread_words.word[i], store, r))
			return -1;
	for (int i = 0; i < core_words.count; i++)
		if (read_numbers(core_words.word[i], "cores", q->cores, &q->core_count))
			return -1;
	return 0;
}

/* One replay of the request: with the t-th number of threads, on the c-th number of cores. */
static void add_request(struct whatifs *all, struct request *q, size_t t, size_t c)
{
	struct text words = {0};
	text_add(&words, text_string(&q->words));
	if (q->thread_count)
		text_format(&words, " --threads %d", q->threads[t]);
	if (q->core_count)
		text_format(&words, " --cores %d", q->cores[c]);
	const char *plain = text_string(&words);
	struct whatif *w = whatif_add(all, *plain == ' ' ? plain + 1 : plain);
	text_free(&words);
	w->scenario = (struct scenario){.edit = q->edit, .edits = q->edits};
	w->scenario.cores = q->core_count ? q->cores[c] : 0;
	w->scenario.staffs = q->staffs;
	if (q->staffs) {
		struct staff *staff = memory_new(q->staffs, sizeof(*staff));
		memcpy(staff, q->staff, q->staffs * sizeof(*staff));
		if (q->thread_count)
			staff[0].threads = (uint32_t)q->threads[t];
		w->scenario.staff = staff;
	}
}

static void add_requests(struct whatifs *all, struct request *q)
{
	for (size_t t = 0; t < (q->thread_count ? q->thread_count : 1); t++)
		for (size_t c = 0; c < (q->core_count ? q->core_count : 1); c++)
			add_request(all, q, t, c);
}

/* More cores for the threads there are, more threads with a core for each. */
static void add_sweeps(struct whatifs *all, const struct replay *r)
{
	uint32_t group = replay_largest_group(r);
	char words[64];
	for (int n = 1; n <= 64; n *= 2) {
		snprintf(words, sizeof(words), "--cores %d", n);
		whatif_add(all, words)->scenario.cores = n;
		if (n >= (int)r->history->threads)
			break;
	}
	for (int n = 1; n <= 64 && group != NOBODY; n *= 2) {
		int cores = n > r->history->cores ? n : r->history->cores;
		snprintf(words, sizeof(words), "--threads %d --cores %d", n, cores);
		struct whatif *w = whatif_add(all, words);
		w->staff = (struct staff){group, (uint32_t)n};
		w->scenario.cores = cores;
	}
}

static int fill(struct whatifs *all, struct request *q, struct session *s)
{
	if (read_request(q, s->store, &s->replay))
		return -1;
	if (q->edits || q->staffs || q->core_count) {
		add_requests(all, q);
	} else {
		add_sweeps(all, &s->replay);
		if (whatif_suggest(all, s->store, &s->replay))
			return -1;
	}
	whatif_run(all, &s->replay);
	return whatif_write(all, s->store, &s->replay);
}

static int print(const struct session *s)
{
	struct table table = {0};
	struct text out = {0};
	struct look look = {.terminal = terminal_find(colour, (int)width), .full = full};
	int result = table_read(&table, question_find("predictions"), s->store, NULL);
	if (!result && !table.rows)
		result = error("the replay with this change came to no end: %s", s->replay.stuck);
	if (!result && json)
		render_predict_json(&out, &table, &s->replay);
	else if (!result)
		render_predict(&out, &table, &s->replay, &look);
	if (!result)
		result = terminal_write(&look.terminal, &out, !json);
	table_free(&table);
	text_free(&out);
	return result;
}

static bool is_plain(void)
{
	int given = thread_words.count + core_words.count;
	for (int k = 0; k < EDIT_KIND_COUNT; k++)
		given += edit_words[k].count;
	return !given;
}

static void free_request(struct request *q, struct whatifs *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->row[i].scenario.staff && all->row[i].scenario.staff != &all->row[i].staff)
			free((void *)all->row[i].scenario.staff);
	for (size_t i = 0; i < q->edits; i++)
		select_free(&q->edit[i]);
	free(q->edit);
	text_free(&q->words);
	whatif_free(all);
}

static int predict(struct store *store)
{
	struct session s;
	struct request request = {0};
	struct whatifs all = {0};
	if (store_exec(store, embedded_text("reports/readings.sql")) ||
	    session_open(&s, store, is_plain() ? OPERATIONS_FEW : OPERATIONS_MANY))
		return -1;
	int result = session_check(&s);
	if (!result)
		result = fill(&all, &request, &s);
	if (!result)
		result = print(&s);
	free_request(&request, &all);
	session_close(&s);
	return result;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&command_predict, argc, argv);
	if (argc - first > 1)
		usage_error("one file at a time: what is '%s'?", argv[first + 1]);
	char *path = recording_path(first < argc ? argv[first] : NULL, "prediction from");
	struct store *store = recording_open(path);
	int result = store ? predict(store) : -1;
	store_close(store);
	free(path);
	return result ? failed() : 0;
}

const struct command command_predict = {
    .name = "predict",
    .summary = "say how fast a recorded program would be with a change, or on other cores",
    .usage = "[FILE.db]",
    .options = options,
    .run = run,
    .detail =
	"Replays the recording. LOCK is a regular expression for a lock's name or place as the\n"
	"report shows it, FUNCTION one for a function in a stack, ROUTINE one for a thread's "
	"routine\n"
	"or name; `--rwlock LOCK@FUNCTION` says which functions only read. Changes may be "
	"combined\n"
	"and given several times. Without any: more cores, more threads, and what the recording\n"
	"suggests.",
};
