/* The doctor's checks of what recording itself needs. */
#include "profiler/arena.h"
#include "profiler/clock.h"
#include "profiler/doctor.h"
#include "profiler/launch.h"
#include "profiler/trial.h"
#include <stdlib.h>
#include <string.h>

#define TRIAL_LIMIT_MS 3000

void check_library(struct finding *f)
{
	struct text why = {0};
	char *library = launch_library_or(&why);
	text_add(&f->fact, library ? library : "cannot be used");
	if (!library)
		finding_limit(f, VERDICT_NO, "%s", text_string(&why));
	text_free(&why);
	free(library);
}

void check_preload(struct finding *f)
{
	char *argv[] = {"/bin/true", NULL};
	struct trial t;
	struct text why = {0};
	char *library = launch_library_or(&why);
	text_free(&why);
	if (!library) {
		text_add(&f->fact, "not tried, for want of the library");
		f->verdict = VERDICT_NO;
		return;
	}
	int tried = trial_run(&t, library, 0, argv, TRIAL_LIMIT_MS);
	if (tried == 0 && t.attached && t.status == 0 && !t.complained.length) {
		text_add(&f->fact, "/bin/true was run and watched");
	} else if (tried == 0 && t.attached) {
		text_format(&f->fact, "/bin/true was watched, but ended with %d",
			    launch_exit_status(t.status));
		finding_limit(f, VERDICT_NO, "this is a mistake of parprof's, please report it");
	} else {
		text_add(&f->fact, "/bin/true ran, but the library did not find its log");
		finding_limit(f, VERDICT_NO, "%s",
			      t.complained.length ? text_string(&t.complained)
						  : "is /proc mounted, and " ENV_PRELOAD
						    " honoured?");
	}
	trial_free(&t);
	free(library);
}

void check_cost(struct finding *f)
{
	struct costs c = {0};
	struct text why = {0};
	char *library = launch_library_or(&why);
	if (library)
		costs_measure(&c, library);
	text_free(&why);
	free(library);
	if (c.pair <= 0) {
		text_add(&f->fact, "could not be measured");
		finding_limit(f, VERDICT_LIMITED, "reports cannot state what watching added");
		return;
	}
	text_format(&f->fact,
		    "%.1f ns per uncontended lock and unlock, %.0f ns when the hold is timed, "
		    "%.0f ns per record",
		    c.pair, c.hold, c.record);
}

void check_arena(struct finding *f)
{
	struct arena_settings settings = {clock_choose(), 0, 0, 0};
	struct arena *arena = arena_create(&settings);
	if (!arena) {
		text_add(&f->fact, "none could be made, see above");
		finding_limit(f, VERDICT_NO, "recording needs a memory file of %u MiB, mostly air",
			      (unsigned)(ARENA_SIZE_MAX >> 20));
		return;
	}
	text_format(&f->fact, "up to %u MiB, %u MiB to begin with",
		    (unsigned)((uint64_t)arena->limit * SEGMENT_SIZE >> 20),
		    (unsigned)((uint64_t)arena->populated * SEGMENT_SIZE >> 20) + 1);
	arena_destroy(arena);
}
