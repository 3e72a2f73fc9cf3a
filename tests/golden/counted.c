/*
 * counted IN.txt OUT.db: a recording with counters from a text, as a machine with a performance
 * unit would make one. Lines, # begins a comment:
 *
 *   thread TID NAME               of the one process, pid 100; the first is its main thread
 *   choose NAMES                  as record --counters=NAMES
 *   refused COUNTER REASON…       those that follow none are counted
 *   value COUNTER TID VALUE ENABLED_NS RUNNING_NS      TID 0: the rest
 *   sample COUNTER TID TIME_NS WEIGHT ADDRESS…
 *   hold TID FROM_NS TO_NS WEIGHT                      of the one lock
 */
#include "profiler/counters.h"
#include "profiler/finish.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 16
#define PID 100

static struct store *store;
static struct counter_choices choices;
static struct counter_plan *plans;
static int threads, chains;

static void stop(const char *what)
{
	fprintf(stderr, "counted: %s\n", what);
	exit(1);
}

static void run(const char *sql, const int64_t *value, int count)
{
	struct query *q = store_query(store, sql);
	for (int i = 0; i < count; i++)
		query_bind_int(q, i + 1, value[i]);
	if (query_run(q) != 0)
		stop(sql);
	query_close(q);
}

static int64_t number(const char *word)
{
	return word ? strtoll(word, NULL, 0) : 0;
}

static int counter_of(const char *name)
{
	for (size_t i = 0; i < choices.count; i++)
		if (!strcmp(choices.choice[i].event->name, name))
			return (int)i;
	stop(name);
	return 0;
}

static void add_thread(char **word)
{
	run("INSERT INTO thread (process, tid, begin_ns, end_ns, ended) VALUES (1, ?, 0, "
	    "1000000000, 'exit')",
	    (int64_t[]){number(word[1])}, 1);
	struct query *q = store_query(store, "UPDATE thread SET name = ? WHERE id = ?");
	query_bind_text(q, 1, word[2]);
	query_bind_int(q, 2, ++threads);
	query_run(q);
	query_close(q);
}

static void choose(char **word)
{
	counter_choices_make(&choices, word[1]);
	plans = memory_new(choices.count, sizeof(*plans));
	for (size_t i = 0; i < choices.count; i++)
		plans[i] = (struct counter_plan){.native = choices.choice[i].event->alternative[0],
						 .sampled = 1};
}

static void refuse(char **word)
{
	struct text why = {0};
	for (char **w = word + 2; *w; w++)
		text_format(&why, "%s%s", w == word + 2 ? "" : " ", *w);
	plans[counter_of(word[1])] = (struct counter_plan){.why = why.data};
}

static void add_value(char **word)
{
	int64_t tid = number(word[2]);
	run("INSERT INTO counter_value VALUES (?, ?, ?, 999999999, NULL, ?, ?, ?)",
	    (int64_t[]){counter_of(word[1]) + 1, tid ? PID : 0, tid, number(word[3]),
			number(word[4]), number(word[5])},
	    6);
}

static void add_sample(char **word)
{
	run("INSERT INTO counter_sample VALUES (?, ?, ?, ?, NULL, NULL, ?, NULL, ?)",
	    (int64_t[]){counter_of(word[1]) + 1, PID, number(word[2]), number(word[3]), ++chains,
			number(word[4])},
	    6);
	for (int i = 0; word[5 + i]; i++)
		run("INSERT INTO counter_frame VALUES (?, ?, ?)",
		    (int64_t[]){chains, i, number(word[5 + i])}, 3);
}

static void add_hold(char **word)
{
	run("INSERT INTO hold (process, thread, hook, weight, object, acquired, released, flags) "
	    "SELECT 1, t.id, h.id, ?4, 1, ?2, ?3, 0 FROM thread t, hook h "
	    "WHERE t.tid = ?1 AND h.name = 'pthread_mutex_lock'",
	    (int64_t[]){number(word[1]), number(word[2]), number(word[3]), number(word[4])}, 4);
}

static void take_line(char *line)
{
	static const struct {
		const char *word;
		void (*take)(char **);
	} kinds[] = {{"thread", add_thread}, {"choose", choose},     {"refused", refuse},
		     {"value", add_value},   {"sample", add_sample}, {"hold", add_hold}};
	char *word[WORDS_MAX + 1] = {NULL};
	int count = 0;
	line[strcspn(line, "#\n")] = 0;
	for (char *w = strtok(line, " \t"); w && count < WORDS_MAX; w = strtok(NULL, " \t"))
		word[count++] = w;
	for (size_t i = 0; count && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(word[0], kinds[i].word)) {
			kinds[i].take(word);
			return;
		}
	if (count)
		stop(word[0]);
}

int main(int argc, char **argv)
{
	char line[512];
	FILE *in = argc == 3 ? fopen(argv[1], "r") : NULL;
	store = in ? store_create(argv[2], true) : NULL;
	if (!store)
		stop("counted IN.txt OUT.db");
	run("INSERT INTO process (id, pid, image, command, begin_ns, ended) VALUES (1, ?, 1, "
	    "'elsewhere', 0, 'exit')",
	    (int64_t[]){PID}, 1);
	run("INSERT INTO object (id, process, address, generation, family) VALUES (1, 1, 4096, 1, "
	    "'mutex')",
	    NULL, 0);
	store_run_set_int(store, "wall_ns", 1000000000);
	store_run_set_int(store, "target_pid", PID);
	while (fgets(line, sizeof(line), in))
		take_line(line);
	counter_choices_store(&choices, plans, store);
	int result = finish(store, NULL, NULL);
	fclose(in);
	return store_close(store) || result ? 1 : 0;
}
