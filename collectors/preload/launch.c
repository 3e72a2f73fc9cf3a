#include "collectors/preload/launch.h"
#include "collectors/log.h"
#include "collectors/preload/elf_interp.h"
#include "collectors/preload/environment.h"
#include "collectors/preload/kernel.h"
#include "collectors/preload/vfork.h"
#include "collectors/preload/words.h"
#include <fcntl.h>
#include <sys/stat.h>

static void build(struct launch *l, char *const envp[])
{
	size_t size = environment_size(envp);
	if (!size)
		return;
	void *room = l->room;
	if (size > sizeof(l->room)) {
		room = l->page = kernel_pages(size);
		l->size = size;
		vfork_child_owns(l->page, size);
	}
	if (room)
		l->envp = environment_carry(envp, room);
	else
		l->preload = PRELOAD_UNREACHABLE;
}

void launch_begin(struct launch *l, int directory, const char *path, int flags, char *const envp[])
{
	int error = errno;
	real_ready();
	l->envp = envp;
	l->page = NULL;
	l->preload = PRELOAD_UNREACHABLE;
	if (environment_can_carry())
		l->preload = elf_preload(directory, path, flags);
	if (l->preload == PRELOAD_KEPT || l->preload == PRELOAD_UNKNOWN)
		build(l, envp);
	errno = error;
}

void launch_end(struct launch *l)
{
	int error = errno;
	if (l->page)
		KERNEL(munmap, l->page, l->size);
	vfork_child_owns(NULL, 0);
	errno = error;
}

static const char *search_path(void)
{
	for (char **e = environ; e && *e; e++) {
		const char *value = words_after(*e, "PATH=");
		if (value)
			return value;
	}
	return "/bin:/usr/bin"; /* glibc's _CS_PATH */
}

static bool can_run(const char *path)
{
	struct stat stat;
	return KERNEL(newfstatat, AT_FDCWD, path, &stat, 0) == 0 && S_ISREG(stat.st_mode) &&
	       KERNEL(faccessat, AT_FDCWD, path, X_OK) == 0;
}

/* An empty directory in the list is the current one. */
static bool join(char room[LAUNCH_PATH_MAX], const char *folder, size_t length, const char *file)
{
	size_t file_length = words_length(file, LAUNCH_PATH_MAX);
	if (length + 1 + file_length >= LAUNCH_PATH_MAX)
		return false;
	words_copy(room, folder, length);
	if (length)
		room[length++] = '/';
	words_copy(room + length, file, file_length);
	return true;
}

const char *launch_search(const char *file, char room[LAUNCH_PATH_MAX])
{
	int error = errno;
	const char *found = file;
	if (!file || !*file || words_base_name(file) != file)
		return file;
	real_ready();
	for (const char *folder = search_path(); found == file;) {
		size_t length = 0;
		while (folder[length] && folder[length] != ':')
			length++;
		if (join(room, folder, length, file) && can_run(room))
			found = room;
		if (!folder[length])
			break;
		folder += length + 1;
	}
	errno = error;
	return found;
}
