#include "profiler/jitmap.h"
#include "profiler/store.h"
#include "profiler/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add(struct jitmap *m, char *line)
{
	char *at;
	uint64_t begin = strtoull(line, &at, 16), size = 0;
	if (at != line && *at == ' ')
		size = strtoull(at, &at, 16);
	if (!size || *at != ' ' || begin + size < begin)
		return;
	at[strcspn(at, "\n")] = 0;
	if (m->count == m->room) {
		m->room = m->room * 2 + 256;
		m->function = memory_grow(m->function, m->room, sizeof(*m->function));
	}
	m->function[m->count] =
	    (struct jit_function){begin, begin + size, m->count, memory_copy(at + 1)};
	m->count++;
}

static int by_begin(const void *left, const void *right)
{
	const struct jit_function *a = left, *b = right;
	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

int jitmap_read(struct jitmap *m, const char *path, int64_t not_before)
{
	struct stat st;
	char *line = NULL;
	size_t room = 0;
	FILE *file = fopen(path, "re");
	*m = (struct jitmap){0};
	if (!file)
		return -1;
	if (fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode) || st.st_mtime < not_before) {
		fclose(file);
		return -1;
	}
	while (getline(&line, &room, file) >= 0)
		add(m, line);
	free(line);
	fclose(file);
	if (m->count)
		qsort(m->function, m->count, sizeof(*m->function), by_begin);
	return 0;
}

void jitmap_free(struct jitmap *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->function[i].name);
	free(m->function);
	*m = (struct jitmap){0};
}

const char *jitmap_find(const struct jitmap *m, uint64_t address)
{
	size_t low = 0, high = m->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (m->function[middle].begin <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < m->function[low - 1].end ? m->function[low - 1].name : NULL;
}

/* An address of code is one behind what it stands for. */
static int resolve(struct store *s, const struct jitmap *m, int64_t process)
{
	struct query *q = store_query(s, "SELECT id, address FROM code WHERE process = ?1 "
					 "AND module IS NULL");
	struct query *insert =
	    store_query(s, "INSERT OR REPLACE INTO code_line (code, depth, function, "
			   "runtime) VALUES (?1, 0, ?2, 0)");
	query_bind_int(q, 1, process);
	while (query_step(q)) {
		const char *name = jitmap_find(m, (uint64_t)query_int(q, 1) - 1);
		if (!name)
			continue;
		query_bind_int(insert, 1, query_int(q, 0));
		query_bind_text(insert, 2, name);
		query_run(insert);
	}
	int result = query_failed(q) || query_failed(insert) ? -1 : 0;
	query_close(q);
	query_close(insert);
	return result;
}

int jitmaps_resolve(struct store *s)
{
	int64_t started = store_run_int(s, "started_unix_ns", 0) / 1000000000 - 1;
	struct query *q = store_query(s, "SELECT DISTINCT p.id, p.pid FROM process p JOIN code c "
					 "ON c.process = p.id WHERE c.module IS NULL");
	int result = 0;
	while (!result && query_step(q)) {
		char path[64];
		struct jitmap map;
		snprintf(path, sizeof(path), "/tmp/perf-%lld.map", (long long)query_int(q, 1));
		if (jitmap_read(&map, path, started) == 0)
			result = resolve(s, &map, query_int(q, 0));
		jitmap_free(&map);
	}
	result = query_failed(q) ? -1 : result;
	query_close(q);
	return result;
}
