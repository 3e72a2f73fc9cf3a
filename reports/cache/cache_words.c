#include "reports/cache/cache_words.h"
#include "profiler/text.h"
#include "reports/cache/memory_bound.h"
#include "reports/cache/memory_known.h"
#include "reports/model.h"
#include "reports/question.h"
#include "reports/unit.h"
#include <string.h>

static const struct style plain = {.utf8 = false, .brief = true};

bool cache_simulated(const struct model *m)
{
	const char *how = model_fact_text(m, "cache");
	return how && !strcmp(how, "simulated");
}

static struct cache_sums sums_of(const struct model *m)
{
	const struct table *t = &m->table[MODEL_cache_processes];
	return (struct cache_sums){
	    table_sum(t, "instructions"),
	    table_sum(t, "l1_misses"),
	    table_sum(t, "ll_misses"),
	};
}

/* "73 % of the LL misses are in walk_columns (matrix.c:41)" */
static void say_worst(const struct table *functions, struct text *s)
{
	const char *place = table_text(functions, 0, "where");
	print_share(s, table_real(functions, 0, "ll_share"));
	text_add(s, " of the LL misses are in ");
	print_function(s, table_text(functions, 0, "function"), &plain);
	if (!place)
		return;
	text_add(s, " (");
	print_place(s, place);
	text_add(s, ")");
}

static void say_rate(struct text *s, const char *level, int64_t misses, int64_t instructions)
{
	text_format(s, "%.3g %s misses for 1000 instructions", per_thousand(misses, instructions),
		    level);
}

static const char *const verdicts[] = {
    [MEMORY_UNKNOWN] =
	"Too short to say whether it is memory-bound: much of it is the start of the program",
    [MEMORY_BOUND] = "Memory-bound, unless prefetching hides it",
    [MEMORY_BETWEEN] = "Perhaps memory-bound: the simulation cannot tell how much of it is hidden",
    [MEMORY_CACHE] = "Not bound by memory, but many accesses go past the first-level cache",
    [MEMORY_NOT] = "Not memory-bound: its data lies in the caches",
};

void cache_say(const struct model *m, struct text *s, struct text *c)
{
	struct cache_sums sums = sums_of(m);
	if (!sums.instructions) {
		text_add(s, "Simulated, but no cache misses were counted: cachegrind writes them "
			    "when a process exits.");
		return;
	}
	text_add(s, "Simulated caches: ");
	if (sums.ll_misses)
		say_worst(&m->table[MODEL_cache_functions], s);
	else
		text_add(s, "nothing missed the last-level cache");
	text_add(s, ".");
	text_format(c, "%s (", verdicts[memory_bound(&sums)]);
	say_rate(c, "LL", sums.ll_misses, sums.instructions);
	text_add(c, ", ");
	say_rate(c, "L1", sums.l1_misses, sums.instructions);
	text_add(c, "). The run was about 40 times slower than alone: its times say nothing, and "
		    "locks and waits were not watched.");
}

void cache_sentence(struct text *out, const struct model *m, const struct style *style)
{
	struct text consequence = {0};
	(void)style; /* the words are the same for text and machines */
	if (m->table[MODEL_cache_processes].rows)
		cache_say(m, out, &consequence);
	else {
		memory_say(m, out);
		text_format(out, " %s", m->table[MODEL_cache_functions].question->empty);
	}
	text_format(out, "%s%s", consequence.length ? " " : "", text_string(&consequence));
	text_free(&consequence);
}

void cache_say_how(const struct model *m, struct text *out)
{
	static const char *const key[] = {"cache_i1", "cache_d1", "cache_ll"};
	static const char *const name[] = {"I1", "D1", "LL"};
	const char *rounded = model_fact_text(m, "cache_rounded");
	text_add(out, "Simulated by cachegrind: ");
	for (int i = 0; i < 3; i++) {
		const char *size = model_fact_text(m, key[i]);
		text_format(out, "%s%s %s", i ? "; " : "", name[i], size ? size : "unknown");
	}
	text_add(out, ". ");
	if (rounded)
		text_format(out, "%s. ", rounded);
	text_add(out,
		 "One set of caches for all threads of a process, which run one at a time: no "
		 "misses by thread, none by lines that another core took away, no prefetching.");
	if (m->table[MODEL_cache_processes].rows > 1)
		text_add(out, " A forked process that did not exec counts again what its parent "
			      "had counted until then.");
}
