/* Which changes a recording suggests to try. */
#include "profiler/store.h"
#include "profiler/text.h"
#include "reports/replay/select.h"
#include "reports/replay/whatif.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCKS 4
#define ARRAYS 2
#define PHASES 2
#define STAGES 3
#define PHASE_SHARE 0.01 /* of the run: shorter ones are not worth it */

/* The worst by waiting, then by their share of the critical path. */
static const char worst_locks[] =
    "SELECT leader, max(w) FROM (SELECT leader, 1.0 * wait_ns / (SELECT nullif(sum(wait_ns), 0)"
    " FROM group_summary WHERE use = 'lock') AS w FROM group_summary WHERE use = 'lock' AND"
    " kind NOT IN ('futex', 'condition') AND wait_ns > 0 UNION ALL SELECT leader, 1.0 * "
    "(inclusive_ns + wake_ns) /"
    " (SELECT nullif(sum(inclusive_ns + wake_ns), 0) FROM reading_path_lock) FROM"
    " reading_path_lock) WHERE w >= 0.01 GROUP BY leader ORDER BY 2 DESC, 1 LIMIT ?1";
static const char name_of_lock[] = "SELECT n.name, n.place, (SELECT count(DISTINCT g.leader)"
				   " FROM lock_group g JOIN lock_name o ON o.lock = g.lock"
				   " WHERE instr(o.name, n.name) AND g.leader <> ?1)"
				   " FROM lock_name n WHERE n.lock = ?1";
static const char worst_phases[] =
    "SELECT r.stack, sum(r.ns), s.function FROM reading_serial r JOIN stack_site s"
    " ON s.stack = r.stack GROUP BY r.stack HAVING sum(r.ns) >= ?1 ORDER BY 2 DESC LIMIT ?2";

/* Arrays of locks with several that are waited for: before and behind the index, the worst of them.
 */
static const char worst_arrays[] =
    "SELECT substr(n.name, 1, instr(n.name, '[')), substr(n.name, instr(n.name, ']')),"
    " g.leader, max(g.wait_ns) FROM group_summary g JOIN lock_name n ON n.lock = g.leader"
    " WHERE g.use = 'lock' AND g.wait_ns > 0 AND n.name LIKE '%[%]%' GROUP BY 1, 2"
    " HAVING count(*) > 1 AND sum(g.wait_ns) >= 0.05 * (SELECT sum(wait_ns) FROM group_summary"
    " WHERE use = 'lock') ORDER BY sum(g.wait_ns) DESC LIMIT ?1";

/* Routines of the threads at work, or asleep, while others waited for work or room. */
static const char slow_stages[] =
    "SELECT c.function, sum(b.ns) FROM reading_blame b JOIN lock_use u ON u.lock = b.leader"
    " JOIN thread_summary t ON t.thread = b.culprit JOIN code_name c ON c.code = t.routine"
    " WHERE u.use = 'idle' AND b.cause IN ('run', 'ready', 'timer', 'io') AND c.function IS NOT "
    "NULL"
    " GROUP BY c.function HAVING sum(b.ns) >= ?1 ORDER BY 2 DESC LIMIT ?2";

/* As a regular expression that matches just this. */
static void add_pattern(struct text *out, const char *name, bool whole)
{
	text_add(out, whole ? "^" : "");
	for (; *name; name++) {
		if (strchr(".[]{}()*+?|^$\\", *name))
			text_add_char(out, '\\');
		text_add_char(out, *name);
	}
	text_add(out, whole ? "$" : "");
}

/* "" when it has neither name nor place. */
static struct text pattern_of_lock(struct store *store, int64_t leader)
{
	struct text pattern = {0};
	struct query *q = store_query(store, name_of_lock);
	query_bind_int(q, 1, leader);
	if (query_step(q)) {
		const char *name = query_text(q, 0), *place = query_text(q, 1);
		if (name || place)
			add_pattern(&pattern, name ? name : place, name && query_int(q, 2) > 0);
	}
	query_close(q);
	return pattern;
}

static const struct {
	enum edit_kind kind;
	double factor;
	const char *suffix;
} lock_edits[] = {{EDIT_without, 0, ""}, {EDIT_hold, 0.5, "=0.5"}, {EDIT_split, 4, "=4"}};
#define LOCK_EDITS (sizeof(lock_edits) / sizeof(*lock_edits))

static int suggest_lock(struct whatifs *all, struct store *store, const struct replay *r,
			int64_t leader)
{
	struct text pattern = pattern_of_lock(store, leader);
	int result = 0;
	for (size_t i = 0; pattern.length && !result && i < LOCK_EDITS; i++) {
		struct text words = {0};
		text_format(&words, "--%s %s%s", edit_names[lock_edits[i].kind],
			    text_string(&pattern), lock_edits[i].suffix);
		struct whatif *w = whatif_add(all, text_string(&words));
		w->leader = leader;
		result = select_leader(&w->edit, lock_edits[i].kind, leader, lock_edits[i].factor,
				       store, r);
		text_free(&words);
	}
	text_free(&pattern);
	return result;
}

static int suggest_locks(struct whatifs *all, struct store *store, const struct replay *r)
{
	int64_t leader[LOCKS];
	size_t count = 0;
	int result;
	struct query *q = store_query(store, worst_locks);
	query_bind_int(q, 1, LOCKS);
	while (count < LOCKS && query_step(q))
		leader[count++] = query_int(q, 0);
	result = query_failed(q) ? -1 : 0;
	query_close(q);
	for (size_t i = 0; !result && i < count; i++)
		result = suggest_lock(all, store, r, leader[i]);
	return result;
}

