/* The libraries an ELF file asks for, read from the file: only what has to be known before it runs.
 */
#ifndef PARPROF_ELF_NEEDED_H
#define PARPROF_ELF_NEEDED_H

#include <link.h>
#include <stdbool.h>

/* AddressSanitizer's runtime ends a program in which another library was loaded before it. */
bool elf_needs_to_be_first(int fd, const ElfW(Ehdr) * header);

#endif
