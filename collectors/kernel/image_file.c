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
#define SECTION_NAMES_MAX (1u << 16) /* bytes */
#define INDEX_ROOM (64ull << 20)     /* address space only */

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

/* What is read: code and constants. */
static bool is_laid_out(const struct image_file *f, const Elf64_Phdr *p)
{
	return p->p_type == PT_LOAD && !(p->p_flags & PF_W) &&
	       p->p_offset >= p->p_vaddr - page_of(p->p_vaddr) && p->p_offset <= f->size &&
	       p->p_filesz <= f->size - p->p_offset && p->p_filesz <= p->p_memsz &&
	       p->p_vaddr - f->low <= f->span && p->p_memsz <= f->span - (p->p_vaddr - f->low);
}

/* The rest of the range stays without access. */
static bool lay_out(struct image_file *f, int fd)
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
		if (!is_laid_out(f, p))
			continue;
		mmap(f->base + (begin - f->low), p->p_filesz + skip, PROT_READ,
		     MAP_PRIVATE | MAP_FIXED, fd, (off_t)(p->p_offset - skip));
	}
	return true;
}

/* The segment that was laid out and that all of it lies in; NULL: none. */
static const Elf64_Phdr *segment_of(const struct image_file *f, uint64_t address, uint64_t size)
{
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		if (is_laid_out(f, p) && address >= p->p_vaddr && size <= p->p_filesz &&
		    address - p->p_vaddr <= p->p_filesz - size)
			return p;
	}
	return NULL;
}

const unsigned char *image_file_at(const struct image_file *f, uint64_t address, uint64_t size)
{
	return f->base && segment_of(f, address, size) ? f->base + (address - f->low) : NULL;
}

/* Entries lie in the segment of their table. */
static void find_header(struct image_file *f)
{
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *h = &f->program[i];
		const Elf64_Phdr *s = h->p_type == PT_GNU_EH_FRAME && h->p_filesz
					  ? segment_of(f, h->p_vaddr, h->p_filesz)
					  : NULL;
		const uint8_t *header = s ? f->base + (h->p_vaddr - f->low) : NULL;
		if (!header || *header != 1) /* removed, but for its program header */
			continue;
		const uint8_t *low = f->base + (s->p_vaddr - f->low);
		f->frames =
		    (struct frame_table){header, header + h->p_filesz, low, low + s->p_filesz};
	}
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
		return segment_of(f, *address, *size) != NULL;
	}
	return false;
}

/* Where the linker made no index, one of ours, behind the file's addresses. */
static void make_index(struct image_file *f, int fd)
{
	uint64_t address, size;
	if (!find_frame(f, fd, &address, &size))
		return;
	struct frame_table t = {.low = f->base + (address - f->low)};
	t.high = t.low + size;
	size_t bytes = frame_index_size(&t);
	uint8_t *at = f->base + f->span - INDEX_ROOM;
	if (!bytes || bytes > INDEX_ROOM ||
	    mprotect(at, page_of(bytes + PAGE - 1), PROT_READ | PROT_WRITE) != 0)
		return;
	frame_index_make(at, &t);
	t.header = at;
	t.header_end = at + bytes;
	f->frames = t;
}

static void keep_section(struct image_file *f, const char *name, const Elf64_Shdr *s)
{
	static const char *const names[] = {".dynsym", ".dynstr",  ".rela.plt", ".rela.dyn",
					    ".plt",    ".plt.sec", ".plt.got"};
	struct image_section *to[] = {&f->symbols,  &f->names,	  &f->fills[0], &f->fills[1],
				      &f->stubs[0], &f->stubs[1], &f->stubs[2]};
	for (size_t k = 0; k < sizeof(to) / sizeof(*to); k++)
		if (!strcmp(name, names[k]) && image_file_at(f, s->sh_addr, s->sh_size))
			*to[k] = (struct image_section){image_file_at(f, s->sh_addr, s->sh_size),
							s->sh_size};
}

/* What the file says of other files' functions: two reads. */
static void read_sections(struct image_file *f, int fd)
{
	Elf64_Ehdr e;
	if (pread(fd, &e, sizeof(e), 0) != sizeof(e) || e.e_shentsize != sizeof(Elf64_Shdr) ||
	    !e.e_shnum || e.e_shstrndx >= e.e_shnum)
		return;
	size_t size = e.e_shnum * sizeof(Elf64_Shdr);
	Elf64_Shdr *s = sure(malloc(size));
	uint64_t length = 0;
	if (pread(fd, s, size, (off_t)e.e_shoff) == (ssize_t)size)
		length = s[e.e_shstrndx].sh_size;
	if (length && length < SECTION_NAMES_MAX) {
		char *names = sure(calloc(1, length + 1));
		if (pread(fd, names, length, (off_t)s[e.e_shstrndx].sh_offset) == (ssize_t)length)
			for (unsigned i = 0; i < e.e_shnum; i++)
				if (s[i].sh_name < length)
					keep_section(f, names + s[i].sh_name, &s[i]);
		free(names);
	}
	free(s);
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
		f->size = UINT64_MAX;
		find_header(f);
	}
}

static void load(struct image_file *f, int fd)
{
	if (!read_programs(f, fd) || !measure(f) || !lay_out(f, fd))
		return;
	find_header(f);
	if (!f->frames.header)
		make_index(f, fd);
	read_sections(f, fd);
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
		f->size = (uint64_t)st.st_size;
		f->next = *first;
		*first = f;
		if (vdso)
			load_vdso(f);
		else
			load(f, fd);
	}
	if (fd >= 0)
		close(fd);
	return f;
}

bool image_file_function(const struct image_file *f, uint64_t address, struct code_range *range)
{
	uint64_t shift = f->low - (uint64_t)f->base;
	if (!f->frames.header || !unwind_function_range(&f->frames, address - shift, range))
		return false;
	range->begin += shift;
	return true;
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
