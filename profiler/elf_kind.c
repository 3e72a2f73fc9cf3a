#include "profiler/elf_kind.h"
#include "profiler/text.h"
#include <elf.h>
#include <gelf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SCRIPT_DEPTH 4 /* scripts run by scripts, as the kernel follows them */
#define INTERPRETER_MAX 4096

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ELF_DATA ELFDATA2LSB
#else
#define ELF_DATA ELFDATA2MSB
#endif
#if defined(__x86_64__)
#define ELF_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#elif defined(__riscv)
#define ELF_MACHINE EM_RISCV
#else
#define ELF_MACHINE 0 /* any */
#endif

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
	return offset < INT64_MAX && pread(fd, to, size, (off_t)offset) == (ssize_t)size;
}

/* AT_SECURE as the kernel will set it: the program gets rights that the caller has not. */
static bool is_privileged(int fd, const struct stat *st)
{
	if ((st->st_mode & S_ISUID) && st->st_uid != getuid())
		return true;
	if ((st->st_mode & S_ISGID) && (st->st_mode & S_IXGRP) && st->st_gid != getgid())
		return true;
	return getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

/* ld-linux-x86-64.so.2, ld-linux.so.2, ld64.so.1 …, but not ld-musl-x86_64.so.1 */
static bool is_glibc_loader(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	return !strncmp(name, "ld-linux", 8) || !strncmp(name, "ld64.so", 7) ||
	       !strncmp(name, "ld.so", 5);
}

static enum elf_kind kind_by_loader(int fd, const Elf64_Phdr *h)
{
	char loader[INTERPRETER_MAX];
	if (h->p_filesz == 0 || h->p_filesz >= sizeof(loader) ||
	    !read_at(fd, loader, h->p_filesz, h->p_offset))
		return ELF_KIND_NOT_ELF;
	loader[h->p_filesz] = 0;
	return is_glibc_loader(loader) ? ELF_KIND_WATCHABLE : ELF_KIND_OTHER_LIBC;
}

/* The first library it needs: the sanitizer's comes before all others. */
static bool is_sanitized(int fd)
{
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	const char *name = NULL;
	while (!name && (section = elf_nextscn(elf, section))) {
		Elf_Data *data;
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNAMIC ||
		    !(data = elf_getdata(section, NULL)))
			continue;
		GElf_Dyn d;
		for (int i = 0; !name && gelf_getdyn(data, i, &d) && d.d_tag != DT_NULL; i++)
			if (d.d_tag == DT_NEEDED)
				name = elf_strptr(elf, header.sh_link, d.d_un.d_val);
	}
	bool sanitized =
	    name && (!strncmp(name, "libasan.so", 10) || !strncmp(name, "libclang_rt.asan", 16));
	elf_end(elf);
	return sanitized;
}

static enum elf_kind kind_of_elf(int fd, const char *path)
{
	Elf64_Ehdr e;
	if (!read_at(fd, &e, sizeof(e), 0))
		return ELF_KIND_NOT_ELF;
	if (e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != ELF_DATA ||
	    (ELF_MACHINE && e.e_machine != ELF_MACHINE))
		return ELF_KIND_OTHER_MACHINE;
	for (unsigned i = 0; i < e.e_phnum; i++) {
		Elf64_Phdr h;
		if (e.e_phentsize != sizeof(h) ||
		    !read_at(fd, &h, sizeof(h), e.e_phoff + (uint64_t)i * sizeof(h)))
			return ELF_KIND_NOT_ELF;
		if (h.p_type != PT_INTERP)
			continue;
		enum elf_kind kind = kind_by_loader(fd, &h);
		return kind == ELF_KIND_WATCHABLE && is_sanitized(fd) ? ELF_KIND_SANITIZER : kind;
	}
	/* the loader started by hand runs a program as usual */
	return is_glibc_loader(path) ? ELF_KIND_WATCHABLE : ELF_KIND_STATIC;
}

/* The word behind "#!", or NULL. */
static char *script_interpreter(const char *head)
{
	if (strncmp(head, "#!", 2) != 0)
		return NULL;
	head += 2 + strspn(head + 2, " \t");
	size_t length = strcspn(head, " \t\n\r");
	if (!length)
		return NULL;
	char *word = memory_new(length + 1, 1);
	return memcpy(word, head, length);
}

static enum elf_kind kind_of_file(const char *path, char **script)
{
	struct stat st;
	char head[260] = "";
	enum elf_kind kind = ELF_KIND_NOT_ELF;
	*script = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return ELF_KIND_UNREADABLE;
	ssize_t n =
	    fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? pread(fd, head, sizeof(head) - 1, 0) : -1;
	if (n < 0)
		kind = ELF_KIND_UNREADABLE;
	else if (!memcmp(head, ELFMAG, SELFMAG))
		kind = is_privileged(fd, &st) ? ELF_KIND_PRIVILEGED : kind_of_elf(fd, path);
	else
		*script = script_interpreter(head);
	close(fd);
	return kind;
}

enum elf_kind elf_kind_of(const char *path, char **interpreter)
{
	char *at = memory_copy(path), *next;
	enum elf_kind kind = kind_of_file(at, &next);
	for (int depth = 0; next; depth++) {
		free(at);
		at = next;
		next = NULL;
		if (depth < SCRIPT_DEPTH)
			kind = kind_of_file(at, &next);
	}
	*interpreter = at;
	return kind;
}

static const struct {
	const char *name, *reason;
	bool breaks;
} kinds[] = {
    [ELF_KIND_WATCHABLE] = {"watchable", NULL, false},
    [ELF_KIND_STATIC] = {"statically linked", "is statically linked: its locks cannot be seen",
			 false},
    [ELF_KIND_OTHER_LIBC] = {"not linked with glibc",
			     "is not linked with glibc: its locks cannot be seen", true},
    [ELF_KIND_OTHER_MACHINE] =
	{"built for another machine",
	 "is built for another machine or word size: its locks cannot be seen", true},
    [ELF_KIND_PRIVILEGED] = {"runs with other rights",
			     "runs with rights of its own (set-uid, set-gid or file capabilities), "
			     "so the system does not let it be watched",
			     false},
    [ELF_KIND_SANITIZER] = {"built with AddressSanitizer",
			    "is built with AddressSanitizer, which ends a program in which another "
			    "library comes first: its locks cannot be seen",
			    true},
    [ELF_KIND_NOT_ELF] = {"not an ELF file", NULL, false},
    [ELF_KIND_UNREADABLE] = {"not readable", NULL, false},
};

const char *elf_kind_reason(enum elf_kind kind)
{
	return kinds[kind].reason;
}

const char *elf_kind_name(enum elf_kind kind)
{
	return kinds[kind].name;
}

bool elf_kind_breaks(enum elf_kind kind)
{
	return kinds[kind].breaks;
}
