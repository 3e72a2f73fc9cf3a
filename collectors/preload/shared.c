#include "collectors/preload/shared.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/words.h"
#include <errno.h>
#include <fcntl.h>

/* A line reader over a small buffer: the wrapper may run on a 16 KiB stack. */
struct lines {
	int fd;
	size_t begin, end;
	char buffer[1024];
};

/* The next line, terminated, cut to the buffer; NULL at the end. */
static const char *next_line(struct lines *l)
{
	for (;;) {
		for (size_t i = l->begin; i < l->end; i++) {
			if (l->buffer[i] != '\n')
				continue;
			l->buffer[i] = 0;
			const char *line = &l->buffer[l->begin];
			l->begin = i + 1;
			return line;
		}
		if (l->begin == 0 && l->end == sizeof(l->buffer))
			return NULL; /* longer than any line of the kernel's we look for */
		for (size_t i = l->begin; i < l->end; i++)
			l->buffer[i - l->begin] = l->buffer[i];
		l->end -= l->begin;
		l->begin = 0;
		ssize_t n = REAL(read)(l->fd, l->buffer + l->end, sizeof(l->buffer) - l->end);
		if (n <= 0)
			return NULL;
		l->end += (size_t)n;
	}
}

/* begin-end perms offset major:minor inode path */
struct mapping {
	uint64_t begin, end, offset, device, inode;
	const char *path;
};

static struct mapping parse(const char *line)
{
	struct mapping m = {0};
	m.begin = words_hex(&line);
	line += *line == '-';
	m.end = words_hex(&line);
	for (int spaces = 0; *line && spaces < 2; line++)
		spaces += *line == ' ';
	m.offset = words_hex(&line);
	line += *line == ' ';
	m.device = words_hex(&line) << 32;
	line += *line == ':';
	m.device |= words_hex(&line);
	line += *line == ' ';
	for (; *line >= '0' && *line <= '9'; line++)
		m.inode = m.inode * 10 + (uint64_t)(*line - '0');
	while (*line == ' ')
		line++;
	m.path = line;
	return m;
}

static void look(struct thread *t, struct lines *l, uint16_t hook, uint64_t object,
		 uint32_t generation)
{
	for (const char *line; (line = next_line(l));) {
		struct mapping m = parse(line);
		if (object < m.begin || object >= m.end)
			continue;
		if (m.inode)
			emit_shared(t, hook, object, generation, m.device, m.inode,
				    object - m.begin + m.offset, m.path);
		return;
	}
}

__attribute__((noinline)) void shared_emit(struct thread *t, uint16_t hook, uint64_t object,
					   uint32_t generation)
{
	if (process.sandboxed)
		return;
	int saved = errno;
	struct lines l = {.begin = 0, .end = 0};
	l.fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	if (l.fd >= 0) {
		look(t, &l, hook, object, generation);
		close(l.fd);
	}
	errno = saved;
}
