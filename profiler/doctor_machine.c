/* The doctor's checks of the kernel and of limits. */
#include "collectors/machine/cgroup.h"
#include "profiler/arena.h"
#include "profiler/clock.h"
#include "profiler/doctor.h"
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MEMORY_COMFORT (512ull << 20) /* log, database cache and names fit easily */

void check_kernel(struct finding *f)
{
	struct utsname u;
	uname(&u);
	text_format(&f->fact, "%s %s on %s", u.sysname, u.release, u.machine);
}

void check_processors(struct finding *f)
{
	struct cgroup_limits limits;
	cpu_set_t set;
	int usable = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
	text_format(&f->fact, "%d usable of %ld", usable, sysconf(_SC_NPROCESSORS_ONLN));
	cgroup_read(&limits, "");
	if (limits.cpus > 0 && limits.cpus < usable) {
		text_format(&f->fact, ", time for %.1f", limits.cpus);
		finding_limit(f, VERDICT_LIMITED,
			      "the control group stops programs that use more: waits include that");
	} else if (usable == 1) {
		finding_limit(f, VERDICT_LIMITED,
			      "threads take turns here, so waits say little about parallel runs");
	}
}

void check_clock(struct finding *f)
{
	char source[32];
	doctor_file("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
		    sizeof(source));
	enum log_clock clock = clock_choose();
	text_format(&f->fact, "%s (the kernel uses %s)", clock_name(clock), *source ? source : "?");
	if (clock != CLOCK_TICKS_TSC)
		finding_limit(
		    f, VERDICT_LIMITED,
		    "the processor's counter is not used by the kernel, so time stamps come "
		    "from clock_gettime and cost more");
}

void check_memory(struct finding *f)
{
	struct cgroup_limits limits;
	cgroup_read(&limits, "");
	uint64_t limit = limits.memory;
	if (!limit) {
		text_add(&f->fact, "none");
		return;
	}
	text_add_bytes_human(&f->fact, limit);
	if (limit < MEMORY_COMFORT)
		finding_limit(f, VERDICT_LIMITED,
			      "the control group gives little; a recording may need 256 MB itself");
}

static rlim_t limit_of(struct finding *f, int resource)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	getrlimit((__rlimit_resource_t)resource, &limit);
	if (limit.rlim_cur == RLIM_INFINITY)
		text_add(&f->fact, "unlimited");
	else
		text_add_bytes_human(&f->fact, limit.rlim_cur);
	return limit.rlim_cur;
}

void check_address_space(struct finding *f)
{
	rlim_t limit = limit_of(f, RLIMIT_AS);
	if (limit < ARENA_SIZE_MAX * 2)
		finding_limit(f, VERDICT_NO, "recording maps %u MiB; raise it: ulimit -v unlimited",
			      (unsigned)(ARENA_SIZE_MAX >> 20));
	else if (limit != RLIM_INFINITY)
		finding_limit(f, VERDICT_LIMITED,
			      "programs with such a limit get a log of 4 MiB and may drop records");
}

void check_file_size(struct finding *f)
{
	if (limit_of(f, RLIMIT_FSIZE) < ARENA_SIZE_MAX)
		finding_limit(f, VERDICT_NO,
			      "it also holds for the log in memory: raise it to %u MiB at least, "
			      "ulimit -f %u",
			      (unsigned)(ARENA_SIZE_MAX >> 20), (unsigned)(ARENA_SIZE_MAX >> 10));
}

void check_locked_memory(struct finding *f)
{
	limit_of(f, RLIMIT_MEMLOCK);
}

void check_ptrace(struct finding *f)
{
	char scope[16];
	doctor_file("/proc/sys/kernel/yama/ptrace_scope", scope, sizeof(scope));
	text_format(&f->fact, "%s; recording does not trace, it needs none",
		    *scope ? scope : "none");
}

void check_randomization(struct finding *f)
{
	char value[16];
	doctor_file("/proc/sys/kernel/randomize_va_space", value, sizeof(value));
	text_format(&f->fact, "%s; addresses are kept relative to their file",
		    *value == '0' ? "off" : "on");
}
