#include "collectors/kernel/image_file.h"
#include "collectors/kernel/frame_index.h"
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPAN_MAX (1ull << 31) /* of one file's addresses */
#define PAGE 4096u
#define INDEX_ROOM (64ull << 20) /* address space only */

static void *sure(void *at)
{
	if (!at)
		abort();
	return at;
}

static uint64_t page_of(uint64_t address)
{
	return address & ~(uint64_t)(PAGE - 1);
}

/* The range of addresses of all segments; false: it is no file we can lay out. */
static bool measure(struct image_file *f)
{
	uint64_t high = 0;
	f->low = UINT64_MAX;
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		if (p->p_type != PT_LOAD)
			continue;
		f->low = page_of(p->p_vaddr) < f->low ? page_of(p->p_vaddr) : f->low;
		high = p->p_vaddr + p->p_memsz > high ? p->p_vaddr + p->p_memsz : high;
	}
	f->span = high > f->low ? page_of(high - f->low + PAGE - 1) + INDEX_ROOM : 0;
	return f->span && f->span <= SPAN_MAX;
}

/* What is read: code and constants. The rest of the range stays without access. */
static bool lay_out(struct image_file *f, int fd, uint64_t size)
{
	f->base =
	    mmap(NULL, f->span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (f->base == MAP_FAILED) {
		f->base = NULL;
		return false;
	}
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		uint64_t begin = page_of(p->p_vaddr), skip = p->p_vaddr - begin;
		if (p->p_type != PT_LOAD || p->p_flags & PF_W || p->p_offset < skip ||
		    p->p_offset + p->p_filesz > size)
			continue;
		mmap(f->base + (begin - f->low), p->p_filesz + skip, PROT_READ,
		     MAP_PRIVATE | MAP_FIXED, fd, (off_t)(p->p_offset - skip));
	}
	return true;
}

/* Inside of a segment that was laid out. */
static bool is_readable(const struct image_file *f, uint64_t address, uint64_t size)
{
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) && address >= p->p_vaddr &&
		    address + size <= p->p_vaddr + p->p_filesz)
			return true;
	}
	return false;
}

static const uint8_t *find_header(const struct image_file *f)
{
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *h = &f->program[i];
		if (h->p_type == PT_GNU_EH_FRAME && is_readable(f, h->p_vaddr, h->p_filesz))
			return f->base + (h->p_vaddr - f->low);
	}
	return NULL;
}

/* Where .eh_frame lies by the section headers; false: there is none. */
static bool find_frame(const struct image_file *f, int fd, uint64_t *address, uint64_t *size)
{
	Elf64_Ehdr e;
	Elf64_Shdr s, names;
	char name[10] = "";
	if (pread(fd, &e, sizeof(e), 0) != sizeof(e) || e.e_shentsize != sizeof(s) ||
	    pread(fd, &names, sizeof(names), (off_t)(e.e_shoff + e.e_shstrndx * sizeof(s))) !=
		sizeof(names))
		return false;
	for (unsigned i = 0; i < e.e_shnum; i++) {
		if (pread(fd, &s, sizeof(s), (off_t)(e.e_shoff + i * sizeof(s))) != sizeof(s) ||
		    pread(fd, name, sizeof(name), (off_t)(names.sh_offset + s.sh_name)) !=
			sizeof(name))
			return false;
		if (memcmp(name, ".eh_frame", sizeof(name)) != 0)
			continue;
		*address = s.sh_addr;
		*size = s.sh_size;
		return is_readable(f, *address, *size);
	}
	return false;
}

/* Where the linker made no index, one of ours, behind the file's addresses. */
static void make_index(struct image_file *f, int fd)
{
	uint64_t address, size;
	if (!find_frame(f, fd, &address, &size))
		return;
	const uint8_t *frame = f->base + (address - f->low), *end = frame + size;
	size_t bytes = frame_index_size(frame, end);
	uint8_t *at = f->base + f->span - INDEX_ROOM;
	if (!bytes || bytes > INDEX_ROOM ||
	    mprotect(at, page_of(bytes + PAGE - 1), PROT_READ | PROT_WRITE) != 0)
		return;
	frame_index_make(at, frame, end);
	f->header = at;
}

static bool read_programs(struct image_file *f, int fd)
{
	Elf64_Ehdr e;
	if (pread(fd, &e, sizeof(e), 0) != sizeof(e) || memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_phentsize != sizeof(Elf64_Phdr) ||
	    e.e_phnum > 128)
		return false;
	ssize_t size = (ssize_t)(e.e_phnum * sizeof(Elf64_Phdr));
	f->program = sure(malloc((size_t)size + 1));
	f->programs = e.e_phnum;
	return pread(fd, f->program, (size_t)size, (off_t)e.e_phoff) == size;
}

/* The kernel's own code page lies in us, too. */
static void load_vdso(struct image_file *f)
{
	unsigned char *at = (unsigned char *)getauxval(AT_SYSINFO_EHDR);
	if (!at)
		return;
	const Elf64_Ehdr *e = (const void *)at;
	f->programs = e->e_phnum;
	f->program = sure(malloc(e->e_phnum * sizeof(Elf64_Phdr)));
	memcpy(f->program, at + e->e_phoff, e->e_phnum * sizeof(Elf64_Phdr));
	if (measure(f)) {
		f->base = at;
		f->header = find_header(f);
	}
}

static void load(struct image_file *f, int fd, uint64_t size)
{
	if (!read_programs(f, fd) || !measure(f) || !lay_out(f, fd, size))
		return;
	f->header = find_header(f);
	if (!f->header)
		make_index(f, fd);
}

const struct image_file *image_file_get(struct image_file **first, const char *path)
{
	struct stat st = {0};
	bool vdso = !strcmp(path, "[vdso]");
	int fd = vdso || *path != '/' ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (!vdso && (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	struct image_file *f = *first;
	while (f && (f->device != st.st_dev || f->inode != st.st_ino))
		f = f->next;
	if (!f) {
		f = sure(calloc(1, sizeof(*f) + strlen(path) + 1));
		strcpy(f->path, path);
		f->device = st.st_dev;
		f->inode = st.st_ino;
		f->next = *first;
		*first = f;
		if (vdso)
			load_vdso(f);
		else
			load(f, fd, (uint64_t)st.st_size);
	}
	if (fd >= 0)
		close(fd);
	return f;
}

uint64_t image_file_bias(const struct image_file *f, uint64_t address, uint64_t offset)
{
	for (unsigned i = 0; f && i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		if (p->p_type == PT_LOAD && offset >= page_of(p->p_offset) &&
		    offset < p->p_offset + p->p_filesz)
			return address - offset + p->p_offset - p->p_vaddr;
	}
	return address - offset;
}

void image_file_free(struct image_file *f)
{
	if (f->base && f->inode)
		munmap(f->base, f->span);
	free(f->program);
	free(f);
}
