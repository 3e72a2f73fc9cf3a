#include "profiler/finish.h"

#include <stddef.h>

#include "profiler/finish_channels.h"
#include "profiler/finish_counters.h"
#include "profiler/finish_cut.h"
#include "profiler/finish_groups.h"
#include "profiler/finish_lines.h"
#include "profiler/finish_jumps.h"
#include "profiler/finish_locks.h"
#include "profiler/finish_loops.h"
#include "profiler/finish_marks.h"
#include "profiler/finish_modules.h"
#include "profiler/finish_pieces.h"
#include "profiler/finish_tasks.h"
#include "profiler/finish_touches.h"
#include "profiler/finish_unseen.h"
#include "profiler/jitmap.h"
#include "profiler/names.h"
#include "profiler/python_classes.h"
#include "profiler/python_locks.h"
#include "profiler/python_loops.h"
#include "profiler/python_names.h"
#include "profiler/python_threads.h"
#include "profiler/store.h"
#include "profiler/symbols.h"
#include "profiler/tailcalls.h"

/* Ends that nobody told: it went on as an unwatched program, or the recording ended first. */
static int ends_make(struct store *s)
{
	return store_exec(s, "UPDATE process SET ended = 'exec', end_ns = e.time FROM "
			     "(SELECT process, max(time) AS time FROM exec WHERE failed = 0 "
			     " AND preload " PRELOAD_DROPPED " GROUP BY process) e "
			     "WHERE e.process = process.id AND status IS NULL "
			     "AND coalesce(ended, 'killed') = 'killed';"
			     "UPDATE process SET ended = 'running' WHERE ended IS NULL");
}

/* A forked child that logged before its fork was known made stacks of its own: the frames are
 * its image's. */
static int stacks_complete(struct store *s)
{
	return store_exec(
	    s, "INSERT OR IGNORE INTO frame SELECT s.id, f.position, f.code FROM stack s "
	       "JOIN process p ON p.id = s.process AND p.image <> p.id "
	       "JOIN stack i ON i.process = p.image AND i.hash = s.hash "
	       "JOIN frame f ON f.stack = i.id WHERE s.depth = 0;"
	       "UPDATE stack SET depth = (SELECT count(*) FROM frame f WHERE f.stack = stack.id) "
	       "WHERE depth = 0");
}

static int oddities_make(struct store *s)
{
	int64_t lost = store_value(s, "SELECT count(*) FROM stack WHERE depth = 0", 0);

	if (lost)
		store_oddity(s, "stacks whose frames were not recorded", lost, NULL);
	return 0;
}

/* None on the event tables: a scan of ten million waits takes a second, an index on them takes
 * ten seconds and half as much file again. */
static int indexes_make(struct store *s)
{
	return store_exec(s, "CREATE INDEX IF NOT EXISTS object_lock ON object (lock)");
}

static int finished_set(struct store *s)
{
	store_run_set_int(s, "finished", 1);
	return 0;
}

/* A step that is marked in table run is not repeated. */
static const struct step {
	const char *word, *key;
	int (*run)(struct store *);
} steps[] = {
    {"ends", NULL, ends_make},
    {"stacks", NULL, stacks_complete},
    {"oddities", "oddities_made", oddities_make},
    {"counts", NULL, cut_complete},
    {"threads", "tasks_matched", tasks_match},
    {"locks", NULL, locks_make},
    {"channels", NULL, channels_make},
    {"samples", "samples_held", samples_hold},
    {"stacks", NULL, jumps_find},
    {"stacks", NULL, tailcalls_find},
    {"counters", NULL, counters_place},
    {"touches", NULL, touches_place},
    {"touches", NULL, pieces_place},
    {"symbols", NULL, modules_kind},
    {"symbols", NULL, symbols_resolve},
    {"symbols", NULL, jitmaps_resolve},
    {"symbols", NULL, python_resolve},
    {"loops", NULL, loops_make},
    {"loops", NULL, python_loops_make},
    {"classes", NULL, python_classes_make},
    {"locks", NULL, python_parks_merge},
    {"threads", NULL, python_threads_name},
    {"names", NULL, names_resolve},
    {"names", NULL, python_locks_name},
    {"names", NULL, marks_name_locks},
    {"groups", NULL, groups_make},
    {"cache lines", NULL, lines_make},
    {"names", NULL, pieces_name},
    {"unseen", "unseen_made", unseen_make},
    {"indexes", NULL, indexes_make},
    {"end", NULL, finished_set},
};

static int step_run(struct store *s, const struct step *step)
{
	if (step->key && store_run_int(s, step->key, 0))
		return 0;
	if (store_begin(s) != 0 || step->run(s) != 0)
		return -1;
	if (step->key)
		store_run_set_int(s, step->key, 1);
	return store_commit(s);
}

int finish(struct store *s, finish_progress *progress, void *data)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (progress)
			progress(data, steps[i].word);
		if (step_run(s, &steps[i]) != 0)
			return -1;
	}
	return store_failed(s) ? -1 : 0;
}
