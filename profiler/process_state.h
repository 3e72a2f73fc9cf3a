/* What /proc says of a process: whether it still runs, and which one of that number it is. */
#ifndef PARPROF_PROCESS_STATE_H
#define PARPROF_PROCESS_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct process_state {
	char state;	  /* as in /proc/PID/stat */
	uint32_t threads; /* alive, a zombie leader included */
	uint64_t started; /* clock ticks since boot: tells two users of one pid apart */
};

/* false: there is no such process. */
bool process_state_read(uint32_t pid, struct process_state *);

/* Nothing of it runs any more: a zombie whose other threads are gone too. */
static inline bool process_state_is_over(const struct process_state *s)
{
	return (s->state == 'Z' || s->state == 'X') && s->threads <= 1;
}

/* No thread of that id in that process. A zombie leader is still there. */
bool thread_is_gone(uint32_t pid, uint32_t tid);

#endif
