#include "collectors/kernel/counter_name.h"
#include "collectors/kernel/perf_open.h"
/* libpfm4 brings a copy of the kernel's header, older than ours. */
#define __PERFMON_PERF_EVENT_H__
#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES_PER_SECOND 199 /* and core; odd, so that it does not keep step with timers */
#define SOFTWARE_PERIOD 16
#define FRAMES_MAX 48

static const char *start(void)
{
	static int result = -1;
	if (result != PFM_SUCCESS)
		result = pfm_initialize();
	return result == PFM_SUCCESS ? NULL : pfm_strerror(result);
}

const char *counter_encode(const char *native, struct perf_event_attr *attr)
{
	pfm_perf_encode_arg_t arg = {.attr = attr, .size = sizeof(arg)};
	const char *why = start();
	*attr = (struct perf_event_attr){.size = sizeof(*attr)};
	if (why)
		return why;
	int result = pfm_get_os_event_encoding(native, PFM_PLM3, PFM_OS_PERF_EVENT, &arg);
	if (result == PFM_ERR_NOTFOUND)
		return "libpfm4 knows no such event on this processor";
	if (result != PFM_SUCCESS)
		return pfm_strerror(result);
	attr->size = sizeof(*attr);
	return NULL;
}

/* Hardware counters keep to a rate. The periods that the kernel reports of software ones while it
 * adjusts them are wrong (seen on 6.18: three times the true sum), so theirs are fixed. Clocks are
 * not sampled: setting their timer at each switch costs more than all else here. */
static void set_rate(struct perf_event_attr *a)
{
	bool software = a->type == PERF_TYPE_SOFTWARE;
	bool clock = software && (a->config == PERF_COUNT_SW_TASK_CLOCK ||
				  a->config == PERF_COUNT_SW_CPU_CLOCK);
	a->freq = !software;
	if (!software) {
		a->sample_freq = SAMPLES_PER_SECOND;
		a->sample_type |=
		    PERF_SAMPLE_PERIOD; /* software ones would overflow at each event */
	} else if (!clock) {
		a->sample_period = a->config == PERF_COUNT_SW_PAGE_FAULTS_MAJ ? 1 : SOFTWARE_PERIOD;
	}
}

/* The same layout of samples for all up to the core, since they share a ring. PERF_SAMPLE_READ with
 * inherit also keeps the kernel from exchanging whole contexts between threads: when they switch,
 * it pairs up counters of two contexts by their place in a list, and the lists differ in order when
 * counters are of several kinds (seen on 6.18: a thread's migrations were its nanoseconds). */
static void complete(struct perf_event_attr *a)
{
	a->disabled = 1;
	a->inherit = 1;
	a->inherit_stat = 1;
	a->enable_on_exec = 1;
	a->exclude_hv = 1;
	a->use_clockid = 1;
	a->clockid = CLOCK_MONOTONIC;
	a->sample_id_all = 1;
	a->exclude_callchain_kernel = 1;
	a->sample_max_stack = FRAMES_MAX;
	a->sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_READ |
			 PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_ID | PERF_SAMPLE_CPU;
	set_rate(a);
	a->read_format =
	    PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID;
}

static int attempt(struct perf_event_attr *a)
{
	int fd = perf_open(a, 0, -1);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Leaves out what this kernel or this unit cannot do. */
static int attempt_less(struct counter_plan *p)
{
	struct perf_event_attr *a = &p->attr;
	int error = attempt(a);
	if (error == EINVAL) { /* before 6.13: not with inherit */
		a->sample_type &= ~(uint64_t)PERF_SAMPLE_READ;
		error = attempt(a);
	}
	p->sampled = !error && (a->freq || a->sample_period);
	if (error == EOPNOTSUPP || error == EINVAL) {
		a->freq = 0;
		a->sample_period = 0;
		error = attempt(a);
	}
	return error;
}

static const char *refusal(const struct perf_event_attr *a, int error)
{
	if (error == EACCES && !a->exclude_kernel)
		return "counts what the kernel does: an ordinary user needs sysctl "
		       "kernel.perf_event_paranoid=1 (or less)";
	return perf_refusal(error);
}

void counter_plan(struct counter_plan *p, const struct counter_event *e)
{
	const char *unknown = NULL, *refused = NULL;
	for (char *const *name = e->alternative; *name; name++) {
		*p = (struct counter_plan){.native = *name};
		const char *why = counter_encode(*name, &p->attr);
		if (why) {
			unknown = unknown ? unknown : why;
			continue;
		}
		complete(&p->attr);
		int error = attempt_less(p);
		if (!error)
			return;
		refused = refused ? refused : refusal(&p->attr, error);
	}
	/* what a file names exists on some processor: without a unit none is recognised */
	int error = *e->about ? perf_try(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES) : 0;
	if (!refused && error)
		refused = perf_refusal(error);
	*p = (struct counter_plan){.why = refused ? refused : unknown};
}
