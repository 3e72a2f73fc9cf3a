/*
 * What kind of executable a file is, as far as preloading goes: will the kernel and the dynamic
 * loader take our library along? Scripts are followed to their interpreter.
 */
#ifndef PARPROF_ELF_KIND_H
#define PARPROF_ELF_KIND_H

#include <stdbool.h>

enum elf_kind {
	ELF_KIND_WATCHABLE,  /* dynamic, of this machine, glibc's loader */
	ELF_KIND_STATIC,     /* has no dynamic loader */
	ELF_KIND_OTHER_LIBC, /* its loader is not glibc's */
	ELF_KIND_OTHER_MACHINE,
	ELF_KIND_PRIVILEGED, /* set-uid, set-gid, file capabilities: the loader ignores preloads */
	ELF_KIND_SANITIZER,  /* AddressSanitizer's runtime insists on being loaded first */
	ELF_KIND_NOT_ELF,    /* neither ELF nor a script with #! */
	ELF_KIND_UNREADABLE,
};

/* Not elf_kind(): that is a function of libelf.
 * interpreter: of a script, the file that decides; else path itself. Freed by the caller. */
enum elf_kind elf_kind_of(const char *path, char **interpreter);

/* "is statically linked: its locks cannot be seen"; NULL for WATCHABLE and for what cannot be told.
 */
const char *elf_kind_reason(enum elf_kind);
/* Short, for table unseen. */
const char *elf_kind_name(enum elf_kind);

/* The preload would make this program fail or print complaints. */
bool elf_kind_breaks(enum elf_kind);

#endif
