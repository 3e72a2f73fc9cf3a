#include "profiler/simulation.h"
#include "profiler/cachegrind_file.h"
#include "profiler/launch.h"
#include "profiler/message.h"
#include "profiler/store.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OUT "counts." /* file names in the folder, the pid behind them */
#define LOG "log."
#define ARGUMENTS_OURS 16
#define SLOWER 40 /* times, about */
#define PATIENCE_MS 2000

/* Debian's valgrind is a script that changes LD_LIBRARY_PATH of what it runs: what it calls lies
 * beside it. */
static char *find_valgrind(void)
{
	char *found = launch_search("valgrind"), *real;
	struct text beside = {0};
	if (!found)
		return NULL;
	text_format(&beside, "%s.bin", found);
	real = access(text_string(&beside), X_OK) == 0 ? memory_copy(text_string(&beside)) : NULL;
	text_free(&beside);
	if (!real)
		return found;
	free(found);
	return real;
}

static struct text *add_argument(struct simulation *s, const char *words)
{
	if (s->made_count == ARGUMENTS_OURS)
		BUG("more than %d arguments for valgrind", ARGUMENTS_OURS);
	struct text *t = &s->made[s->made_count++];
	text_add(t, words);
	return t;
}

/* In valgrind's file names a percent sign begins a pattern. */
static void add_file(struct simulation *s, const char *option, const char *name)
{
	struct text *t = add_argument(s, option);
	for (const char *c = s->folder; *c; c++)
		text_add(t, *c == '%' ? "%%" : (char[]){*c, 0});
	text_format(t, "/%s%%p", name);
}

static void add_caches(struct simulation *s)
{
	for (int i = 0; i < SIMULATED_COUNT; i++) {
		const struct cache_geometry *g = &s->caches.cache[i];
		struct text *t = add_argument(s, "--");
		text_format(t, "%s=%llu,%u,%u", simulated_name[i], (unsigned long long)g->size,
			    g->ways, g->line);
	}
}

/* Options of the user's own (a file, a variable) could change what is counted and where. Not -q: an
 * empty log that is opened again is not seen to be (see openings). */
static void make_arguments(struct simulation *s, struct launch *l, const char *valgrind)
{
	static const char *const fixed[] = {"--command-line-only=yes", "--tool=cachegrind",
					    "--cache-sim=yes", "--trace-children=yes", "--vgdb=no"};
	int count = 0;
	s->made = memory_new(ARGUMENTS_OURS, sizeof(*s->made));
	add_argument(s, valgrind);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		add_argument(s, fixed[i]);
	add_file(s, "--cachegrind-out-file=", OUT);
	add_file(s, "--log-file=", LOG);
	add_caches(s);
	while (l->argv[count])
		count++;
	s->arguments = memory_new((size_t)(s->made_count + count) + 1, sizeof(char *));
	for (int i = 0; i < s->made_count; i++)
		s->arguments[i] = s->made[i].data;
	memcpy(s->arguments + s->made_count, l->argv, (size_t)count * sizeof(char *));
	if (l->argv[0][0] == '-') /* else it would be an option of valgrind's */
		s->arguments[s->made_count] = l->path;
	l->runner = s->arguments;
}

static int make_folder(struct simulation *s)
{
	struct text t = {0};
	const char *given = getenv("TMPDIR");
	char *place = realpath(given && *given ? given : "/tmp", NULL);
	text_format(&t, "%s/parprof-caches.XXXXXX", place ? place : "/tmp");
	free(place);
	if (!mkdtemp(t.data)) {
		error("cannot make a folder for cachegrind's files, %s: %s; TMPDIR says where",
		      text_string(&t), strerror(errno));
		text_free(&t);
		return -1;
	}
	s->folder = t.data;
	openings_watch(&s->openings, s->folder);
	return 0;
}

static void say_what_comes(const struct simulation *s)
{
	struct text t = {0};
	for (int i = 0; i < SIMULATED_COUNT; i++) {
		text_format(&t, "%s%s ", i ? "; " : "", simulated_name[i]);
		simulated_cache_print(&t, &s->caches.cache[i]);
	}
	notice("simulating caches (%s): about %d times slower, one thread at a time",
	       text_string(&t), SLOWER);
	if (s->changed.length)
		notice("%s", text_string(&s->changed));
	if (s->source == CACHES_LIBC)
		notice("the kernel does not tell the caches of this machine; their sizes are what "
		       "the processor says, --cache-sizes=LL=… corrects them");
	else if (s->source == CACHES_UNKNOWN)
		notice("nothing tells the caches of this machine; --cache-sizes=… says what to "
		       "simulate");
	text_free(&t);
}

int simulation_open(struct simulation *s, struct launch *l, const char *sizes)
{
	const struct cache_levels *machine = cache_levels();
	struct text why = {0};
	*s = (struct simulation){0};
	char *valgrind = find_valgrind();
	if (!valgrind)
		return error("--cache=simulate needs valgrind, which is not in PATH; on Debian: "
			     "apt-get install valgrind");
	s->source = machine->source;
	int result = simulated_caches_choose(&s->caches, machine, sizes, &s->changed, &why);
	if (result)
		error("--cache-sizes: %s", text_string(&why));
	else
		result = make_folder(s);
	if (!result) {
		make_arguments(s, l, valgrind);
		say_what_comes(s);
	}
	text_free(&why);
	free(valgrind);
	return result;
}

