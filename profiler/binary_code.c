#include "profiler/binary.h"

/* Of the file itself: one of debug information holds no code. */
const unsigned char *binary_code(struct binary *b, uint64_t address, size_t *count)
{
	size_t size = 0, programs = 0;
	GElf_Phdr p;
	const char *file = b->main.elf ? elf_rawfile(b->main.elf, &size) : NULL;
	if (!file || elf_getphdrnum(b->main.elf, &programs) != 0)
		return NULL;
	for (size_t i = 0; i < programs; i++) {
		if (!gelf_getphdr(b->main.elf, (int)i, &p) || p.p_type != PT_LOAD ||
		    !(p.p_flags & PF_X) || address < p.p_vaddr ||
		    address - p.p_vaddr >= p.p_filesz || p.p_offset > size ||
		    p.p_filesz > size - p.p_offset)
			continue;
		*count = p.p_filesz - (address - p.p_vaddr);
		return (const unsigned char *)file + p.p_offset + (address - p.p_vaddr);
	}
	return NULL;
}
