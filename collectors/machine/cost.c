#include "collectors/machine/cost.h"
#include "collectors/machine/batch.h"
#include "collectors/machine/cost_parts.h"
#include "collectors/machine/machine.h"
#include "collectors/machine/sysfile.h"
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PART_NS                                                                                    \
	(COSTS_LIMIT_NS / 25) /* for each cost of time; half of all is left for bandwidth          \
			       */
#define BANDWIDTH_NS (COSTS_LIMIT_NS / 3)
#define SPREAD_NOISY 0.5
#define OTHERS_NOISY 0.2

static const struct {
	const char *key, *unit, *name, *method;
} words[] = {
#define X(key, unit, name, method) {#key, unit, name, method},
    COSTS(X)
#undef X
};

const char *cost_key(enum cost_number number)
{
	return words[number].key;
}

const char *cost_unit(enum cost_number number)
{
	return words[number].unit;
}

const char *cost_name(enum cost_number number)
{
	return words[number].name;
}

const char *cost_method(enum cost_number number)
{
	return words[number].method;
}

const struct cost *costs_find(const struct machine_costs *costs, enum cost_number number,
			      int threads)
{
	for (size_t i = 0; i < costs->count; i++)
		if (costs->cost[i].number == number && costs->cost[i].threads == threads)
			return &costs->cost[i];
	return NULL;
}

bool cost_noisy(const struct cost *c)
{
	return c->high - c->low > SPREAD_NOISY * c->median;
}

bool costs_noisy(const struct machine_costs *costs)
{
	size_t noisy = 0;
	for (size_t i = 0; i < costs->count; i++)
		noisy += cost_noisy(&costs->cost[i]);
	return costs->others > OTHERS_NOISY || 2 * noisy > costs->count;
}

/* Seconds that all CPUs together were busy, for whomever; waiting and idle time is left out. */
static double busy_seconds(void)
{
	char line[256];
	unsigned long long user, nice, system, idle, wait, irq, softirq, steal;
	if (sscanf(sysfile_field("", "/proc/stat", "cpu", line, sizeof(line)),
		   "%llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait,
		   &irq, &softirq, &steal) != 8)
		return 0;
	return (double)(user + nice + system + irq + softirq + steal) /
	       (double)sysconf(_SC_CLK_TCK);
}

static double own_seconds(void)
{
	struct rusage of[2];
	double sum = 0;
	getrusage(RUSAGE_SELF, &of[0]);
	getrusage(RUSAGE_CHILDREN, &of[1]);
	for (int i = 0; i < 2; i++)
		sum += (double)(of[i].ru_utime.tv_sec + of[i].ru_stime.tv_sec) +
		       1e-6 * (double)(of[i].ru_utime.tv_usec + of[i].ru_stime.tv_usec);
	return sum;
}

static uint64_t memory_allowed(const struct machine *m)
{
	int64_t limit = m->memory_limit_bytes;
	return (uint64_t)(limit && limit < m->memory_bytes ? limit : m->memory_bytes);
}

/* More threads than have a core of their own would measure the scheduler. */
static int cpus_allowed(const struct machine *m)
{
	double quota = m->quota_cpus;
	int cpus = (int)m->allowed_cpus;
	return quota > 0 && quota < cpus ? (quota < 1 ? 1 : (int)quota) : cpus;
}

/* Processes before the arrays: a fork takes longer, the more memory there is. */
void costs_measure_all(struct machine_costs *costs, const struct machine *m)
{
	*costs = (struct machine_costs){.count = 0};
	uint64_t begin = batch_now_ns();
	double busy = busy_seconds(), own = own_seconds();
	cost_locks(costs, PART_NS);
	cost_wakes(costs, PART_NS);
	cost_processes(costs, PART_NS);
	cost_together(costs, BANDWIDTH_NS, machine_last_cache(m), cpus_allowed(m),
		      memory_allowed(m));
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	costs->measured_unix_ns = now.tv_sec * 1000000000ll + now.tv_nsec;
	double seconds = (double)(batch_now_ns() - begin) / 1e9 * (double)(m->cpus ? m->cpus : 1);
	double others = busy_seconds() - busy - (own_seconds() - own);
	costs->others = others > 0 ? others / seconds : 0;
}
