#include "collectors/kernel/watchpoint.h"
#include "collectors/kernel/perf_open.h"
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TRIES 32

static struct perf_event_attr attr_of(uint64_t word, bool writes_only)
{
	return (struct perf_event_attr){
	    .type = PERF_TYPE_BREAKPOINT,
	    .size = sizeof(struct perf_event_attr),
	    .sample_period = 1, /* so that it can be told to end after one */
	    .bp_type = writes_only ? HW_BREAKPOINT_W : HW_BREAKPOINT_RW,
	    .bp_addr = word,
	    .bp_len = HW_BREAKPOINT_LEN_8,
	    .disabled = 1,
	    .exclude_kernel = 1,
	    .exclude_hv = 1,
	};
}

/* Until they are armed they watch something that nobody uses: the last word of user space. */
#define NOWHERE 0x7fffffffeff8u

int watchpoints_open(struct watchpoints *w, pid_t tid)
{
	struct perf_event_attr attr = attr_of(NOWHERE, true);
	w->count = 0;
	while (w->count < WATCHPOINTS_MAX) {
		int fd = perf_open(&attr, tid, -1);
		if (fd < 0)
			return w->count ? 0 : errno;
		w->fd[w->count++] = fd;
	}
	return 0;
}

void watchpoints_close(struct watchpoints *w)
{
	while (w->count)
		close(w->fd[--w->count]);
}

bool watchpoints_arm(struct watchpoints *w, const uint64_t *word, int count, bool writes_only)
{
	for (int i = 0; i < count && i < w->count; i++) {
		struct perf_event_attr attr = attr_of(word[i], writes_only);
		if (ioctl(w->fd[i], PERF_EVENT_IOC_MODIFY_ATTRIBUTES, &attr) ||
		    ioctl(w->fd[i], PERF_EVENT_IOC_REFRESH, 1))
			return false;
	}
	return true;
}

uint32_t watchpoints_fired(const struct watchpoints *w)
{
	uint32_t fired = 0;
	for (int i = 0; i < w->count; i++) {
		uint64_t times;
		if (read(w->fd[i], &times, sizeof(times)) == sizeof(times) && times)
			fired |= 1u << i;
	}
	return fired;
}

uint64_t watchpoint_cost_ns(const char **why)
{
	static volatile uint64_t word __attribute__((aligned(8)));
	struct perf_event_attr attr = attr_of((uint64_t)(uintptr_t)&word, true);
	uint64_t times = 0, begin;
	int fd = perf_open(&attr, 0, -1);
	if (fd < 0) {
		*why = perf_refusal(errno);
		return 0;
	}
	ioctl(fd, PERF_EVENT_IOC_REFRESH, TRIES);
	begin = perf_now_ns();
	for (int i = 0; i < TRIES; i++)
		word = (uint64_t)i;
	uint64_t cost = (perf_now_ns() - begin) / TRIES;
	if (read(fd, &times, sizeof(times)) != sizeof(times))
		times = 0;
	close(fd);
	*why = "the kernel sets hardware breakpoints, but they never stop anything: the hypervisor "
	       "does not hand the debug registers on";
	return times ? cost + 1 : 0;
}