/* One of many locks is little; all that were made as one array may be much. */
static int suggest_array(struct whatifs *all, struct store *store, const struct replay *r,
			 const char *before, const char *behind, int64_t worst)
{
	struct text pattern = {0};
	int result = 0;
	add_pattern(&pattern, before, false);
	text_add(&pattern, "[0-9]+");
	add_pattern(&pattern, behind, false);
	for (size_t i = 0; !result && i < LOCK_EDITS; i++) {
		struct text words = {0}, edit = {0}, name = {0};
		text_format(&words, "%s%s", text_string(&pattern), lock_edits[i].suffix);
		text_format(&edit, "--%s %s", edit_names[lock_edits[i].kind], text_string(&words));
		text_format(&name, "%s*%s", before, behind);
		struct whatif *w = whatif_add(all, text_string(&edit));
		w->leader = worst;
		w->name = memory_copy(text_string(&name));
		result = select_edit(&w->edit, lock_edits[i].kind, text_string(&words), store, r);
		text_free(&words);
		text_free(&edit);
		text_free(&name);
	}
	text_free(&pattern);
	return result;
}

static int suggest_arrays(struct whatifs *all, struct store *store, const struct replay *r)
{
	int result = 0;
	struct query *q = store_query(store, worst_arrays);
	query_bind_int(q, 1, ARRAYS);
	while (!result && query_step(q)) {
		char *before = memory_copy(query_text(q, 0)),
		     *behind = memory_copy(query_text(q, 1));
		result = suggest_array(all, store, r, before, behind, query_int(q, 2));
		free(before);
		free(behind);
	}
	if (query_failed(q))
		result = -1;
	query_close(q);
	return result;
}

static int suggest_phases(struct whatifs *all, struct store *store, const struct replay *r)
{
	int64_t lanes = store_value(store, "SELECT value FROM reading WHERE key = 'lanes'", 2);
	int ways = r->history->cores > lanes ? r->history->cores : (int)lanes;
	ways = ways > 1 ? ways : 2;
	struct query *q = store_query(store, worst_phases);
	query_bind_int(q, 1, (int64_t)(PHASE_SHARE * (double)r->history->end_ns));
	query_bind_int(q, 2, PHASES);
	while (query_step(q)) {
		struct text words = {0};
		text_add(&words, "--serial ");
		add_pattern(&words, query_text(q, 2), false);
		text_format(&words, "=%d", ways);
		struct whatif *w = whatif_add(all, text_string(&words));
		w->stack = (uint32_t)query_int(q, 0);
		w->name = memory_copy(query_text(q, 2));
		select_stack(&w->edit, EDIT_serial, w->stack, ways, r);
		text_free(&words);
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

/* Twice the threads of what others wait for to get work or room. */
static int suggest_stages(struct whatifs *all, struct store *store, const struct replay *r)
{
	struct query *q = store_query(store, slow_stages);
	query_bind_int(q, 1, (int64_t)(PHASE_SHARE * (double)r->history->end_ns));
	query_bind_int(q, 2, STAGES);
	while (query_step(q)) {
		struct text pattern = {0}, words = {0};
		add_pattern(&pattern, query_text(q, 0), true);
		uint32_t group;
		/* Threads that nothing is known to have made, or that did nothing, are no pool. */
		int failed = select_group(&group, text_string(&pattern), store, r);
		uint32_t now = failed || group == NOBODY ? 0 : deal_threads(&r->crews, group);
		add_pattern(&words, query_text(q, 0), false);
		struct text edit = {0};
		text_format(&edit, "--threads %s=%u", text_string(&words), 2 * now);
		if (now) {
			struct whatif *w = whatif_add(all, text_string(&edit));
			w->staff = (struct staff){group, 2 * now};
			w->name = memory_copy(query_text(q, 0));
		}
		text_free(&pattern);
		text_free(&words);
		text_free(&edit);
	}
	int result = query_failed(q) ? -1 : 0;
	query_close(q);
	return result;
}

/* As one of a sweep. */
static bool is_there(const struct whatifs *all, const char *words)
{
	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->row[i].words, words))
			return true;
	return false;
}

static void suggest_machine(struct whatifs *all, const struct replay *r)
{
	uint32_t group = replay_largest_group(r);
	uint32_t now = group == NOBODY ? 0 : deal_threads(&r->crews, group);
	int cores = r->history->cores > 0 ? r->history->cores : 1;
	char words[64];
	snprintf(words, sizeof(words), "--cores %d", 2 * cores);
	if (!is_there(all, words))
		whatif_add(all, words)->scenario.cores = 2 * cores;
	if (!now)
		return;
	snprintf(words, sizeof(words), "--threads %u", 2 * now);
	whatif_add(all, words)->staff = (struct staff){group, 2 * now};
	snprintf(words, sizeof(words), "--threads %u --cores %d", 2 * now, 2 * cores);
	struct whatif *w = whatif_add(all, words);
	w->staff = (struct staff){group, 2 * now};
	w->scenario.cores = 2 * cores;
}

int whatif_suggest(struct whatifs *all, struct store *store, const struct replay *r)
{
	if (suggest_locks(all, store, r) || suggest_arrays(all, store, r) ||
	    suggest_phases(all, store, r) || suggest_stages(all, store, r))
		return -1;
	suggest_machine(all, r);
	return 0;
}
