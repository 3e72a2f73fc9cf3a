#include "collectors/kernel/touched_memory.h"
#include "collectors/kernel/translations.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PRICE_PAGES 64u
#define PRICE_USUAL_NS 400u
#define FILE_SHARE 4	   /* 1 in so many: the kernel maps 16 of a file when one is touched */
#define CODE_FILES_MAX 512 /* more than that: their read-only data count as touched data */

static FILE *proc_file(pid_t pid, const char *name)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

int touched_memory_clear(pid_t pid)
{
	return translations_clear_refs(pid, '1');
}

uint64_t touched_memory_guess(pid_t pid)
{
	FILE *file = proc_file(pid, "statm");
	unsigned long long size, resident = 0, shared = 0;
	if (file && fscanf(file, "%llu %llu %llu", &size, &resident, &shared) != 3)
		resident = shared = 0;
	if (file)
		fclose(file);
	return (resident - shared + shared / FILE_SHARE) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A mapping: its lines are summed up here until its file is known to have code, or not. */
struct part {
	char inode[24];
	uint64_t touched;
};

struct smaps {
	struct touched_memory *sum;
	struct part *parts; /* of files */
	size_t count, room;
	char code[CODE_FILES_MAX][24]; /* inodes */
	int code_count;
	bool of_file;
};

static bool has_code(const struct smaps *s, const char *inode)
{
	for (int i = 0; i < s->code_count; i++)
		if (!strcmp(s->code[i], inode))
			return true;
	return false;
}

/* "55d0c5a00000-55d0c5a01000 r-xp 00000000 fe:01 123  /path" */
static void begin_mapping(struct smaps *s, const char *line)
{
	char rights[8], inode[24];
	s->of_file = sscanf(line, "%*s %7s %*s %*s %23s", rights, inode) == 2 && strcmp(inode, "0");
	if (!s->of_file)
		return;
	if (strchr(rights, 'x') && s->code_count < CODE_FILES_MAX && !has_code(s, inode))
		strcpy(s->code[s->code_count++], inode);
	if (s->count == s->room) {
		s->room = s->room * 2 + 64;
		s->parts = realloc(s->parts, s->room * sizeof(*s->parts));
		if (!s->parts)
			abort();
	}
	strcpy(s->parts[s->count].inode, inode);
	s->parts[s->count++].touched = 0;
}

static void take_line(struct smaps *s, const char *line)
{
	char name[32];
	unsigned long long kilobytes;
	if (sscanf(line, "%31[A-Za-z_]: %llu kB", name, &kilobytes) != 2) {
		if (strchr("0123456789abcdef", line[0]))
			begin_mapping(s, line);
		return;
	}
	uint64_t bytes = kilobytes * 1024;
	if (!strcmp(name, "Referenced"))
		s->sum->referenced += bytes;
	if (!strcmp(name, "Rss"))
		s->sum->rss += bytes;
	else if (!strcmp(name, "Pss"))
		s->sum->pss += bytes;
	else if (!strcmp(name, "AnonHugePages"))
		s->sum->huge += bytes;
	else if (!strcmp(name, "Referenced") && s->of_file)
		s->parts[s->count - 1].touched += bytes;
	else if (!strcmp(name, "Referenced"))
		s->sum->touched += bytes;
}

static uint32_t threads_of(pid_t pid)
{
	char path[64];
	struct stat st;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	return stat(path, &st) == 0 && st.st_nlink > 2 ? (uint32_t)st.st_nlink - 2 : 1;
}

int touched_memory_read(pid_t pid, uint64_t ours, struct touched_memory *sum)
{
	FILE *file = proc_file(pid, "smaps");
	char *line = NULL;
	size_t room = 0;
	if (!file)
		return errno;
	struct smaps *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	*sum = (struct touched_memory){.threads = threads_of(pid)};
	s->sum = sum;
	snprintf(s->code[s->code_count++], sizeof(*s->code), "%llu", (unsigned long long)ours);
	while (getline(&line, &room, file) > 0)
		take_line(s, line);
	for (size_t i = 0; i < s->count; i++)
		if (!has_code(s, s->parts[i].inode))
			sum->touched += s->parts[i].touched;
	free(line);
	free(s->parts);
	free(s);
	fclose(file);
	return sum->rss ? 0 : ESRCH; /* a process that ends has no mappings left */
}

static uint64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t touch_all(volatile char *memory, size_t page)
{
	uint64_t begin = cpu_ns();
	for (size_t i = 0; i < PRICE_PAGES; i++)
		memory[i * page]++;
	return cpu_ns() - begin;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* MADV_COLD clears the bits of our own pages, with all that belongs to it. */
static uint64_t price_of(volatile char *memory, size_t page)
{
	uint64_t turn[3];
	touch_all(memory, page);
	for (size_t i = 0; i < sizeof(turn) / sizeof(*turn); i++) {
		if (madvise((void *)memory, PRICE_PAGES * page, MADV_COLD) != 0)
			return PRICE_USUAL_NS;
		turn[i] = touch_all(memory, page);
	}
	qsort(turn, sizeof(turn) / sizeof(*turn), sizeof(*turn), by_value);
	return turn[1] / PRICE_PAGES + 1;
}

uint64_t touched_memory_price_ns(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = PRICE_PAGES * page;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return PRICE_USUAL_NS;
	madvise(memory, size, MADV_NOHUGEPAGE);
	uint64_t price = price_of(memory, page);
	munmap(memory, size);
	return price;
}
