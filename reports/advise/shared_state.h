/*
 * Functions of libc with a state that all threads of a process share, as their manual pages say
 * (attributes(7): MT-Unsafe race, or safe by a lock inside). Passes that call one are not wholly
 * independent: threads take turns in it, or get what belongs to each other.
 */
#ifndef PARPROF_ADVISE_SHARED_STATE_H
#define PARPROF_ADVISE_SHARED_STATE_H

#include <stdbool.h>
#include <stddef.h>

struct shared_state {
	const char *functions; /* separated by spaces, without what libc puts around such names */
	const char *what;      /* the state */
	const char *remedy;
	bool locks; /* threads take turns in it */
};
extern const struct shared_state shared_states[];
extern const size_t shared_state_count;

/* By the name of a function of libc as its symbols have it (_IO_fwrite, __printf_chk); NULL: none.
 */
const struct shared_state *shared_state_find(const char *function);

#endif
