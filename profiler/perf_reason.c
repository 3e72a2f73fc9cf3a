#include "profiler/perf_reason.h"
#include <errno.h>
#include <string.h>

const char *perf_reason(int error)
{
	switch (error) {
	case ENOENT:
		return "the processor shows no performance unit, as in most virtual machines";
	case EACCES:
		return "forbidden here; sysctl kernel.perf_event_paranoid=2 (or less) allows it";
	case EPERM:
		return "forbidden by a seccomp filter, as in most containers, or for lack of "
		       "CAP_PERFMON";
	case ENOSYS:
		return "this kernel was built without perf events";
	case EOPNOTSUPP:
		return "the performance unit cannot count this event";
	default:
		return strerror(error);
	}
}
