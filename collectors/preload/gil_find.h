/*
 * Which condition variables belong to a GIL. CPython's main one lies in its variable _PyRuntime,
 * which is exported, also by stripped programs; those of sub-interpreters lie anywhere, and are
 * initialised by the same module.
 */
#ifndef PARPROF_GIL_FIND_H
#define PARPROF_GIL_FIND_H

#include "collectors/preload/gil.h"

/* The GIL that the object is a part of, NULL: none; *offset: which part. */
struct gil *gil_of(const void *object, enum gil_offset *offset);

#endif
