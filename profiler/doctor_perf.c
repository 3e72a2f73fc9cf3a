/* The doctor's checks of perf_event_open: may it be used, and is there a performance unit? */
#include "profiler/doctor.h"
#include "profiler/perf_reason.h"
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 0, or the errno of opening this event on ourselves, user space only. */
static int try_event(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
	    .type = type,
	    .size = sizeof(attr),
	    .config = config,
	    .disabled = 1,
	    .exclude_kernel = 1,
	    .exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno;
	close((int)fd);
	return 0;
}

void check_perf_software(struct finding *f)
{
	char paranoid[16];
	doctor_file("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid));
	int error = try_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	text_format(&f->fact, "%s, perf_event_paranoid is %s", error ? "refused" : "can be opened",
		    *paranoid ? paranoid : "unknown");
	if (error)
		finding_limit(f, VERDICT_LIMITED, "%s; locks are watched without it",
			      perf_reason(error));
}

void check_perf_hardware(struct finding *f)
{
	int error = try_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
	text_add(&f->fact, error ? "none" : "cycles can be counted");
	if (error)
		finding_limit(f, VERDICT_LIMITED, "%s; locks are watched without it",
			      perf_reason(error));
}
