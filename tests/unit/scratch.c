#include "tests/unit/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void catch_messages(struct scratch *s)
{
	char path[96];
	int fd;
	snprintf(path, sizeof(path), "%s/said", s->folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

void scratch_begin(struct scratch *s)
{
	const char *base = getenv("TMPDIR");
	snprintf(s->folder, sizeof(s->folder), "%.40s/parprof-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(s->folder))
		abort();
	snprintf(s->path, sizeof(s->path), "%s/t.db", s->folder);
	s->error_output = dup(STDERR_FILENO);
	catch_messages(s);
}

const char *scratch_said(struct scratch *s)
{
	ssize_t n;
	fflush(stderr);
	lseek(STDERR_FILENO, 0, SEEK_SET);
	n = read(STDERR_FILENO, s->said, sizeof(s->said) - 1);
	s->said[n > 0 ? n : 0] = 0;
	catch_messages(s);
	return s->said;
}

void scratch_end(struct scratch *s)
{
	DIR *d = opendir(s->folder);
	struct dirent *e;
	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	rmdir(s->folder);
	fflush(stderr);
	dup2(s->error_output, STDERR_FILENO);
	close(s->error_output);
}
