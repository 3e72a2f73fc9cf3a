/*
 * A report of a recording made by hand: the sentence, the tables, JSON and text say the same, and
 * blame adds up to the waits.
 *
 * Four threads live 10 s each. Lock 1 (cache_mu) cost 12 s, lock 2 (queue_mu) 4 s: 40 % of their
 * time, cache_mu 75 % of it. Locks 3 to 5 come from one place. A condition cost 2 s, a join 1 s.
 */
#include "reports/model.h"
#include "profiler/finish.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/question.h"
#include "reports/render.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <string.h>

static const char recording[] =
    "INSERT OR REPLACE INTO run VALUES ('command', './app'), ('wall_ns', 10000000000), ('cores', "
    "4),"
    " ('finished', 1), ('records', 100), ('cost_pair_ns', 10.0), ('cost_hold_ns', 30), "
    "('cost_record_ns', 100);"
    "INSERT OR REPLACE INTO hook VALUES (1, 'pthread_mutex_lock', 'acquire', 'mutex', 'exclusive'),"
    " (2, 'pthread_cond_wait', 'wait', 'condition', 'none'), (3, 'pthread_join', 'wait', 'join', "
    "'none');"
    "INSERT INTO process (id, pid, image, origin, path, command, begin_ns, end_ns, status, ended)"
    " VALUES (1, 50, 1, 'start', '/app', './app', 0, 10000000000, 0, 'exit');"
    "INSERT INTO thread (id, process, tid, name, begin_ns, end_ns, cpu_ns)"
    " VALUES (1, 1, 50, 'app', 0, 10000000000, 1000000000), (2, 1, 51, 'w1', 0, 10000000000, "
    "5000000000),"
    " (3, 1, 52, 'w2', 0, 10000000000, 5000000000), (4, 1, 53, 'w\xff\"3', 0, 10000000000, "
    "5000000000);"
    "INSERT INTO code (id, process, address) VALUES (1, 1, 4096), (2, 1, 4100), (3, 1, 4104);"
    "INSERT INTO code_line VALUES (1, 0, 'pthread_mutex_lock', NULL, NULL, 1),"
    " (2, 0, 'Cache::get(int)', '/src/cache.cc', 118, 0), (3, 0, 'Cache::evict(int)', "
    "'/src/cache.cc', 201, 0);"
    "INSERT INTO stack VALUES (1, 1, 11, 2, 0), (2, 1, 12, 1, 0);"
    "INSERT INTO frame VALUES (1, 0, 1), (1, 1, 2), (2, 0, 3);"
    "INSERT INTO lock (id, process, address, family, name, place, use, leader) VALUES"
    " (1, 1, 64, 'mutex', 'cache_mu', '/src/cache.cc:12', 'lock', 1),"
    " (2, 1, 128, 'mutex', 'queue_mu', '/src/queue.cc:3', 'lock', 2),"
    " (3, 1, 192, 'mutex', 'Node::Node()', '/src/node.cc:7', 'lock', 3),"
    " (4, 1, 256, 'mutex', 'Node::Node()', '/src/node.cc:7', 'lock', 3),"
    " (5, 1, 320, 'mutex', 'Node::Node()', '/src/node.cc:7', 'lock', 3),"
    " (6, 1, 384, 'condition', 'ready', '/src/queue.cc:4', 'idle', 6),"
    " (7, 1, 448, 'join', 'work', '/src/app.cc:9', 'phase', 7);"
    "INSERT INTO object (id, process, address, generation, family, lock)"
    " SELECT id, process, address, 0, family, id FROM lock;"
    "INSERT INTO tally (object, thread, hook, code, count, contended, failed, wait_ns, wait_max_ns,"
    " hold_samples, hold_ns, hold_max_ns) VALUES"
    " (1, 2, 1, 1, 1000, 400, 0, 6000000000, 50000000, 100, 100000, 5000),"
    " (1, 3, 1, 1, 1000, 400, 0, 6000000000, 60000000, 100, 100000, 6000),"
    " (2, 4, 1, 1, 500, 100, 0, 4000000000, 90000000, 500, 50000, 900),"
    " (3, 2, 1, 1, 10, 0, 0, 0, 0, 0, 0, 0), (4, 2, 1, 1, 10, 0, 0, 0, 0, 0, 0, 0),"
    " (5, 3, 1, 1, 10, 0, 0, 0, 0, 0, 0, 0),"
    " (6, 4, 2, 1, 20, 20, 0, 2000000000, 300000000, 0, 0, 0),"
    " (7, 1, 3, 1, 1, 1, 0, 1000000000, 1000000000, 0, 0, 0);"
    "INSERT INTO wait_sum VALUES (1, 2, 1, 1, 400, 6000000000, 50000000, 0),"
    " (1, 3, 1, 1, 400, 6000000000, 60000000, 0), (2, 4, 1, 1, 100, 4000000000, 90000000, 0);"
    "INSERT INTO blame VALUES (1, 1, 'holder', 3, 2, 300, 9000000000), (1, 1, 'holder', 2, 0, 100, "
    "1000000000),"
    " (1, 1, 'hand-over', 0, 0, 800, 2000000000), (2, 1, 'unknown', 0, 0, 100, 4000000000);"
    /* The longest of those waits as events: what the graph is made of. */
    "INSERT INTO wait (process, thread, hook, weight, begin, end, object, stack, result, flags, "
    "other) VALUES"
    " (1, 2, 1, 1, 1000000000, 7000000000, 1, 1, 0, 2, 0), (1, 3, 1, 1, 2000000000, 8000000000, 1, "
    "1, 0, 2, 0),"
    " (1, 4, 1, 1, 0, 4000000000, 2, 1, 0, 2, 0), (1, 4, 2, 1, 4000000000, 6000000000, 6, 1, 0, 0, "
    "0),"
    " (1, 1, 3, 1, 9000000000, 10000000000, 7, 1, 0, 0, 0);"
    "INSERT INTO wait_bucket VALUES (1, 8388608, 16777216, 790), (1, 33554432, 67108864, 10);"
    "INSERT INTO unseen VALUES ('static program', '/bin/busybox', 2);";

