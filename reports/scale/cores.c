#include "reports/scale/cores.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
	int cpu, socket, core;
	int sibling; /* which hardware thread of its core */
	int rank;    /* which core of its socket */
};

static int number_in(const char *folder, int cpu, const char *name, int otherwise)
{
	char path[512];
	int number = otherwise;
	snprintf(path, sizeof(path), "%s/cpu%d/topology/%s", folder, cpu, name);
	FILE *f = fopen(path, "re");
	if (!f)
		return otherwise;
	if (fscanf(f, "%d", &number) != 1)
		number = otherwise;
	fclose(f);
	return number;
}

static int by_place(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->socket != b->socket)
		return a->socket - b->socket;
	return a->core != b->core ? a->core - b->core : a->cpu - b->cpu;
}

static int compact(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->sibling != b->sibling)
		return a->sibling - b->sibling;
	return a->socket != b->socket ? a->socket - b->socket : a->rank - b->rank;
}

static int scatter(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	if (a->sibling != b->sibling)
		return a->sibling - b->sibling;
	return a->rank != b->rank ? a->rank - b->rank : a->socket - b->socket;
}

/* In the order of sockets and cores, hardware threads of a core are neighbours. */
static void count_siblings(struct place *p, int count)
{
	for (int i = 1; i < count; i++) {
		bool same_socket = p[i].socket == p[i - 1].socket;
		bool same_core = same_socket && p[i].core == p[i - 1].core;
		p[i].sibling = same_core ? p[i - 1].sibling + 1 : 0;
		p[i].rank = same_core ? p[i - 1].rank : same_socket ? p[i - 1].rank + 1 : 0;
	}
}

void cores_order(struct cores *c, enum pin pin, const char *folder)
{
	static struct place p[CPU_SETSIZE];
	for (int i = 0; i < c->count; i++)
		p[i] = (struct place){
		    .cpu = c->cpu[i],
		    .socket = number_in(folder, c->cpu[i], "physical_package_id", 0),
		    .core = number_in(folder, c->cpu[i], "core_id", c->cpu[i]),
		};
	qsort(p, (size_t)c->count, sizeof(*p), by_place);
	count_siblings(p, c->count);
	qsort(p, (size_t)c->count, sizeof(*p), pin == PIN_SCATTER ? scatter : compact);
	for (int i = 0; i < c->count; i++)
		c->cpu[i] = p[i].cpu;
}

void cores_find(struct cores *c, enum pin pin)
{
	cpu_set_t allowed;
	c->count = 0;
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		CPU_ZERO(&allowed);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed))
			c->cpu[c->count++] = i;
	if (pin != PIN_NONE)
		cores_order(c, pin, "/sys/devices/system/cpu");
}

cpu_set_t cores_first(const struct cores *c, int count)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	for (int i = 0; i < count && i < c->count; i++)
		CPU_SET(c->cpu[i], &set);
	return set;
}

double cores_quota(void)
{
	double quota = 0, period = 0;
	FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re"); /* "max 100000" without a limit */
	if (!f)
		return 0;
	if (fscanf(f, "%lf %lf", &quota, &period) != 2)
		quota = 0;
	fclose(f);
	return period > 0 ? quota / period : 0;
}
