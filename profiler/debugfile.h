/*
 * Separate files of debug information: by build id below /usr/lib/debug, by .gnu_debuglink, and
 * from debuginfod servers when DEBUGINFOD_URLS names some (that may take long).
 * A file is only taken when its build id, or else its checksum, is the right one.
 */
#ifndef PARPROF_DEBUGFILE_H
#define PARPROF_DEBUGFILE_H

#include <gelf.h>
#include <stdbool.h>

#define BUILD_ID_TEXT 130 /* hex digits of the longest one taken, and a NUL */

struct elf_file {
	int fd; /* -1: none */
	Elf *elf;
};

bool elf_file_open(struct elf_file *, const char *path); /* false: not there, or no ELF file */
void elf_file_close(struct elf_file *);

/* As hex digits; "" when the file has none. */
void build_id_text(Elf *, char text[BUILD_ID_TEXT]);
bool has_section(Elf *, const char *name);

/* The symbols that a file carries compressed in itself (.gnu_debugdata, "MiniDebugInfo"). */
bool debugdata_open(struct elf_file *found, Elf *main);

/* main may be NULL when the file itself is gone; build_id may be NULL or "". */
bool debugfile_find(struct elf_file *found, const char *path, Elf *main, const char *build_id);

#endif
