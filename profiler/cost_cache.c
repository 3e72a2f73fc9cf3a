#include "profiler/cost_cache.h"
#include "collectors/machine/machine.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define HEAD "parprof costs 3\n"

/* The folder, made when it is to be written; false: the user has no place for such files. */
static bool cache_path(struct text *path, bool make)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct utsname host;
	if (cache && cache[0] == '/')
		text_add(path, cache);
	else if (home && home[0] == '/')
		text_format(path, "%s/.cache", home);
	else
		return false;
	if (make)
		mkdir(text_string(path), 0700);
	text_add(path, "/parprof");
	if (make)
		mkdir(text_string(path), 0700);
	uname(&host);
	text_format(path, "/costs.%s", host.nodename);
	return true;
}

/* What must be the same for the costs to be. */
static void add_identity(struct text *out, const struct machine *m)
{
	text_format(out, "machine %s, %" PRId64 " of %" PRId64 " CPUs, quota %.3f, kernel %s\n",
		    m->cpu_model ? m->cpu_model : "?", m->allowed_cpus, m->cpus, m->quota_cpus,
		    m->kernel ? m->kernel : "?");
}

static bool number_of(const char *key, enum cost_number *number)
{
	for (int i = 0; i < COST_COUNT; i++)
		if (!strcmp(cost_key(i), key)) {
			*number = i;
			return true;
		}
	return false;
}

/* Lines of a later version's costs are passed over. */
static void read_costs(FILE *file, struct machine_costs *costs)
{
	char line[512], key[32];
	struct cost c;
	while (costs->count < COSTS_MAX && fgets(line, sizeof(line), file))
		if (sscanf(line, "cost %31s %d %lf %lf %lf %d %d", key, &c.threads, &c.low,
			   &c.median, &c.high, &c.batches, &c.times) == 7 &&
		    number_of(key, &c.number))
			costs->cost[costs->count++] = c;
}

static bool read_file(FILE *file, struct machine_costs *costs, const char *identity)
{
	char line[1024];
	if (!fgets(line, sizeof(line), file) || strcmp(line, HEAD) != 0 ||
	    !fgets(line, sizeof(line), file) || strcmp(line, identity) != 0 ||
	    !fgets(line, sizeof(line), file) ||
	    sscanf(line, "measured %" SCNd64 " others %lf arrays %" SCNu64,
		   &costs->measured_unix_ns, &costs->others, &costs->array_bytes) != 3)
		return false;
	read_costs(file, costs);
	return costs->count > 0;
}

bool cost_cache_read(struct machine_costs *costs, const struct machine *m, struct text *why)
{
	struct text path = {0}, identity = {0};
	FILE *file = NULL;
	bool fine = false;
	*costs = (struct machine_costs){.count = 0};
	if (!cache_path(&path, false)) {
		text_add(why, "neither XDG_CACHE_HOME nor HOME says where they are remembered");
	} else if (!(file = fopen(text_string(&path), "re"))) {
		text_add(why, "not measured yet, 'parprof machine' does");
	} else {
		add_identity(&identity, m);
		fine = read_file(file, costs, text_string(&identity));
		text_add(why, fine ? ""
				   : "not measured with this processor, kernel and number of "
				     "CPUs yet, 'parprof machine' does");
		fclose(file);
	}
	text_free(&path);
	text_free(&identity);
	return fine;
}

static void write_costs(struct text *out, const struct machine_costs *costs,
			const struct machine *m)
{
	text_add(out, HEAD);
	add_identity(out, m);
	text_format(out, "measured %" PRId64 " others %.17g arrays %" PRIu64 "\n",
		    costs->measured_unix_ns, costs->others, costs->array_bytes);
	for (size_t i = 0; i < costs->count; i++) {
		const struct cost *c = &costs->cost[i];
		text_format(out, "cost %s %d %.17g %.17g %.17g %d %d\n", cost_key(c->number),
			    c->threads, c->low, c->median, c->high, c->batches, c->times);
	}
}

/* Beside it first: a reader sees the old one or the new one. */
static bool replace(const char *path, const struct text *contents)
{
	struct text beside = {0};
	text_format(&beside, "%s.%d", path, (int)getpid());
	FILE *file = fopen(text_string(&beside), "we");
	bool fine = file && fwrite(contents->data, 1, contents->length, file) == contents->length;
	fine = (!file || fclose(file) == 0) && fine;
	fine = fine && rename(text_string(&beside), path) == 0;
	if (!fine)
		warning("the costs are not remembered: %s: %s", path, strerror(errno));
	if (!fine && file)
		unlink(text_string(&beside));
	text_free(&beside);
	return fine;
}

int cost_cache_write(const struct machine_costs *costs, const struct machine *m)
{
	struct text path = {0}, contents = {0};
	bool fine = cache_path(&path, true);
	if (!fine)
		warning("the costs are not remembered: neither XDG_CACHE_HOME nor HOME says where");
	write_costs(&contents, costs, m);
	fine = fine && replace(text_string(&path), &contents);
	text_free(&path);
	text_free(&contents);
	return fine ? 0 : -1;
}
