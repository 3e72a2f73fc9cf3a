#include "profiler/target_state.h"
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Where a container forbids the call it may still allow the file. */
static bool read_mem_file(uint32_t pid, uint64_t address, void *to, size_t size)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/mem", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = pread(fd, to, size, (off_t)address);
	close(fd);
	return n == (ssize_t)size;
}

bool target_read(uint32_t pid, uint64_t address, void *to, size_t size)
{
	struct iovec here = {to, size}, there = {(void *)address, size};
	return process_vm_readv((pid_t)pid, &here, 1, &there, 1, 0) == (ssize_t)size ||
	       read_mem_file(pid, address, to, size);
}

/* The text of a file of /proc, cut to fit; false: not there, or not for us. */
static bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return n > 0;
}

static bool read_task_file(uint32_t pid, uint32_t tid, const char *name, char *text, size_t size)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32 "/%s", pid, tid, name);
	return read_text(path, text, size);
}

static enum task_doing state_by_letter(const char *stat)
{
	const char *rest = strrchr(stat, ')');
	char state = rest && rest[1] ? rest[2] : 0;
	if (state == 'Z' || state == 'X')
		return TASK_ZOMBIE;
	if (state == 'R')
		return TASK_RUNS;
	return state == 'S' || state == 'D' ? TASK_SLEEPS : TASK_UNKNOWN;
}

enum task_doing task_state(uint32_t pid, uint32_t tid, struct task_call *call)
{
	char text[1024];
	if (!read_task_file(pid, tid, "stat", text, sizeof(text)))
		return task_exists(tid) ? TASK_UNKNOWN : TASK_GONE;
	enum task_doing state = state_by_letter(text);
	if (state != TASK_SLEEPS || !read_task_file(pid, tid, "syscall", text, sizeof(text)))
		return state;
	if (!strncmp(text, "running", 7))
		return TASK_RUNS;
	uint64_t *a = call->argument;
	int n =
	    sscanf(text, "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
		   &call->number, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]);
	return n == 7 ? TASK_CALLS : TASK_UNKNOWN;
}

bool task_exists(uint32_t tid)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%" PRIu32, tid);
	return access(path, F_OK) == 0;
}

bool task_is_of(uint32_t pid, uint32_t tid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32, pid, tid);
	return access(path, F_OK) == 0;
}

bool task_given_name(uint32_t pid, uint32_t tid, char name[TASK_NAME])
{
	char process[TASK_NAME];
	if (!read_task_file(pid, tid, "comm", name, TASK_NAME) ||
	    !read_task_file(pid, pid, "comm", process, sizeof(process)))
		return false;
	name[strcspn(name, "\n")] = process[strcspn(process, "\n")] = 0;
	return strcmp(name, process) != 0;
}

/* Faults are the thread's own; the C library's own three do not run code of the program. */
static uint64_t signals_from_outside(void)
{
	static const int inside[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
				     SIGABRT, SIGSYS, 32,     33,     34};
	uint64_t all = ~0ull;
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++)
		all &= ~(1ull << (inside[i] - 1));
	return all;
}

bool target_has_handlers(uint32_t pid)
{
	char path[32], text[8192];
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/status", pid);
	if (!read_text(path, text, sizeof(text)))
		return true;
	const char *line = strstr(text, "\nSigCgt:");
	return !line || (strtoull(line + 8, NULL, 16) & signals_from_outside());
}

int task_children(uint32_t pid, uint32_t tid, uint32_t *child, int most)
{
	char path[64], text[4096];
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32 "/children", pid, tid);
	if (!read_text(path, text, sizeof(text)))
		return access(path, R_OK) == 0 ? 0 : -1;
	if (strlen(text) + 1 >= sizeof(text) - 1)
		return -1;
	int count = 0;
	for (char *at = text, *end; *at; at = end) {
		unsigned long number = strtoul(at, &end, 10);
		if (end == at)
			break;
		if (count == most)
			return -1;
		child[count++] = (uint32_t)number;
	}
	return count;
}
