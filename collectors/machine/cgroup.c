#include "collectors/machine/cgroup.h"
#include "collectors/machine/sysfile.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 1024
#define UNLIMITED (1ull << 60) /* version 1 writes the largest multiple of a page */

/* A hierarchy of groups, where it is mounted. */
struct mount {
	char root[PATH_SIZE]; /* the group that is seen at `point` */
	char point[PATH_SIZE];
};

/* Is the word one of a list with commas? */
static bool listed(const char *list, const char *word)
{
	size_t length = strlen(word);
	while (*list) {
		size_t n = strcspn(list, ",");
		if (n == length && !memcmp(list, word, n))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

/* "36 35 0:34 ROOT POINT rw shared:9 - cgroup NAME rw,memory"; controller "": version 2. */
static bool is_mount_of(const char *line, const char *controller, struct mount *m)
{
	char type[32], options[256];
	const char *rest = strstr(line, " - ");
	if (!rest || sscanf(line, "%*s %*s %*s %1023s %1023s", m->root, m->point) != 2 ||
	    sscanf(rest, " - %31s %*s %255s", type, options) != 2)
		return false;
	return *controller ? !strcmp(type, "cgroup") && listed(options, controller)
			   : !strcmp(type, "cgroup2");
}

static bool find_mount(const char *root, const char *controller, struct mount *m)
{
	char line[4096];
	FILE *file = sysfile_open(root, "/proc/self/mountinfo");
	bool found = false;
	while (file && !found && fgets(line, sizeof(line), file))
		found = is_mount_of(line, controller, m);
	if (file)
		fclose(file);
	return found;
}

/* Our group in the hierarchy of a controller: "4:cpu,cpuacct:/path", "0::/path". */
static bool find_group(const char *root, const char *controller, char *path)
{
	char line[PATH_SIZE];
	FILE *file = sysfile_open(root, "/proc/self/cgroup");
	bool found = false;
	while (file && !found && fgets(line, sizeof(line), file)) {
		char *list = strchr(line, ':'), *group = list ? strchr(list + 1, ':') : NULL;
		if (!group)
			continue;
		*group++ = 0;
		group[strcspn(group, "\n")] = 0;
		found = *controller ? listed(list + 1, controller) : list[1] == 0;
		snprintf(path, PATH_SIZE, "%s", group);
	}
	if (file)
		fclose(file);
	return found;
}

/* The folder of our group. What lies outside of the mounted part is seen as its top. */
static bool find_folder(const char *root, const char *controller, struct mount *m, char *folder)
{
	char group[PATH_SIZE];
	if (!find_mount(root, controller, m) || !find_group(root, controller, group))
		return false;
	size_t top = strcmp(m->root, "/") ? strlen(m->root) : 0;
	bool inside = !strncmp(group, m->root, top) && (group[top] == '/' || !group[top]) &&
		      !strstr(group, "..");
	size_t length = strlen(m->point);
	memcpy(folder, m->point, length + 1);
	snprintf(folder + length, PATH_SIZE, "%s", inside ? group + top : "");
	for (length = strlen(folder); length && folder[length - 1] == '/';)
		folder[--length] = 0;
	return true;
}

static bool quota_of(const char *root, const char *folder, bool old, double *cpus, char *from)
{
	char path[3 * PATH_SIZE], line[64];
	double quota = 0, period = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, old ? "cpu.cfs_period_us" : "cpu.max");
	if (!old &&
	    sscanf(sysfile_line(root, path, line, sizeof(line)), "%lf %lf", &quota, &period) != 2)
		return false;
	if (old) {
		sysfile_number(root, path, &period);
		snprintf(path, sizeof(path), "%s/cpu.cfs_quota_us", folder);
		sysfile_number(root, path, &quota);
	}
	if (quota <= 0 || period <= 0)
		return false;
	*cpus = quota / period;
	snprintf(from, CGROUP_FILE, "%.*s", CGROUP_FILE - 1, path);
	return true;
}

static void take_quota(struct cgroup_limits *l, const char *root, const char *folder, bool old)
{
	char from[sizeof(l->cpus_from)];
	double cpus;
	if (!quota_of(root, folder, old, &cpus, from) || (l->cpus > 0 && l->cpus <= cpus))
		return;
	l->cpus = cpus;
	memcpy(l->cpus_from, from, sizeof(from));
}

static void take_memory(struct cgroup_limits *l, const char *root, const char *folder, bool old)
{
	char path[3 * PATH_SIZE], line[64];
	snprintf(path, sizeof(path), "%s/%s", folder, old ? "memory.limit_in_bytes" : "memory.max");
	uint64_t bytes = strtoull(sysfile_line(root, path, line, sizeof(line)), NULL, 10);
	if (!bytes || bytes >= UNLIMITED || (l->memory && l->memory <= bytes))
		return;
	l->memory = bytes;
	snprintf(l->memory_from, CGROUP_FILE, "%.*s", CGROUP_FILE - 1, path);
}

/* From our group up to what is mounted: each of them limits those below. */
static void climb(struct cgroup_limits *l, const char *root, const char *controller,
		  void (*take)(struct cgroup_limits *, const char *, const char *, bool))
{
	struct mount m;
	char folder[3 * PATH_SIZE];
	if (!find_folder(root, controller, &m, folder))
		return;
	size_t top = strlen(m.point);
	for (;;) {
		take(l, root, folder, *controller != 0);
		char *slash = strrchr(folder, '/');
		if (!slash || (size_t)(slash - folder) < top)
			break;
		*slash = 0;
	}
}

void cgroup_read(struct cgroup_limits *l, const char *root)
{
	*l = (struct cgroup_limits){0};
	climb(l, root, "cpu", take_quota);
	climb(l, root, "", take_quota);
	climb(l, root, "memory", take_memory);
	climb(l, root, "", take_memory);
}
