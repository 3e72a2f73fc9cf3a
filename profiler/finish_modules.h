/* Which files of code are of a runtime, by their names (runtime.h): table runtime_module. */
#ifndef PARPROF_FINISH_MODULES_H
#define PARPROF_FINISH_MODULES_H

struct store;

int modules_kind(struct store *); /* 0 or -1 */

#endif
