#include "profiler/sched_poll.h"
#include "profiler/clock.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define INTERVAL_NS 50000000u
#define COST_SHARE 100u /* at most one part of the time in so many */

void sched_poll_open(struct sched_poll *p, struct ingest *ingest, struct store *store)
{
	*p = (struct sched_poll){.ingest = ingest,
				 .rows = store_rows_open(store, "sched_poll", 4, false)};
}

bool sched_poll_parse(const char *line, int64_t *on_ns, int64_t *ready_ns)
{
	char *end;
	*on_ns = strtoll(line, &end, 10);
	if (end == line || *end != ' ')
		return false;
	line = end;
	*ready_ns = strtoll(line, &end, 10);
	return end != line && *on_ns >= 0 && *ready_ns >= 0;
}

static bool ask(uint32_t pid, uint32_t tid, int64_t *on_ns, int64_t *ready_ns)
{
	char path[64], line[96];
	snprintf(path, sizeof(path), "/proc/%u/task/%u/schedstat", pid, tid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (length <= 0)
		return false;
	line[length] = 0;
	return sched_poll_parse(line, on_ns, ready_ns);
}

static void look(void *data, const struct thread_block *t)
{
	struct sched_poll *p = data;
	int64_t on_ns, ready_ns;
	if (!ask(t->head.pid, t->head.tid, &on_ns, &ready_ns))
		return;
	int64_t *row = store_rows_next(p->rows);
	row[0] = ingest_thread(p->ingest, t->head.process, t->head.tid);
	row[1] = p->ns;
	row[2] = on_ns;
	row[3] = ready_ns;
}

void sched_poll_look(struct sched_poll *p, const struct watch *watch, uint64_t monotonic_ns,
		     int64_t ns)
{
	if (monotonic_ns < p->next_ns)
		return;
	p->ns = ns;
	watch_live(watch, look, p);
	uint64_t pause = (clock_monotonic_ns() - monotonic_ns) * COST_SHARE;
	p->next_ns = monotonic_ns + (pause > INTERVAL_NS ? pause : INTERVAL_NS);
}

void sched_poll_close(struct sched_poll *p)
{
	store_rows_close(p->rows);
}
