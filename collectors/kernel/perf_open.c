#include "collectors/kernel/perf_open.h"
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int perf_open(struct perf_event_attr *attr, pid_t pid, int cpu)
{
	return (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

int perf_try(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
	    .type = type,
	    .size = sizeof(attr),
	    .config = config,
	    .disabled = 1,
	    .exclude_kernel = 1,
	    .exclude_hv = 1,
	};
	int fd = perf_open(&attr, 0, -1);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

const char *perf_refusal(int error)
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
	case ENOSPC:
		return "all debug registers are taken, by a debugger or another profiler";
	case EMFILE:
	case ENFILE:
		return "too many open files; ulimit -n raises the limit";
	default:
		return strerror(error);
	}
}
