#include "collectors/preload/elf_interp.h"
#include "collectors/log.h"
#include "collectors/preload/elf_needed.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/words.h"
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#define SCRIPT_LEVELS 4	    /* as many as the kernel follows */
#define SCRIPT_LINE_MAX 256 /* what the kernel reads of a script */
#define INTERPRETER_MAX 256

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#else
#define OWN_MACHINE EM_NONE
#endif
#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

/* The file that is looked at. next: the interpreter of a script, empty when there is none. */
struct image {
	int fd;
	struct stat stat;
	char next[SCRIPT_LINE_MAX];
	union {
		char text[SCRIPT_LINE_MAX + 1];
		ElfW(Ehdr) header;
	} head;
};

static bool read_at(int fd, void *room, size_t size, uint64_t offset)
{
	return KERNEL(pread64, fd, room, size, offset) == (long)size;
}

/* glibc's loaders: ld-linux*.so.N, ld64.so.N, ld.so.N; not ld-musl-*, ld-uClibc, linker64 */
static bool is_glibc_loader(const char *path)
{
	const char *base = words_base_name(path);
	return words_after(base, "ld-linux") || words_after(base, "ld64.so") ||
	       words_after(base, "ld.so");
}

static uint32_t judge_loader(int fd, uint64_t offset, uint64_t size)
{
	char loader[INTERPRETER_MAX];
	if (size == 0 || size > sizeof(loader) || !read_at(fd, loader, size, offset))
		return PRELOAD_UNKNOWN;
	loader[size - 1] = 0;
	return is_glibc_loader(loader) ? PRELOAD_KEPT : PRELOAD_OTHER_LIBC;
}

static uint32_t judge_elf(const struct image *image, const char *path)
{
	ElfW(Ehdr) h = image->head.header;
	if (h.e_ident[EI_CLASS] != OWN_CLASS ||
	    (OWN_MACHINE != EM_NONE && h.e_machine != OWN_MACHINE))
		return PRELOAD_OTHER_LIBC;
	for (unsigned i = 0; i < h.e_phnum; i++) {
		ElfW(Phdr) p;
		if (!read_at(image->fd, &p, sizeof(p), h.e_phoff + (uint64_t)i * h.e_phentsize))
			return PRELOAD_UNKNOWN;
		if (p.p_type != PT_INTERP)
			continue;
		uint32_t verdict = judge_loader(image->fd, p.p_offset, p.p_filesz);
		bool keep = verdict != PRELOAD_KEPT || !elf_needs_to_be_first(image->fd, &h);
		return keep ? verdict : PRELOAD_SANITIZER;
	}
	return is_glibc_loader(path) ? PRELOAD_KEPT : PRELOAD_STATIC;
}

/* Whether file bits change user or group at all: not on a nosuid mount, not without new privileges.
 */
static bool bits_count(int fd)
{
	struct statfs fs;
	return KERNEL(prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 &&
	       !(KERNEL(fstatfs, fd, &fs) == 0 && (fs.f_flags & ST_NOSUID));
}

/* What makes the kernel set AT_SECURE, in which the loader ignores LD_PRELOAD. */
static bool is_privileged(const struct image *image)
{
	mode_t mode = image->stat.st_mode;
	uid_t user = (uid_t)KERNEL(getuid, 0), new_user = (uid_t)KERNEL(geteuid, 0);
	gid_t group = (gid_t)KERNEL(getgid, 0), new_group = (gid_t)KERNEL(getegid, 0);
	bool set_user = mode & S_ISUID;
	bool set_group = (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
	if ((set_user || set_group) && bits_count(image->fd)) {
		new_user = set_user ? image->stat.st_uid : new_user;
		new_group = set_group ? image->stat.st_gid : new_group;
	}
	if (user != new_user || group != new_group)
		return true;
	return user != 0 && KERNEL(fgetxattr, image->fd, "security.capability", 0L, 0L) > 0 &&
	       bits_count(image->fd);
}

/* "#! interpreter argument" */
static void read_script(struct image *image)
{
	const char *from = image->head.text + 2;
	size_t n = 0;
	while (*from == ' ' || *from == '\t')
		from++;
	while (from[n] && from[n] != ' ' && from[n] != '\t' && from[n] != '\n')
		n++;
	words_copy(image->next, from, n);
}

static uint32_t judge(struct image *image, const char *path)
{
	char *text = image->head.text;
	long n = KERNEL(pread64, image->fd, text, (long)SCRIPT_LINE_MAX, 0L);
	if (n < 2)
		return PRELOAD_UNKNOWN;
	text[n] = 0;
	if (text[0] == '#' && text[1] == '!') {
		read_script(image);
		return PRELOAD_UNKNOWN;
	}
	if (n < (long)sizeof(image->head.header) || !words_equal(text, ELFMAG, SELFMAG))
		return PRELOAD_UNKNOWN;
	uint32_t verdict = judge_elf(image, path);
	return verdict == PRELOAD_KEPT && is_privileged(image) ? PRELOAD_PRIVILEGED : verdict;
}

/* Only regular files are opened: others have effects, and cannot be run anyway. */
static uint32_t look(struct image *image, int directory, const char *path, int flags)
{
	if (KERNEL(newfstatat, directory, path, &image->stat, flags) ||
	    !S_ISREG(image->stat.st_mode))
		return PRELOAD_UNKNOWN;
	bool is_open = (flags & AT_EMPTY_PATH) && !*path;
	image->fd = is_open ? directory
			    : (int)KERNEL(openat, directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (image->fd < 0)
		return PRELOAD_UNKNOWN;
	uint32_t verdict = judge(image, path);
	if (!is_open)
		KERNEL(close, image->fd);
	return verdict;
}

uint32_t elf_preload(int directory, const char *path, int flags)
{
	struct image image;
	int error = errno;
	image.next[0] = 0;
	uint32_t verdict = look(&image, directory, path, flags);
	for (int level = 0; image.next[0] && level < SCRIPT_LEVELS; level++) {
		char script[SCRIPT_LINE_MAX];
		words_copy(script, image.next, words_length(image.next, SCRIPT_LINE_MAX));
		image.next[0] = 0;
		verdict = look(&image, AT_FDCWD, script, 0);
	}
	errno = error;
	return verdict;
}
