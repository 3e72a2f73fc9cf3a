#include "profiler/process_state.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool process_state_read(uint32_t pid, struct process_state *s)
{
	char path[32], line[1024];
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n <= 0)
		return false;
	line[n] = 0;
	/* the name in parentheses may hold anything, parentheses too */
	const char *rest = strrchr(line, ')');
	return rest && sscanf(rest + 1,
			      " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
			      "%*d %" SCNu32 " %*d %" SCNu64,
			      &s->state, &s->threads, &s->started) == 3;
}

bool thread_is_gone(uint32_t pid, uint32_t tid)
{
	return syscall(SYS_tgkill, pid, tid, 0) < 0 && errno == ESRCH;
}