struct scene {
	struct scratch scratch;
	struct store *store;
	struct model model;
};

static void begin_with(struct scene *s, const struct choice *choice, const char *change)
{
	scratch_begin(&s->scratch);
	s->store = store_create(s->scratch.path, false);
	CU_ASSERT_EQUAL_FATAL(store_exec(s->store, recording), 0);
	CU_ASSERT_EQUAL_FATAL(store_exec(s->store, change), 0);
	CU_ASSERT_EQUAL_FATAL(model_read(&s->model, s->store, choice), 0);
}

static void begin(struct scene *s, const struct choice *choice)
{
	begin_with(s, choice, "");
}

static void end(struct scene *s)
{
	model_free(&s->model);
	store_close(s->store);
	scratch_end(&s->scratch);
}

static const struct choice all = {.top = 5};

static bool holds(const char *text, const char *words)
{
	bool found = strstr(text, words);
	if (!found)
		printf("'%s' is not in:\n%s\n", words, text);
	return found;
}

TEST(model, sentence_is_made_of_the_tables)
{
	struct scene s;
	begin(&s, &all);
	const struct verdict *v = &s.model.verdict;
	CU_ASSERT_STRING_EQUAL(v->code, "contended");
	CU_ASSERT_STRING_EQUAL(
	    v->sentence, "Threads waited 16 s for locks, 40 % of their time: cache_mu causes "
			 "75 % of it (Cache::evict, cache.cc:201, held it 75 % of those waits).");
	const struct table *locks = &s.model.table[MODEL_locks],
			   *threads = &s.model.table[MODEL_threads];
	CU_ASSERT_EQUAL(v->figures.lock_ns, table_sum(locks, "wait_ns"));
	CU_ASSERT_EQUAL(v->figures.lock_ns, table_sum(threads, "lock_wait_ns"));
	CU_ASSERT_EQUAL(v->figures.idle_ns + v->figures.phase_ns,
			table_sum(&s.model.table[MODEL_waits], "wait_ns"));
	end(&s);
}

