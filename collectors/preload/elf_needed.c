#include "collectors/preload/elf_needed.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/words.h"

#define NAME_MAX_ 24 /* enough to tell them apart */

static bool read_at(int fd, void *room, size_t size, uint64_t offset)
{
	return KERNEL(pread64, fd, room, size, offset) == (long)size;
}

/* The program header of that type which holds that address, or any when address is 0. */
static bool find_header(int fd, const ElfW(Ehdr) * h, uint32_t type, uint64_t address,
			ElfW(Phdr) * p)
{
	for (unsigned i = 0; i < h->e_phnum; i++) {
		if (!read_at(fd, p, sizeof(*p), h->e_phoff + (uint64_t)i * h->e_phentsize))
			return false;
		if (p->p_type == type && (!address || address - p->p_vaddr < p->p_filesz))
			return true;
	}
	return false;
}

/* The name of the first library: of the compiler's own libraries the sanitizer's comes first. */
static bool first_needed(int fd, const ElfW(Ehdr) * h, char name[NAME_MAX_])
{
	ElfW(Phdr) p;
	ElfW(Dyn) d = {.d_tag = DT_NULL};
	uint64_t strings = 0, needed = 0;
	if (!find_header(fd, h, PT_DYNAMIC, 0, &p))
		return false;
	for (uint64_t at = 0; at + sizeof(d) <= p.p_filesz && !(strings && needed);
	     at += sizeof(d)) {
		if (!read_at(fd, &d, sizeof(d), p.p_offset + at) || d.d_tag == DT_NULL)
			return false;
		if (d.d_tag == DT_NEEDED && !needed)
			needed = d.d_un.d_val;
		if (d.d_tag == DT_STRTAB)
			strings = d.d_un.d_ptr;
	}
	return strings && needed && find_header(fd, h, PT_LOAD, strings, &p) &&
	       read_at(fd, name, NAME_MAX_, p.p_offset + (strings - p.p_vaddr) + needed);
}

bool elf_needs_to_be_first(int fd, const ElfW(Ehdr) * header)
{
	char name[NAME_MAX_];
	return first_needed(fd, header, name) &&
	       (words_after(name, "libasan.so") || words_after(name, "libclang_rt.asan"));
}
