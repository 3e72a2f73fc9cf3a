#include "reports/recording.h"
#include "profiler/finish.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The newest parprof.*.db here; to be freed, NULL: none. */
static char *newest(void)
{
	glob_t found;
	struct timespec best_time = {0};
	char *best = NULL;
	if (glob("parprof.*.db", 0, NULL, &found) != 0)
		return NULL;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct stat s;
		if (stat(found.gl_pathv[i], &s) != 0)
			continue;
		bool newer =
		    s.st_mtim.tv_sec > best_time.tv_sec || (s.st_mtim.tv_sec == best_time.tv_sec &&
							    s.st_mtim.tv_nsec >= best_time.tv_nsec);
		if (best && !newer)
			continue;
		free(best);
		best = memory_copy(found.gl_pathv[i]);
		best_time = s.st_mtim;
	}
	globfree(&found);
	return best;
}

static void finish_step(__attribute__((unused)) void *data, const char *step)
{
	progress("finishing the recording: %s", step);
}

/* Its recorder still runs: to finish it now would spoil it. A pid may have been given to another
 * program since, but hardly to another parprof. */
static bool being_recorded(struct store *store)
{
	char path[64], stat[64] = "";
	snprintf(path, sizeof(path), "/proc/%lld/stat",
		 (long long)store_run_int(store, "recorder_pid", 0));
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	const char *name = fgets(stat, sizeof(stat), f) ? strstr(stat, "(parprof") : NULL;
	const char *state = name ? strstr(name, ") ") : NULL;
	bool ours = state && !strchr("ZX", state[2]); /* a zombie records nothing more */
	fclose(f);
	return ours;
}

/* A recording whose recorder did not get to its end has no locks and names yet. */
static struct store *finished(struct store *store, const char *path)
{
	if (store_run_int(store, "finished", 1))
		return store;
	bool running = being_recorded(store);
	store_close(store);
	if (running) {
		error("%s is still being recorded; ask again when that has ended", path);
		return NULL;
	}
	notice("%s was cut short before its end; finishing it now", path);
	store = store_open(path, STORE_WRITE);
	if (!store)
		return NULL;
	int result = finish(store, finish_step, NULL);
	progress_erase();
	if (result == 0)
		return store;
	store_close(store);
	return NULL;
}

struct store *recording_open(const char *path)
{
	struct store *store = store_open(path, STORE_READ);
	return store ? finished(store, path) : NULL;
}

char *recording_path(const char *given, const char *what)
{
	char *path = given ? memory_copy(given) : newest();
	if (!path)
		die(STATUS_FAILED, "there is no parprof.*.db here; name a file, or make one with "
				   "'parprof record -- PROGRAM'");
	if (!given)
		notice("%s %s, the newest here", what, path);
	return path;
}
