#include "profiler/openings.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

void openings_watch(struct openings *o, const char *folder)
{
	o->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	/* equal events that follow each other become one: what is written tells two openings apart
	 */
	if (o->fd >= 0 && inotify_add_watch(o->fd, folder, IN_OPEN | IN_MODIFY) < 0)
		openings_close(o);
}

struct opened {
	unsigned times;
	char name[];
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct opened *)a)->name, ((const struct opened *)b)->name);
}

/* files: a tree of those that were opened before. */
static unsigned count_opening(void **files, const char *name)
{
	size_t length = strlen(name) + 1;
	struct opened *new = memory_new(1, sizeof(*new) + length), **kept;
	memcpy(new->name, name, length);
	kept = tsearch(new, files, compare);
	if (!kept)
		BUG("no memory for the name of a file");
	if (*kept != new)
		free(new);
	return ++(*kept)->times;
}

static bool is_opening(const struct inotify_event *e)
{
	return e->mask & IN_OPEN && !(e->mask & IN_ISDIR) && e->len;
}

bool openings_each(struct openings *o, openings_row *row, void *data)
{
	_Alignas(struct inotify_event) char buffer[16384];
	bool all = o->fd >= 0;
	void *files = NULL;
	ssize_t n;

	while (o->fd >= 0 && (n = read(o->fd, buffer, sizeof(buffer))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(buffer + at);
			if (e->mask & IN_Q_OVERFLOW)
				all = false;
			if (is_opening(e))
				row(data, e->name, count_opening(&files, e->name));
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	tdestroy(files, free);
	return all;
}

void openings_close(struct openings *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}
