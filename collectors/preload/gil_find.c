#include "collectors/preload/gil_find.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/python.h"
#include <sys/uio.h>
#include <string.h>

#define GILS_MAX 64u
#define PAGE 4096u
#define INTERVAL_AT_START 5000u /* us, of every new GIL */

struct gil_range gil_range;
static struct gil gils[GILS_MAX];
static uint32_t gil_count;	/* ever used */
static const void *interpreter; /* where the module begins that has _PyRuntime */

struct gil *gil_of(const void *object, enum gil_offset *offset)
{
	uint32_t count = __atomic_load_n(&gil_count, __ATOMIC_ACQUIRE);
	for (uint32_t i = 0; i < count; i++) {
		intptr_t at = (intptr_t)((uintptr_t)object - gils[i].cond);
		if (at == GIL_COND || at == GIL_MUTEX || at == GIL_SWITCH_COND ||
		    at == GIL_SWITCH_MUTEX) {
			*offset = (enum gil_offset)at;
			return &gils[i];
		}
	}
	return NULL;
}

/* Nothing is known of the memory in front of an object at the begin of a page. */
static bool read_before(const void *object, uint64_t *words, size_t size)
{
	const char *from = (const char *)object + GIL_INTERVAL;
	if ((uintptr_t)object % PAGE >= size) {
		memcpy(words, from, size);
		return true;
	}
	struct iovec to = {words, size}, at = {(void *)(uintptr_t)from, size};
	return !process.sandboxed &&
	       syscall(SYS_process_vm_readv, process.pid, &to, 1, &at, 1, 0) == (ssize_t)size;
}

static bool looks_new(const void *object)
{
	uint64_t words[4] = {0}; /* interval, last holder, locked, switch number */
	if (!read_before(object, words, sizeof(words)))
		return false;
	int32_t locked = (int32_t)words[2];
	return words[0] == INTERVAL_AT_START && locked >= -1 && locked <= 1;
}

static bool is_of_interpreter(struct thread *t, const void *object, uint64_t caller)
{
	Dl_info info;
	if (dladdr(object, &info) && info.dli_sname && !strcmp(info.dli_sname, "_PyRuntime")) {
		interpreter = info.dli_fbase;
		python_found(t, info.dli_saddr);
		return true;
	}
	return interpreter && dladdr((const void *)caller, &info) && info.dli_fbase == interpreter;
}

#define CLAIMED 1 /* no object's address */

static struct gil *claim(void)
{
	for (uint32_t i = 0; i < GILS_MAX; i++) {
		uintptr_t free_ = 0;
		if (__atomic_compare_exchange_n(&gils[i].cond, &free_, CLAIMED, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			uint32_t count = __atomic_load_n(&gil_count, __ATOMIC_RELAXED);
			while (count <= i &&
			       !__atomic_compare_exchange_n(&gil_count, &count, i + 1, false,
							    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
				;
			return &gils[i];
		}
	}
	return NULL;
}

/* In this order a reader between the two stores sees all that it saw before. */
static void widen(uintptr_t object)
{
	uintptr_t low = gil_range.low, end = low + gil_range.span;
	if (!gil_range.span)
		low = object, end = object;
	low = object < low ? object : low;
	end = object + GIL_END > end ? object + GIL_END : end;
	if (!gil_range.span)
		__atomic_store_n(&gil_range.low, low, __ATOMIC_RELEASE);
	__atomic_store_n(&gil_range.span, end - low, __ATOMIC_RELEASE);
	__atomic_store_n(&gil_range.low, low, __ATOMIC_RELEASE);
}

void gil_look(struct thread *t, const void *object, uint64_t caller)
{
	enum gil_offset offset;
	if (gil_of(object, &offset) || !looks_new(object))
		return;
	thread_guard(t); /* dladdr may lock */
	bool found = is_of_interpreter(t, object, caller);
	thread_leave(t);
	struct gil *g = found ? claim() : NULL;
	if (!g)
		return;
	g->caller = caller;
	g->holder = 0;
	__atomic_store_n(&g->cond, (uintptr_t)object, __ATOMIC_RELEASE);
	if (!gil_range.first)
		gil_range.first = (uintptr_t)object;
	widen((uintptr_t)object);
}

void gil_gone(const void *object)
{
	enum gil_offset offset;
	struct gil *g = gil_of(object, &offset);
	if (g && offset == GIL_COND)
		g->cond = 0;
}
