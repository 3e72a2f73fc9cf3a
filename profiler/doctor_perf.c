/* The doctor's checks of perf_event_open: may it be used, and is there a performance unit? */
#include "collectors/kernel/perf_open.h"
#include "profiler/doctor.h"

void check_perf_software(struct finding *f)
{
	char paranoid[16];
	doctor_file("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid));
	int error = perf_try(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	text_format(&f->fact, "%s, perf_event_paranoid is %s", error ? "refused" : "can be opened",
		    *paranoid ? paranoid : "unknown");
	if (error)
		finding_limit(f, VERDICT_LIMITED,
			      "%s; locks are watched without it, and threads "
			      "sampled by a signal",
			      perf_refusal(error));
}

void check_perf_hardware(struct finding *f)
{
	int error = perf_try(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
	text_add(&f->fact, error ? "none" : "cycles can be counted");
	if (error)
		finding_limit(f, VERDICT_LIMITED, "%s; locks are watched without it",
			      perf_refusal(error));
}
