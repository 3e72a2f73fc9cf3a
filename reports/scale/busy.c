#include "reports/scale/busy.h"
#include <stdio.h>
#include <unistd.h>

/* "cpu3 user nice system idle iowait irq softirq steal …", in ticks. Time of guests is in user. */
static void add_line(struct busy *b, const char *line, const cpu_set_t *set, int64_t tick_ns)
{
	int cpu;
	long long user, nice, system, idle, io, irq, soft, steal;
	if (sscanf(line, "cpu%d %lld %lld %lld %lld %lld %lld %lld %lld", &cpu, &user, &nice,
		   &system, &idle, &io, &irq, &soft, &steal) != 9)
		return;
	if (cpu < 0 || cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, set))
		return;
	b->used_ns += (user + nice + system + irq + soft) * tick_ns;
	b->stolen_ns += steal * tick_ns;
}

struct busy busy_now(const cpu_set_t *set)
{
	struct busy b = {0};
	char line[512];
	long ticks = sysconf(_SC_CLK_TCK);
	FILE *f = fopen("/proc/stat", "re");
	if (!f)
		return b;
	while (fgets(line, sizeof(line), f) && line[0] == 'c')
		add_line(&b, line, set, 1000000000 / (ticks > 0 ? ticks : 100));
	fclose(f);
	return b;
}
