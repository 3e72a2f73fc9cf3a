#include "collectors/preload/usage.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/kernel.h"

#define INTERVAL_MIN_US 200u
#define INTERVAL_MAX_US 2000u
#define FAULTS_STEP 64u
#define COST_SHARE 128u /* at most one part of the time in so many */

static uint64_t ticks_of_us(uint64_t us)
{
	return us * process.ticks_per_us;
}

static uint64_t cpu_of(const struct rusage *u)
{
	return (uint64_t)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000000u +
	       (uint64_t)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000u;
}

static uint64_t cpu_now(const struct rusage *otherwise)
{
	struct timespec used;
	if (kernel_ask(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &used) != 0)
		return cpu_of(otherwise);
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

void usage_start(struct thread *t, uint64_t now)
{
	t->usage = (struct usage){.asked = now, .next = now + ticks_of_us(INTERVAL_MIN_US)};
}

void usage_forget_past(struct thread *t)
{
	struct rusage usage = {0};
	kernel_ask(SYS_getrusage, RUSAGE_THREAD, &usage);
	t->usage.before = t->usage.cpu = cpu_now(&usage);
	t->usage.voluntary = (uint32_t)usage.ru_nvcsw;
}

static void note(struct thread *t, uint64_t now, uint64_t cpu, const struct rusage *usage)
{
	t->usage.asked = now;
	t->usage.cpu = cpu;
	t->usage.voluntary = (uint32_t)usage->ru_nvcsw;
	t->usage.involuntary = (uint32_t)usage->ru_nivcsw;
	t->usage.faults = (uint64_t)usage->ru_minflt;
	t->usage.explained = 0;
}

static void write_faults(struct thread *t, uint64_t least)
{
	struct usage *u = &t->usage;
	if (u->faults < u->faults_written + least)
		return;
	u->faults_written = u->faults;
	emit_faults(t, u->asked, u->faults);
}

static void write_noted(struct thread *t)
{
	struct usage *u = &t->usage;
	emit_usage(t, u->asked, u->cpu - u->before, u->voluntary, u->involuntary);
	write_faults(t, FAULTS_STEP);
	u->next = u->asked + ticks_of_us(INTERVAL_MIN_US);
}

void usage_write(struct thread *t, uint64_t now)
{
	struct rusage usage = {0};
	if (process.sandboxed) {
		t->usage.next = UINT64_MAX;
		return;
	}
	uint64_t cpu = cpu_now(&usage); /* first: then getrusage() knows of it too */
	kernel_ask(SYS_getrusage, RUSAGE_THREAD, &usage);
	note(t, now, cpu ? cpu : cpu_of(&usage), &usage);
	write_noted(t);
	uint64_t pause = (ticks_now() - now) * COST_SHARE;
	if (pause > ticks_of_us(INTERVAL_MAX_US))
		pause = ticks_of_us(INTERVAL_MAX_US);
	if (pause > ticks_of_us(INTERVAL_MIN_US))
		t->usage.next = now + pause;
}

bool usage_waited(struct thread *t, uint64_t begin, uint64_t end)
{
	struct usage *u = &t->usage;
	struct rusage usage = {0};
	if (process.sandboxed)
		return true;
	kernel_ask(SYS_getrusage, RUSAGE_THREAD, &usage);
	bool waited = (uint32_t)usage.ru_nvcsw != u->voluntary;
	if (waited) {
		/* Just back on a core, the thread has not used much that getrusage() does not know
		 * of. But when it was an earlier wait that gave it up, it may have. */
		uint64_t explained = u->explained, since = u->asked, before = u->cpu;
		uint64_t cpu = explained ? cpu_now(&usage) : cpu_of(&usage);
		cpu = cpu > before ? cpu : before;
		note(t, end, cpu, &usage);
		uint64_t known = explained + (cpu - before) * process.ticks_per_us / 1000;
		waited = !explained || end - since >= known + (end - begin) / 2;
		if (end >= u->next)
			write_noted(t);
	}
	return waited;
}
