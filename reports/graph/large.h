/*
 * Memory for large arrays, in pages of 2 MB where the system has them: to touch a GB for the first
 * time takes a tenth of the time then.
 */
#ifndef PARPROF_LARGE_H
#define PARPROF_LARGE_H

#include <stddef.h>

void *large_new(size_t count, size_t size); /* not zeroed, never NULL; free() frees it */
/* What lies between is not read any more: its memory goes back to the system. */
void large_give_back(void *from, const void *to);

#endif
