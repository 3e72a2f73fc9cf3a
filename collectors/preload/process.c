#include "collectors/preload/process.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/environment.h"
#include "collectors/preload/io.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/module.h"
#include "collectors/preload/sample.h"
#include "collectors/preload/segment.h"
#include "collectors/preload/stack.h"
#include "collectors/preload/usage.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>

struct process process; /* in .bss: anonymous and private, as the wiping asks for */
static struct process kept;
bool clock_is_tsc;

#define PATH_SIZE 3000

static bool is_short_of_address_space(void)
{
	struct rlimit limit;
	return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static struct arena_header *map_arena(int fd, uint32_t segments)
{
	process.mapped = segment_offset(segments);
	process.segment_limit = segments;
	void *at =
	    mmap(NULL, process.mapped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

static struct arena_header *open_arena(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	struct arena_header *arena = NULL;
	if (!is_short_of_address_space())
		arena = map_arena(fd, SEGMENT_COUNT_MAX);
	if (!arena)
		arena = map_arena(fd, SEGMENT_COUNT_SMALL);
	close(fd);
	if (!arena)
		return NULL;
	if (arena->magic != LOG_MAGIC || arena->version != LOG_VERSION || arena->stop) {
		munmap(arena, process.mapped);
		return NULL;
	}
	madvise(arena, process.mapped, MADV_DONTDUMP);
	return arena;
}

static bool become_process(void)
{
	process.pid = kernel_id(SYS_getpid);
	process.number = __atomic_add_fetch(&process.arena->processes, 1, __ATOMIC_RELAXED);
	process.block = (struct process_block *)segment_claim(SEGMENT_PROCESS, NULL);
	if (!process.block)
		return false;
	process.block->started = ticks_now();
	process.block->parent_pid = kernel_id(SYS_getppid);
	process.block->limited = process.segment_limit == SEGMENT_COUNT_SMALL;
	__atomic_store_n(&process.block->pid, process.pid, __ATOMIC_RELEASE);
	return true;
}

static void describe(struct thread *t, int argc, char **argv)
{
	char path[PATH_SIZE];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[length > 0 ? length : 0] = 0;
	thread_guard(t);
	usage_forget_past(t);
	emit_process(t, 0, 0, path);
	emit_command(t, argc, argv);
	module_start(t, path);
	thread_leave(t);
}

void process_start(int argc, char **argv, char **envp)
{
	environment_start(envp);
	const char *path = environment_arena();
	struct arena_header *arena = path ? open_arena(path) : NULL;
	if (!arena)
		return;
	clock_is_tsc = arena->clock == CLOCK_TICKS_TSC;
	process.hold_interval = arena->hold_interval;
	process.ticks_per_us = arena->ticks_per_us ? arena->ticks_per_us : 1;
	process.io_long = (uint64_t)process.ticks_per_us * IO_LONG_US;
	process.stack_depth =
	    arena->stack_depth <= STACK_DEPTH_MAX ? arena->stack_depth : STACK_DEPTH_MAX;
	process.stack_size = stack_start();
	process.arena = arena;
	process.alive = 1;
	madvise(&process, sizeof(process), MADV_WIPEONFORK);
	if (!become_process()) {
		process.arena = NULL;
		munmap(arena, process.mapped);
		return;
	}
	sample_prepare();
	process_before_fork();
	struct thread *t = thread_here();
	if (t)
		describe(t, argc, argv);
}

void process_before_fork(void)
{
	if (process.alive && kept.number != process.number)
		kept = process;
}

void process_forked_child(void)
{
	if (!kept.arena)
		return;
	/* stores at once: reading the wiped page first would be a fault more */
	uint32_t alive = __atomic_exchange_n(&process.alive, 1, __ATOMIC_RELAXED);
	if (alive && process.pid == kernel_id(SYS_getpid))
		return;
	int saved = errno;
	process = kept;
	process.segment_highest = 0; /* of the parent: none is used here */
	environment_forked();
	sample_forked();
	thread_forget();
	struct thread *t = become_process() ? thread_here() : NULL;
	if (!t) {
		process.arena = kept.arena = NULL; /* nothing can be written from here on */
	} else {
		thread_guard(t);
		emit_process(t, 1, kept.number, "");
		thread_leave(t);
	}
	errno = saved;
}

void process_end(int status)
{
	struct thread *t = process.arena ? thread_here() : NULL;
	if (!t || process.block->ended)
		return;
	thread_end(t, END_PROCESS);
	thread_guard(t);
	process.block->ended_at = ticks_now();
	process.block->ended = 1;
	emit_process_end(t, status);
	thread_leave(t);
}

/*
 * The program is about to lock or limit its memory, where a mapping that is mostly air would count:
 * what lies above the small part and was never claimed goes. Other threads' segments stay.
 */
static void shrink(struct thread *t)
{
	uint32_t keep = process.segment_highest + 1;
	if (!process.arena || process.segment_limit == SEGMENT_COUNT_SMALL)
		return;
	thread_guard(t);
	emit_note(t, NOTE_MEMORY_LOCKED, 1, "");
	thread_leave(t);
	process.segment_limit = SEGMENT_COUNT_SMALL;
	if (keep < SEGMENT_COUNT_SMALL)
		keep = SEGMENT_COUNT_SMALL;
	uint64_t size = segment_offset(keep);
	munmap((char *)process.arena + size, process.mapped - size);
	kept.mapped = process.mapped = size;
	kept.segment_limit = process.segment_limit; /* a child has no more mapped either */
	if (process.block)
		process.block->limited = 1;
}

EXPORT int mlockall(int flags)
{
	struct thread *t = thread_here();
	if (t)
		shrink(t);
	return REAL(mlockall)(flags);
}

EXPORT int setrlimit(__rlimit_resource_t resource, const struct rlimit *limits)
{
	struct thread *t = thread_here();
	if (t && resource == RLIMIT_AS)
		shrink(t);
	return REAL(setrlimit)(resource, limits);
}

EXPORT int prlimit(pid_t pid, enum __rlimit_resource resource, const struct rlimit *limits,
		   struct rlimit *old)
{
	struct thread *t = thread_here();
	if (t && resource == RLIMIT_AS && limits)
		shrink(t);
	return REAL(prlimit)(pid, resource, limits, old);
}

void process_sandboxed(void)
{
	if (!process.alive)
		return;
	sample_stop(); /* a handler returns by a system call */
	process.sandboxed = kept.sandboxed = 1;
}

void process_sampled(uint32_t signal)
{
	process.sample_signal = kept.sample_signal = signal;
}

EXPORT int prctl(int option, ...)
{
	va_list more;
	unsigned long argument[4];
	va_start(more, option);
	for (int i = 0; i < 4; i++)
		argument[i] = va_arg(more, unsigned long);
	va_end(more);
	real_ready();
	if (option == PR_SET_SECCOMP)
		process_sandboxed();
	return REAL(prctl)(option, argument[0], argument[1], argument[2], argument[3]);
}
