#include "reports/section.h"
#include "reports/cache/cache_words.h"
#include "reports/machine_words.h"
#include "reports/python/words.h"
#include "reports/question.h"
#include "reports/readings.h"
#include "reports/threads_words.h"

#define TABLES(...) ((const enum model_table[]){__VA_ARGS__, MODEL_TABLE_COUNT})

static const struct section sections[] = {
    [SECTION_threads] = {TABLES(MODEL_threads, MODEL_states, MODEL_scheduling, MODEL_functions,
				MODEL_runtimes, MODEL_teams),
			 .readings = true, .sentence = threads_sentence},
    [SECTION_python] = {TABLES(MODEL_python, MODEL_gil, MODEL_python_time, MODEL_workers),
			.readings = true, .sentence = python_sentence},
    [SECTION_machine] = {TABLES(MODEL_machine, MODEL_machine_caches, MODEL_machine_costs,
				MODEL_machine_computing, MODEL_machine_bandwidth,
				MODEL_machine_tree),
			 .sentence = machine_sentence, .draw = machine_draw},
    [SECTION_cache] = {TABLES(MODEL_cache_functions, MODEL_cache_lines, MODEL_cache_processes,
			      MODEL_sharing, MODEL_working_set, MODEL_metrics),
		       .readings = true, .sentence = cache_sentence},
};

const struct section *section_find(enum section_number number)
{
	return &sections[number];
}

int section_read(struct model *m, struct store *store, const struct section *section)
{
	*m = (struct model){0};
	if (section->readings && readings_make(store))
		return -1;
	for (const enum model_table *t = section->tables; *t != MODEL_TABLE_COUNT; t++)
		if (table_read(&m->table[*t], question_find(model_table_name(*t)), store, NULL))
			return -1;
	return 0;
}
