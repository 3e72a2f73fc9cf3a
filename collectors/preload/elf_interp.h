/*
 * What a file would be run by, read from the file itself: whether our library may be preloaded into
 * the new image. Scripts are followed to their interpreter.
 */
#ifndef PARPROF_ELF_INTERP_H
#define PARPROF_ELF_INTERP_H

#include <stdint.h>

/* PRELOAD_* of log.h; directory and flags as for execveat. Keeps errno. */
uint32_t elf_preload(int directory, const char *path, int flags);

#endif
