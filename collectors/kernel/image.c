#include "collectors/kernel/image.h"
#include "collectors/preload/unwind.h"
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_SIZE 16384u
#define SPAN_MAX (1ull << 32) /* of one file's addresses */
#define PAGE 4096u

struct image_file {
	struct image_file *next;
	dev_t device;
	ino_t inode;
	unsigned char *base;   /* of its addresses, here; NULL: not readable, not ELF */
	uint64_t low, span;    /* of its addresses */
	const uint8_t *header; /* .eh_frame_hdr, NULL: none */
	Elf64_Phdr *program;
	unsigned programs;
	char path[];
};

static void *sure(void *at)
{
	if (!at)
		abort();
	return at;
}

void image_files_init(struct image_files *f)
{
	*f = (struct image_files){.cache = sure(calloc(CACHE_SIZE, sizeof(*f->cache)))};
}

void image_files_free(struct image_files *f)
{
	for (struct image_file *file = f->first, *next; file; file = next) {
		next = file->next;
		if (file->base && file->inode)
			munmap(file->base, file->span);
		free(file->program);
		free(file);
	}
	free(f->cache);
	*f = (struct image_files){0};
}

const char *image_file_path(const struct image_file *f)
{
	return f->path;
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
	f->span = high > f->low ? page_of(high - f->low + PAGE - 1) : 0;
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
static const uint8_t *find_header(const struct image_file *f)
{
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *h = &f->program[i];
		if (h->p_type != PT_GNU_EH_FRAME)
			continue;
		for (unsigned k = 0; k < f->programs; k++) {
			const Elf64_Phdr *p = &f->program[k];
			if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) &&
			    h->p_vaddr >= p->p_vaddr &&
			    h->p_vaddr + h->p_filesz <= p->p_vaddr + p->p_filesz)
				return f->base + (h->p_vaddr - f->low);
		}
	}
	return NULL;
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
	if (read_programs(f, fd) && measure(f) && lay_out(f, fd, size))
		f->header = find_header(f);
}

static const struct image_file *file_get(struct image_files *files, const char *path)
{
	struct stat st = {0};
	bool vdso = !strcmp(path, "[vdso]");
	int fd = vdso || *path != '/' ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (!vdso && (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	struct image_file *f = files->first;
	while (f && (f->device != st.st_dev || f->inode != st.st_ino))
		f = f->next;
	if (!f) {
		f = sure(calloc(1, sizeof(*f) + strlen(path) + 1));
		strcpy(f->path, path);
		f->device = st.st_dev;
		f->inode = st.st_ino;
		f->next = files->first;
		files->first = f;
		if (vdso)
			load_vdso(f);
		else
			load(f, fd, (uint64_t)st.st_size);
	}
	if (fd >= 0)
		close(fd);
	return f;
}

/* By the segment that the mapping is of. */
static uint64_t bias_of(const struct image_file *f, const struct happening *h)
{
	for (unsigned i = 0; f && i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		if (p->p_type == PT_LOAD && h->offset >= page_of(p->p_offset) &&
		    h->offset < p->p_offset + p->p_filesz)
			return h->address - h->offset + p->p_offset - p->p_vaddr;
	}
	return h->address - h->offset;
}

const struct image_map *image_add(struct image *image, struct image_files *files,
				  const struct happening *h)
{
	const struct image_file *f = file_get(files, h->text);
	struct image_map new = {h->address, h->address + h->length, bias_of(f, h), f};
	size_t kept = 0;
	for (size_t i = 0; i < image->count; i++) {
		struct image_map m = image->map[i];
		if (m.begin < new.begin && m.end > new.begin)
			m.end = new.begin;
		else if (m.begin >= new.begin && m.begin < new.end)
			m.begin = new.end < m.end ? new.end : m.end;
		if (m.begin < m.end)
			image->map[kept++] = m;
	}
	image->count = kept;
	if (image->count == image->room) {
		image->room = image->room * 2 + 16;
		image->map = sure(realloc(image->map, image->room * sizeof(*image->map)));
	}
	image->map[image->count] = new;
	return &image->map[image->count++];
}

void image_copy(struct image *to, const struct image *from)
{
	*to = (struct image){.count = from->count, .room = from->count};
	if (from->count) {
		to->map = sure(malloc(from->count * sizeof(*to->map)));
		memcpy(to->map, from->map, from->count * sizeof(*to->map));
	}
}

void image_clear(struct image *image)
{
	free(image->map);
	*image = (struct image){0};
}

const struct image_map *image_find(const struct image *image, uint64_t address)
{
	for (size_t i = image->count; i-- > 0;)
		if (address - image->map[i].begin < image->map[i].end - image->map[i].begin)
			return &image->map[i];
	return NULL;
}

struct copy {
	uint64_t begin, end;
	const unsigned char *bytes;
};

static bool read_copy(const void *data, uint64_t at, uint64_t *word)
{
	const struct copy *c = data;
	if (at < c->begin || at + 8 > c->end || at + 8 < at)
		return false;
	memcpy(word, c->bytes + (at - c->begin), 8);
	return true;
}

static struct rule rule_at(const struct image *image, struct image_files *files, uint64_t pc)
{
	const struct image_map *m = image_find(image, pc);
	struct rule rule = {.kind = RULE_NONE};
	if (!m || !m->file || !m->file->header)
		return rule;
	uint64_t here = pc - m->bias - m->file->low + (uint64_t)m->file->base, word;
	size_t at = here * 0x9e3779b97f4a7c15ull >> 50;
	if (files->cache[at].key == here) {
		memcpy(&rule, &files->cache[at].rule, sizeof(rule));
		return rule;
	}
	rule = unwind_parse(m->file->header, here);
	memcpy(&word, &rule, sizeof(word));
	files->cache[at].key = here;
	files->cache[at].rule = word;
	return rule;
}

/* Code that was made at run time has no rules, but often a chain of frame pointers. */
static bool step_by_pointers(struct registers *r, const struct copy *c)
{
	uint64_t fp = r->fp;
	if (fp < r->sp || !read_copy(c, fp + 8, &r->pc) || !read_copy(c, fp, &r->fp))
		return false;
	r->sp = fp + 16;
	r->exact = false;
	return r->pc != 0;
}

static bool step(const struct image *image, struct image_files *files, struct registers *r,
		 const struct copy *c)
{
	struct rule rule = rule_at(image, files, r->exact ? r->pc : r->pc - 1);
	if (rule.kind == RULE_NONE)
		return step_by_pointers(r, c) && image_find(image, r->pc - 1);
	return unwind_step(r, rule, read_copy, c);
}

size_t image_walk(const struct image *image, struct image_files *files, const struct happening *h,
		  uint64_t *frame, size_t room)
{
	struct registers r = {h->pc, h->sp, h->fp, true};
	struct copy c = {h->sp, h->sp + (h->stack ? h->length : 0), h->stack};
	size_t depth = 0;
	if (!h->pc)
		return 0;
	do
		frame[depth++] = r.pc + r.exact;
	while (depth < room && step(image, files, &r, &c));
	return depth;
}