TEST(model, blame_adds_up_to_the_waits)
{
	struct scene s;
	begin(&s, &all);
	CU_ASSERT_EQUAL(s.model.detail_count, 3);
	for (size_t i = 0; i < s.model.detail_count; i++) {
		const struct detail *d = &s.model.details[i];
		CU_ASSERT_EQUAL(d->wait_ns, table_int(&s.model.table[MODEL_locks], i, "wait_ns"));
		CU_ASSERT_EQUAL(d->blame_ns, d->wait_ns);
	}
	end(&s);
}

TEST(model, locks_of_one_place_are_one_row)
{
	struct scene s;
	begin(&s, &all);
	const struct table *locks = &s.model.table[MODEL_locks];
	CU_ASSERT_EQUAL_FATAL(locks->rows, 3);
	CU_ASSERT_STRING_EQUAL(table_text(locks, 2, "name"), "Node::Node()");
	CU_ASSERT_EQUAL(table_int(locks, 2, "instances"), 3);
	CU_ASSERT_EQUAL(table_int(locks, 2, "acquisitions"), 30);
	CU_ASSERT_EQUAL(table_int(locks, 2, "threads"), 2);
	end(&s);
}

TEST(model, percentiles_lie_in_their_bucket)
{
	struct scene s;
	begin(&s, &all);
	const struct table *locks = &s.model.table[MODEL_locks];
	int64_t p50 = table_int(locks, 0, "wait_p50_ns"), p99 = table_int(locks, 0, "wait_p99_ns");
	CU_ASSERT(p50 >= 8388608 && p50 <= 16777216);
	CU_ASSERT(p99 >= 33554432 && p99 <= 60000000);
	end(&s);
}

TEST(model, json_and_text_say_the_sentence_and_its_numbers)
{
	struct scene s;
	begin(&s, &all);
	struct text json = {0}, text = {0}, quoted = {0};
	struct look look = {.terminal = {.width = 120, .style = {.brief = true}}};
	render_json(&json, &s.model, NULL);
	render_text(&text, &s.model, &look);
	text_format(&quoted, "\"sentence\": \"%s\"", s.model.verdict.sentence);
	CU_ASSERT(holds(text_string(&json), text_string(&quoted)));
	CU_ASSERT(holds(text_string(&json), "\"lock_wait_ns\": 16000000000"));
	CU_ASSERT(holds(text_string(&json), "\"wait_ns\": 12000000000"));
	CU_ASSERT(holds(text_string(&json), "\"hold_sampled\": true"));
	CU_ASSERT(holds(text_string(&json), "\"name\": \"w\\ufffd\\\"3\""));
	CU_ASSERT(holds(text_string(&text), "cache_mu"));
	CU_ASSERT(holds(text_string(&text), "nobody: free, but the waiter was not yet running"));
	CU_ASSERT(holds(text_string(&text), "Condition variables: 2 s in 20 waits"));
	CU_ASSERT(holds(text_string(&text), "static program (/bin/busybox), 2 times"));
	CU_ASSERT_PTR_NULL(strstr(text_string(&text), "      pthread_mutex_lock"));
	text_free(&json);
	text_free(&text);
	text_free(&quoted);
	end(&s);
}

TEST(model, rows_are_left_out_after_the_verdict)
{
	struct scene s;
	struct choice choice = {.top = 5, .lock = "^queue", .thread = "w[12]"};
	begin(&s, &choice);
	CU_ASSERT_EQUAL(s.model.table[MODEL_locks].rows, 1);
	CU_ASSERT_EQUAL(s.model.table[MODEL_threads].rows, 2);
	CU_ASSERT_EQUAL(s.model.table[MODEL_thread_locks].rows, 0);
	CU_ASSERT_EQUAL(s.model.verdict.figures.lock_ns, 16000000000);
	CU_ASSERT(holds(s.model.verdict.sentence, "cache_mu"));
	end(&s);
}

