/*
 * Everything a report says, read once from the store: the answers to the questions, the top locks
 * looked into, and the verdict made of those same rows. Text, JSON and CSV only print it.
 *
 * Invariants
 *  - The verdict is made before rows are left out by --lock or --thread: it is about the whole run.
 *  - details[i] looks into row i of locks, for i < detail_count.
 */
#ifndef PARPROF_MODEL_H
#define PARPROF_MODEL_H

#include "reports/detail.h"
#include "reports/table.h"
#include "reports/verdict.h"
#include <stdbool.h>

struct reading_source;
struct store;

/* The tables of a report, each the answer to the question of that name; thread_locks is empty
 * unless --thread is given, advice* are unless choice.source is set. */
#define MODEL_TABLES(X)                                                                            \
	X(findings)                                                                                \
	X(stack)                                                                                   \
	X(locks)                                                                                   \
	X(cards)                                                                                   \
	X(waits)                                                                                   \
	X(path)                                                                                    \
	X(path_locks)                                                                              \
	X(roots)                                                                                   \
	X(serial)                                                                                  \
	X(imbalance)                                                                               \
	X(knots)                                                                                   \
	X(whatif)                                                                                  \
	X(ceiling)                                                                                 \
	X(profile)                                                                                 \
	X(functions)                                                                               \
	X(runtimes)                                                                                \
	X(teams)                                                                                   \
	X(progress)                                                                                \
	X(phases)                                                                                  \
	X(sites)                                                                                   \
	X(python)                                                                                  \
	X(gil)                                                                                     \
	X(python_time)                                                                             \
	X(scheduling)                                                                              \
	X(states)                                                                                  \
	X(threads)                                                                                 \
	X(thread_locks)                                                                            \
	X(processes)                                                                               \
	X(workers)                                                                                 \
	X(channels)                                                                                \
	X(deadlocks)                                                                               \
	X(inversions)                                                                              \
	X(sharing)                                                                                 \
	X(cache_functions)                                                                         \
	X(cache_lines)                                                                             \
	X(cache_processes)                                                                         \
	X(counters)                                                                                \
	X(metrics)                                                                                 \
	X(counter_threads)                                                                         \
	X(counter_functions)                                                                       \
	X(working_set)                                                                             \
	X(working_set_phases)                                                                      \
	X(counter_locks)                                                                           \
	X(unseen)                                                                                  \
	X(oddities)                                                                                \
	X(overhead)                                                                                \
	X(machine)                                                                                 \
	X(machine_caches)                                                                          \
	X(machine_costs)                                                                           \
	X(machine_bandwidth)                                                                       \
	X(machine_computing)                                                                       \
	X(machine_tree)                                                                            \
	X(advice)                                                                                  \
	X(advice_estimates)                                                                        \
	X(advice_parts)                                                                            \
	X(advice_functions)                                                                        \
	X(advice_uses)                                                                             \
	X(advice_waiting)                                                                          \
	X(advice_children)                                                                         \
	X(figures)                                                                                 \
	X(run)

enum model_table {
#define X(name) MODEL_##name,
	MODEL_TABLES(X)
#undef X
	    MODEL_TABLE_COUNT
};

struct choice {
	const char *sort;	   /* column key, NULL: as the questions sort */
	const char *lock, *thread; /* extended regular expressions, NULL: all */
	size_t top;		   /* locks to look into */
	bool source;		   /* keep what the readings are made of, and read the advice */
};

struct model {
	struct table table[MODEL_TABLE_COUNT];
	struct table waiters, holders;
	struct stacks stacks;
	struct detail *details;
	size_t detail_count;
	struct verdict verdict;
	struct reading_source *source; /* NULL unless it was asked for */
};

const char *model_table_name(enum model_table);
int model_read(struct model *, struct store *, const struct choice *); /* -1 after error() */
void model_free(struct model *);

/* A fact of the run: NULL or 0 when it was not recorded. */
const char *model_fact_text(const struct model *, const char *key);
int64_t model_fact(const struct model *, const char *key);
/* A figure of the readings, 0 when there is none. */
double model_figure(const struct model *, const char *key);

#endif
