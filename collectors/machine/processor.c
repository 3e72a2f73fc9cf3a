#include "collectors/machine/processor.h"
#include "collectors/machine/machine.h"
#include "collectors/machine/sysfile.h"
#include <stdlib.h>
#include <string.h>

#define CPU0 "/sys/devices/system/cpu/cpu0/"
#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* NULL for nothing. */
static char *copy_of(const char *words)
{
	return *words ? strdup(words) : NULL;
}

static double megahertz(const char *root, const char *file)
{
	double kilohertz = 0;
	sysfile_number(root, file, &kilohertz);
	return kilohertz / 1000;
}

void processor_read(struct machine *m, const char *root)
{
	char line[256];
	m->cpu_model =
	    copy_of(sysfile_field(root, "/proc/cpuinfo", "model name", line, sizeof(line)));
	m->mhz_base = megahertz(root, CPU0 "cpufreq/base_frequency");
	m->mhz_max = megahertz(root, CPU0 "cpufreq/cpuinfo_max_freq");
	m->mhz_now = megahertz(root, CPU0 "cpufreq/scaling_cur_freq");
	if (m->mhz_now <= 0)
		m->mhz_now =
		    atof(sysfile_field(root, "/proc/cpuinfo", "cpu MHz", line, sizeof(line)));
	m->governor =
	    copy_of(sysfile_line(root, CPU0 "cpufreq/scaling_governor", line, sizeof(line)));
	m->clocksource = copy_of(sysfile_line(root, CLOCKSOURCE, line, sizeof(line)));
	m->memory_bytes =
	    1024 * atoll(sysfile_field(root, "/proc/meminfo", "MemTotal", line, sizeof(line)));
	m->kernel = copy_of(sysfile_line(root, "/proc/sys/kernel/osrelease", line, sizeof(line)));
	if (!m->cpu_model)
		machine_lacks(m, "the model of the processor", "/proc/cpuinfo does not say it");
	if (!m->clocksource)
		machine_lacks(m, "the kernel's clock", CLOCKSOURCE " cannot be read");
	if (!m->governor)
		machine_lacks(m, "the range of the clock", CPU0 "cpufreq is not there");
}