TEST(model, locks_of_threads_that_are_named)
{
	struct scene s;
	struct choice choice = {.top = 5, .thread = "^w2$"};
	begin(&s, &choice);
	const struct table *t = &s.model.table[MODEL_thread_locks];
	CU_ASSERT_EQUAL_FATAL(t->rows, 2);
	CU_ASSERT_STRING_EQUAL(table_text(t, 0, "name"), "cache_mu");
	CU_ASSERT_EQUAL(table_int(t, 0, "wait_ns"), 6000000000);
	CU_ASSERT_DOUBLE_EQUAL(table_real(t, 0, "share"), 0.6, 1e-9);
	end(&s);
}

TEST(model, rows_are_sorted_by_any_column)
{
	struct scene s;
	struct choice choice = {.top = 1, .sort = "wait_max_ns"};
	begin(&s, &choice);
	CU_ASSERT_STRING_EQUAL(table_text(&s.model.table[MODEL_locks], 0, "name"), "queue_mu");
	CU_ASSERT_EQUAL(s.model.detail_count, 1);
	CU_ASSERT_EQUAL(s.model.details[0].wait_ns, 4000000000);
	end(&s);
}

TEST(model, wrong_choices_are_errors)
{
	struct scratch scratch;
	struct model model;
	scratch_begin(&scratch);
	struct store *store = store_create(scratch.path, false);
	CU_ASSERT_EQUAL(model_read(&model, store, &(struct choice){.sort = "colour"}), -1);
	CU_ASSERT(holds(scratch_said(&scratch), "colour"));
	model_free(&model);
	CU_ASSERT_EQUAL(model_read(&model, store, &(struct choice){.lock = "("}), -1);
	CU_ASSERT(holds(scratch_said(&scratch), "not a regular expression"));
	model_free(&model);
	store_close(store);
	scratch_end(&scratch);
}

TEST(model, an_empty_recording_has_a_report)
{
	struct scratch scratch;
	struct model model;
	scratch_begin(&scratch);
	struct store *store = store_create(scratch.path, false);
	CU_ASSERT_EQUAL(model_read(&model, store, &all), 0);
	CU_ASSERT_STRING_EQUAL(model.verdict.code, "unseen");
	struct text text = {0};
	struct look look = {.full = true};
	render_text(&text, &model, &look);
	CU_ASSERT(holds(text_string(&text), "Nothing was seen"));
	text_free(&text);
	model_free(&model);
	store_close(store);
	scratch_end(&scratch);
}

TEST(model, costs_that_are_not_known_are_not_none)
{
	struct scene s;
	begin_with(&s, &all, "DELETE FROM run WHERE key = 'cost_hold_ns'");
	struct text text = {0};
	struct look look = {.full = true};
	render_text(&text, &s.model, &look);
	CU_ASSERT(holds(text_string(&text), "it could not be measured"));
	CU_ASSERT(!strstr(text_string(&text), "about 0 ns"));
	text_free(&text);
	end(&s);
}

/* Every line of a table fits the width it was made for. */
TEST(model, narrow_tables_fit)
{
	struct scene s;
	begin(&s, &all);
	for (int width = 40; width <= 160; width += 20) {
		struct text text = {0};
		struct look look = {.terminal = {.width = width, .style = {.brief = true}}};
		size_t rows[] = {0, 1, 2};
		render_table(&text, &s.model.table[MODEL_locks], rows, 3, &look);
		for (const char *line = text_string(&text); *line; line += strcspn(line, "\n") + 1)
			CU_ASSERT((int)strcspn(line, "\n") <= width);
		CU_ASSERT(holds(text_string(&text), "WAITED"));
		text_free(&text);
	}
	end(&s);
}
