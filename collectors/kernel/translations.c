#include "collectors/kernel/translations.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096u
#define PAGES_READ 3
#define SOFT_DIRTY (1ull << 55) /* of a word of pagemap */

int translations_open(struct translations *t, int fd, uint64_t offset, uint64_t size)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return errno;
	*t = (struct translations){fd, offset, size, st.st_dev, st.st_ino};
	return 0;
}

/* "7f0c5a00000-7f0c5a01000 rw-s 00000000 00:01 123  /memfd:…", from the file's beginning? */
static bool maps_file(const struct translations *t, const char *line, uint64_t *at)
{
	unsigned long long begin, end, offset, inode;
	unsigned major, minor;
	if (sscanf(line, "%llx-%llx r%*s %llx %x:%x %llu", &begin, &end, &offset, &major, &minor,
		   &inode) != 6)
		return false;
	*at = begin;
	return inode == t->inode && makedev(major, minor) == t->device && offset == 0 &&
	       end - begin >= t->offset + t->size;
}

static uint64_t address_in(const struct translations *t, pid_t pid)
{
	char path[64], *line = NULL;
	size_t room = 0;
	uint64_t at = 0;
	bool found = false;
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	FILE *file = fopen(path, "re");
	while (file && !found && getline(&line, &room, file) > 0)
		found = maps_file(t, line, &at);
	free(line);
	if (file)
		fclose(file);
	return found ? at : 0;
}

/* Its memory is ours, not the target's: it may have none left. */
static int make_page(const struct translations *t, uint64_t offset)
{
	while (fallocate(t->fd, 0, (off_t)offset, PAGE) != 0)
		if (errno != EINTR)
			return errno;
	return 0;
}

int translations_reach(const struct translations *t, pid_t pid)
{
	const uint64_t page[PAGES_READ] = {t->offset, t->offset + t->size / PAGE / 2 * PAGE,
					   t->offset + t->size - PAGE};
	struct iovec there[PAGES_READ];
	char bytes[PAGES_READ];
	uint64_t at = address_in(t, pid);
	if (!at)
		return ENXIO;
	for (int i = 0; i < PAGES_READ; i++) {
		int error = make_page(t, page[i]);
		if (error)
			return error;
		there[i] = (struct iovec){(void *)(uintptr_t)(at + page[i]), 1};
	}
	struct iovec here = {bytes, sizeof(bytes)};
	ssize_t n = process_vm_readv(pid, &here, 1, there, PAGES_READ, 0);
	if (n < 0)
		return errno;
	return n == sizeof(bytes) ? 0 : EFAULT;
}

int translations_flush(const struct translations *t)
{
	while (fallocate(t->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)t->offset,
			 (off_t)t->size) != 0)
		if (errno != EINTR)
			return errno;
	return 0;
}

/* A new page that was written to is one that the kernel notes, if it notes any. */
static bool notes_writes(void)
{
	uint64_t word = SOFT_DIRTY;
	volatile char *page =
	    mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (page != MAP_FAILED && fd >= 0) {
		*page = 1;
		off_t at = (off_t)((uintptr_t)page / PAGE * sizeof(word));
		if (pread(fd, &word, sizeof(word), at) != sizeof(word))
			word = SOFT_DIRTY;
	}
	if (fd >= 0)
		close(fd);
	if (page != MAP_FAILED)
		munmap((void *)page, PAGE);
	return word & SOFT_DIRTY;
}

int translations_clear_refs(pid_t pid, char what)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/clear_refs", (int)pid);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	int error = write(fd, &what, 1) == 1 ? 0 : errno;
	close(fd);
	return error;
}

int translations_flush_alone(pid_t pid)
{
	static int notes = -1;
	if (notes < 0)
		notes = notes_writes();
	return notes ? ENOTSUP : translations_clear_refs(pid, '4');
}
