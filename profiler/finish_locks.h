/*
 * From objects to locks. A target names an object by address and the value of a filter that
 * counts inits and destroys; the filter is shared by many addresses, so one lock may be several
 * objects. Objects of one address belong
 *   - to the newest init of that address at or before the object's value, up to its destroy;
 *   - else to a lock whose init was not seen: one before the first init, one behind each destroy.
 * Objects in memory shared between processes are one lock, whoever saw them.
 */
#ifndef PARPROF_FINISH_LOCKS_H
#define PARPROF_FINISH_LOCKS_H

struct store;

int locks_make(struct store *); /* for all objects without one */

#endif