void simulation_facts(const struct simulation *s, struct store *store)
{
	static const char *const source[] = {
	    [CACHES_UNKNOWN] = "guessed", [CACHES_TOPOLOGY] = "sysfs", [CACHES_LIBC] = "processor"};
	store_run_set_text(store, "cache", "simulated");
	store_run_set_text(store, "cache_sizes_from", source[s->source]);
	for (int i = 0; i < SIMULATED_COUNT; i++) {
		struct text t = {0};
		simulated_cache_print(&t, &s->caches.cache[i]);
		store_run_set_text(store, simulated_fact[i], text_string(&t));
		text_free(&t);
	}
	if (s->changed.length)
		store_run_set_text(store, "cache_rounded", text_string(&s->changed));
}

static void path_in(const struct simulation *s, const char *name, struct text *path)
{
	text_clear(path);
	text_format(path, "%s/%s", s->folder, name);
}

/* Copied, not renamed: the folder may lie on another file system. */
static int keep_file(const char *path, const char *keep, const char *pid, bool replace)
{
	struct text to = {0};
	char buffer[65536];
	size_t n;
	text_format(&to, "%s.%s", keep, pid);
	FILE *in = fopen(path, "re"), *out = fopen(text_string(&to), replace ? "we" : "wxe");
	while (in && out && (n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	int failed = !in || !out || ferror(in);
	if (in)
		fclose(in);
	if (out)
		failed = fclose(out) != 0 || failed;
	if (failed)
		error("cannot keep cachegrind's file as %s: %s", text_string(&to), strerror(errno));
	text_free(&to);
	return failed ? -1 : 0;
}

/* A log without counts: valgrind began there, and did not get to the end. What it wrote says why
 * when it failed itself. */
static void note_uncounted(struct store *store, const char *log, const char *pid)
{
	char line[256] = "";
	struct text subject = {0};
	FILE *f = fopen(log, "re");
	text_format(&subject, "pid %s", pid);
	do
		*line = 0;
	while (f && fgets(line, sizeof(line), f) && !strncmp(line, "==", 2)); /* its greeting */
	line[strcspn(line, "\n")] = 0;
	if (*line)
		text_format(&subject, ": %s", line);
	if (f)
		fclose(f);
	store_unseen(store, "processes without cache counts: killed, or still running",
		     text_string(&subject), 1);
	text_free(&subject);
}

struct importing {
	struct simulation *simulation;
	struct store *store;
	const char *keep;
	bool replace;
	int result, counted, patience_ms;
	long long first; /* process that opened a log; 0: none yet */
};

/* A process that outlives the program may be writing its counts: they are complete at its end. */
static void await_end(struct importing *in, pid_t pid)
{
	const struct timespec step = {0, 10000000};
	for (; in->patience_ms > 0 && kill(pid, 0) == 0; in->patience_ms -= 10)
		nanosleep(&step, NULL);
}

/* The counts of a program are gone when its process becomes another. Logs are opened by each, and
 * once more when a process is forked, as all are but the first. */
static void note_replaced(void *data, const char *name, unsigned nth)
{
	struct importing *in = data;
	struct text subject = {0};
	if (strncmp(name, LOG, strlen(LOG)) != 0)
		return;
	const char *pid = name + strlen(LOG);
	if (!in->first)
		in->first = atoll(pid);
	if (nth <= (atoll(pid) == in->first ? 1 : 2))
		return;
	text_format(&subject, "pid %s", pid);
	store_unseen(in->store, "programs without cache counts: replaced by exec",
		     text_string(&subject), 1);
	text_free(&subject);
}

static void import_one(struct importing *in, const char *name)
{
	struct text path = {0}, other = {0};
	const char *pid = name + strcspn(name, ".") + 1;
	path_in(in->simulation, name, &path);
	if (!strncmp(name, OUT, strlen(OUT))) {
		in->counted++;
		await_end(in, (pid_t)atoll(pid));
		in->result |= cachegrind_import(in->store, text_string(&path), atoll(pid));
		if (in->keep)
			in->result |= keep_file(text_string(&path), in->keep, pid, in->replace);
	} else if (!strncmp(name, LOG, strlen(LOG))) {
		text_format(&other, "%s/" OUT "%s", in->simulation->folder, pid);
		if (access(text_string(&other), R_OK) != 0)
			note_uncounted(in->store, text_string(&path), pid);
	}
	text_free(&path);
	text_free(&other);
}

/* In the order of names, so that the same run gives the same file. */
static void import_all(struct importing *in)
{
	struct dirent **entry;
	int count = scandir(in->simulation->folder, &entry, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		import_one(in, entry[i]->d_name);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
}

int simulation_import(struct simulation *s, struct store *store, const char *keep, bool replace)
{
	struct importing in = {s, store, keep, replace, 0, 0, PATIENCE_MS, 0};
	if (store_begin(store) != 0)
		return -1;
	if (!openings_each(&s->openings, note_replaced, &in))
		store_unseen(store, "programs replaced by exec are not known of", NULL, 1);
	import_all(&in);
	if (!in.counted)
		warning("cachegrind wrote no counts: it writes them when the program exits");
	return store_commit(store) || in.result ? -1 : 0;
}

void simulation_close(struct simulation *s)
{
	struct dirent **entry;
	struct text path = {0};
	int count = s->folder ? scandir(s->folder, &entry, NULL, NULL) : -1;
	for (int i = 0; i < count; i++) {
		path_in(s, entry[i]->d_name, &path);
		unlink(text_string(&path)); /* fails for . and .. */
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	if (s->folder) {
		openings_close(&s->openings);
		rmdir(s->folder);
	}
	for (int i = 0; i < s->made_count; i++)
		text_free(&s->made[i]);
	free(s->made);
	free(s->arguments);
	free(s->folder);
	text_free(&s->changed);
	text_free(&path);
}
