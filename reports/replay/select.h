/*
 * What the words of an edit mean in a recording: which locks, stacks, threads.
 *
 * LOCK matches a lock's name or place, or those of the first of the locks made in one place, as
 * `report --lock` does. FUNCTION matches the name of a function in a stack.
 */
#ifndef PARPROF_SELECT_H
#define PARPROF_SELECT_H

#include "reports/replay/replay.h"

struct store;

/* words: "ledger_mu=0.5". 0, or -1 after error(). */
int select_edit(struct edit *, enum edit_kind, const char *words, struct store *,
		const struct replay *);
/* All locks of a group, by the lock id of its first. factor as select_edit() reads it. */
int select_leader(struct edit *, enum edit_kind, int64_t leader, double factor, struct store *,
		  const struct replay *);
/* The serial phases that end at, or pass through, this stack. */
void select_stack(struct edit *, enum edit_kind, uint32_t stack, double factor,
		  const struct replay *);
void select_free(struct edit *);
/* The group of the created threads whose routine or name matches and that did most; NOBODY: there
 * is none. 0, or -1 after error(). */
int select_group(uint32_t *group, const char *words, struct store *, const struct replay *);

/* Places of all stacks, for replay_open(). 0, or -1 after error(). */
int select_sites(struct sites *, struct store *);
void select_sites_free(struct sites *);

/* LIKELY and SURELY, by the words in a function's name. */
enum reading { READS_SURELY, READS_NOT, READS_UNKNOWN };
enum reading select_reading(const char *function);

#endif
