#include "collectors/preload/sample.h"
#include "collectors/preload/clock.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/stack.h"
#include "collectors/preload/vfork.h"
#include "collectors/preload/walk.h"
#include <ucontext.h>

#define PLACES 4096u	  /* threads sampled at the same time */
#define PLACES_TRIED 256u /* for one that finds its place taken */
#define SYSCALL_SIZE 2u

/* Timers of this process, id + 1; 0: a free place. [0] is never used. */
static int32_t timers[PLACES];
static uint32_t places_used; /* all beyond are 0 */
static char cookie;	     /* its address is in our signals */

#ifdef __x86_64__
static struct registers interrupted(const ucontext_t *c)
{
	return (struct registers){.pc = (uint64_t)c->uc_mcontext.gregs[REG_RIP],
				  .sp = (uint64_t)c->uc_mcontext.gregs[REG_RSP],
				  .fp = (uint64_t)c->uc_mcontext.gregs[REG_RBP],
				  .exact = true};
}

/* A system call that is over leaves the pc behind it, one that is begun again leaves it there. */
static bool is_in_kernel(uint64_t pc)
{
	const uint8_t *at = (const uint8_t *)pc;
	if (!unwind_function(pc)) /* what is not code of a file may not be there any more */
		return false;
	return (at[0] == 0x0f && at[1] == 0x05) ||
	       (pc % 4096 >= SYSCALL_SIZE && at[-2] == 0x0f && at[-1] == 0x05);
}
#else
static struct registers interrupted(const ucontext_t *c)
{
	(void)c;
	return (struct registers){.pc = 0};
}

static bool is_in_kernel(uint64_t pc)
{
	return pc == 0;
}
#endif

static void sample(struct thread *t, const ucontext_t *context)
{
	uint64_t now = ticks_now();
	struct registers at = interrupted(context);
	if (t->guard != GUARD_OPEN) {
		__atomic_fetch_add(&process.arena->samples_missed, 1, __ATOMIC_RELAXED);
		return;
	}
	thread_guard(t);
	emit_sample(t, now, stack_interrupted(t, at), is_in_kernel(at.pc));
	thread_leave(t);
}

/* Somebody else's: without us it would have ended the process. It does so when we return. */
static void foreign(int number)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	REAL(sigaction)(number, &action, NULL);
	KERNEL(tgkill, (long)kernel_id(SYS_getpid), (long)kernel_id(SYS_gettid), (long)number);
}

static void handler(int number, siginfo_t *info, void *context)
{
	int saved = errno;
	struct thread *t = thread_self;
	if (info->si_code != SI_TIMER || info->si_value.sival_ptr != &cookie)
		foreign(number);
	else if (t && process.alive && process.arena && !t->block.ended)
		sample(t, context);
	errno = saved;
}

static bool is_free(int number)
{
	struct sigaction now;
	return REAL(sigaction)(number, NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) &&
	       now.sa_handler == SIG_DFL;
}

static bool take(int number)
{
	struct sigaction action = {.sa_flags = SA_RESTART | SA_SIGINFO | SA_ONSTACK};
	action.sa_sigaction = handler;
	/* all: a handler of the program's that jumps out of ours would leave the guard set */
	for (size_t i = 0; i < sizeof(action.sa_mask); i++)
		((volatile uint8_t *)&action.sa_mask)[i] = 0xff;
	return REAL(sigaction)(number, &action, NULL) == 0;
}

/* Not the very last one, which valgrind keeps for itself. */
static void take_one(void)
{
	for (int number = SIGRTMAX - 1; number > SIGRTMIN; number--) {
		if (!is_free(number))
			continue;
		if (take(number))
			process_sampled((uint32_t)number);
		return;
	}
}

void sample_prepare(void)
{
	if (process.arena->sample_hertz && !process.arena->sample_python)
		take_one();
}

void sample_python(struct thread *t)
{
	if (!process.arena->sample_hertz || !process.arena->sample_python || process.sample_signal)
		return;
	take_one();
	sample_begin(t);
}

void sample_forked(void)
{
	for (uint32_t i = 1; i < places_used; i++)
		timers[i] = 0;
	places_used = 0;
}

/* A thread that an inherited mask keeps from being sampled. */
static void unblock(void)
{
	sigset_t ours;
	sigemptyset(&ours);
	sigaddset(&ours, (int)process.sample_signal);
	REAL(pthread_sigmask)(SIG_UNBLOCK, &ours, NULL);
}

static bool keep(struct thread *t, int32_t id)
{
	for (uint32_t i = 0; i < PLACES_TRIED; i++) {
		uint32_t place = (t->block.head.tid + i) % PLACES;
		int32_t none = 0;
		uint32_t used = __atomic_load_n(&places_used, __ATOMIC_RELAXED);
		if (!place)
			continue;
		while (used <= place &&
		       !__atomic_compare_exchange_n(&places_used, &used, place + 1, false,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			;
		if (__atomic_compare_exchange_n(&timers[place], &none, id + 1, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			t->sample_place = place;
			return true;
		}
	}
	return false;
}

static void delete (int32_t id)
{
	KERNEL(timer_delete, (long)id);
}

/* A little shorter than asked for: else a tick that comes early finds it running, and the next one
 * comes a whole tick late. */
static void set(int32_t id)
{
	uint64_t ns = 1000000000u / process.arena->sample_hertz;
	ns -= ns / 16;
	struct timespec period = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
	struct itimerspec times = {period, period};
	KERNEL(timer_settime, (long)id, 0L, &times, NULL);
}

static bool make(int32_t *id, uint32_t tid)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
				 .sigev_signo = (int)process.sample_signal};
	event.sigev_value.sival_ptr = &cookie;
	event._sigev_un._tid = (pid_t)tid;
	return KERNEL(timer_create, (long)CLOCK_THREAD_CPUTIME_ID, &event, id) == 0;
}

void sample_begin(struct thread *t)
{
	int32_t id;
	int saved = errno;
	if (!process.sample_signal || process.sandboxed)
		return;
	unblock();
	if (!make(&id, t->block.head.tid)) {
		__atomic_fetch_add(&process.arena->timers_refused, 1, __ATOMIC_RELAXED);
	} else if (!keep(t, id)) {
		delete (id);
		__atomic_fetch_add(&process.arena->timers_refused, 1, __ATOMIC_RELAXED);
	} else {
		set(id);
	}
	errno = saved;
}

void sample_end(struct thread *t)
{
	int32_t id = 0;
	int saved = errno;
	if (!t->sample_place)
		return;
	id = __atomic_exchange_n(&timers[t->sample_place], 0, __ATOMIC_ACQ_REL);
	t->sample_place = 0;
	if (id && !process.sandboxed)
		delete (id - 1);
	errno = saved;
}

/* The child of a vfork has its parent's memory, but not its timers. */
void sample_stop(void)
{
	int saved = errno;
	if (!process.sample_signal || vfork_in_child())
		return;
	process_sampled(0);
	for (uint32_t i = 1; i < places_used; i++) {
		int32_t id = __atomic_exchange_n(&timers[i], 0, __ATOMIC_ACQ_REL);
		if (id)
			delete (id - 1);
	}
	errno = saved;
}

void sample_yield(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int number = (int)process.sample_signal, saved = errno;
	struct thread *t = thread_enter();
	sample_stop();
	REAL(sigaction)
	(number, &ignore, NULL); /* the kernel drops what is pending, in all threads */
	if (t) {
		emit_note(t, NOTE_SIGNAL_TAKEN, (uint64_t)number, "");
		thread_leave(t);
	}
	errno = saved;
}
