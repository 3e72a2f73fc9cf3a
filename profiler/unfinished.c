#include "profiler/unfinished.h"
#include "profiler/hook.h"
#include <string.h>

static struct record head_of(size_t size, enum log_event event, uint16_t hook)
{
	return (struct record){(uint16_t)size, (uint16_t)event, hook, 1};
}

bool unfinished_make(struct unfinished *u, const struct thread_block *t, const struct segment *log,
		     uint32_t offset, uint64_t end)
{
	uint64_t since = __atomic_load_n(&t->waiting_since, __ATOMIC_ACQUIRE);
	uint16_t hook = (uint16_t)(t->waiting_site >> 48);
	if (!since || end <= since || offset + sizeof(u->wait) > SEGMENT_SIZE)
		return false;
	memset(u, 0, sizeof(*u));
	u->head = *log;
	u->head.begin = sizeof(u->head);
	u->head.end = u->head.sealed = sizeof(*u);
	memcpy(&u->wait, (const char *)log + offset, sizeof(u->wait));
	if (u->wait.begin != since || u->wait.object != t->waiting_for) {
		if (hook_get(hook)->family != FAMILY_io)
			return false; /* there was no room to fill it in */
		u->wait = (struct log_wait){.begin = since, .object = t->waiting_for};
	}
	u->wait.head = head_of(sizeof(u->wait), EVENT_WAIT, hook);
	u->wait.end = end;
	u->wait.result = 0;
	u->wait.flags = WAIT_UNFINISHED;
	u->tally = (struct log_tally){
	    .head = head_of(sizeof(u->tally) + sizeof(u->stats), EVENT_TALLY, 0),
	    .object = u->wait.object,
	    .generation = u->wait.generation,
	    .site = t->waiting_site,
	    .count = hook_get(hook)->kind == KIND_wait, /* an acquisition that never came is none */
	};
	u->stats = (struct stats){.wait = end - since, .wait_max = end - since, .contended = 1};
	return true;
}
