#include <string.h>
#include <sys/wait.h>

#include "profiler/ingest_state.h"
#include "profiler/text.h"

static const char *const endings[] = {
    [PROCESS_RUNNING] = "running",
    [PROCESS_EXITED] = "exit",
    [PROCESS_EXECED] = "exec",
    [PROCESS_KILLED] = "killed",
};

struct process_entry *process_get(struct ingest *in, uint32_t number)
{
	bool fresh;
	struct process_entry *e = hash_put(&in->processes, number, 0, &fresh);

	if (fresh) {
		*e = (struct process_entry){.image = number};
		SQL_RUN(in, PROCESS_ADD, number, 0);
		in->count.processes++;
	}
	return e;
}

/* What is known of a pid: NULL for 0. Valid until the next call. */
static struct pid_entry *pid_get(struct ingest *in, uint32_t pid)
{
	bool fresh;

	return pid ? hash_put(&in->pids, pid, 0, &fresh) : NULL;
}

/* The number of the newest process with that pid, 0: none. */
static uint32_t process_of_pid(struct ingest *in, uint32_t pid)
{
	struct pid_entry *e = pid_get(in, pid);

	return e ? e->number : 0;
}

/* It was over at that time, or before. */
static void process_was_over(struct ingest *in, uint32_t number, uint64_t ticks)
{
	struct process_entry *e = process_get(in, number);

	if (!e->over || e->over > ticks)
		e->over = ticks;
}

static void threads_of_process_end(struct ingest *in, uint32_t number, int64_t ns, const char *how)
{
	struct query *q = SQL(in, PROCESS_THREADS, number, ns);

	query_bind_text(q, 3, how);
	query_run(q);
}

static void process_close(struct ingest *in, uint32_t number, enum process_ended ended, int status,
			  int64_t ns)
{
	struct query *q =
	    SQL(in, PROCESS_GONE, number, ns, status < 0 ? STORE_NULL : (int64_t)status);

	query_bind_text(q, 4, endings[ended]);
	query_run(q);
	threads_of_process_end(in, number, ns, ended == PROCESS_KILLED ? "killed" : "process");
}

/*
 * Who made this process, and how. Without a fork that we saw, a process with the same pid that was
 * not over by then has become this one by exec; else the parent spawned it. The logs of different
 * processes come in any order: only their times tell.
 */
static uint32_t find_parent(struct ingest *in, uint32_t number, const struct log_process_start *r,
			    const char **origin)
{
	uint32_t before = process_of_pid(in, r->pid), parent;

	while (before && process_get(in, before)->began > r->time)
		before = process_get(in, before)->before;
	if (r->forked) {
		*origin = "fork";
		return r->parent_process;
	}
	if (before && before != number) {
		uint64_t over = process_get(in, before)->over;
		if (!over || over > r->time) {
			*origin = "exec";
			return before;
		}
	}
	parent = process_of_pid(in, r->parent);
	*origin = parent ? "spawn" : "start";
	return parent == number ? 0 : parent;
}

static void process_execed(struct ingest *in, uint32_t number, uint64_t ticks)
{
	int64_t ns = ingest_time(in, ticks);

	query_run(SQL(in, PROCESS_EXECED, number, ns));
	threads_of_process_end(in, number, ns, "process");
}

/* The oldest image of this pid that began after `began` and was not forked: what became of the
 * process that began then, and whose log comes late. 0: nothing. */
static uint32_t find_later_image(struct ingest *in, uint32_t pid, uint64_t began)
{
	uint32_t number = process_of_pid(in, pid), found = 0;

	while (number && process_get(in, number)->began > began) {
		found = number;
		number = process_get(in, number)->before;
	}
	return found && !process_get(in, found)->forked ? found : 0;
}

static void process_reaped(struct ingest *in, uint32_t number, const struct pid_entry *e)
{
	struct query *q = SQL(in, PROCESS_REAPED, number, ingest_time(in, e->reaped), e->status);

	query_bind_text(q, 4, WIFSIGNALED(e->status) ? "killed" : "exit");
	query_run(q);
}

/* Its own end, when its parent's log came first. */
static void process_apply_reaped(struct ingest *in, uint32_t number, uint32_t pid, uint64_t began)
{
	struct pid_entry *p = pid_get(in, pid);

	if (!p)
		return;
	p->number = number;
	if (p->reaped > began) {
		process_reaped(in, number, p);
		process_was_over(in, number, p->reaped);
	}
}

void process_started(struct ingest *in, struct writer *w, const struct log_process_start *r)
{
	int64_t ns = ingest_time(in, r->time);
	const char *origin;
	uint32_t parent = find_parent(in, w->process, r, &origin);
	uint32_t later = find_later_image(in, r->pid, r->time);
	bool execed = strcmp(origin, "exec") == 0;
	struct query *q;

	if (r->forked && parent && parent != w->process)
		w->image = process_get(in, parent)->image;
	if (execed)
		process_execed(in, parent, r->time);
	*process_get(in, w->process) = (struct process_entry){.image = w->image,
							      .pid = r->pid,
							      .began = r->time,
							      .started = true,
							      .before = execed ? parent : 0,
							      .forked = r->forked};
	q = SQL(in, PROCESS_START, w->process, r->pid, r->parent, parent ? parent : STORE_NULL,
		w->image, ns);
	query_bind_text(q, 7, origin);
	query_bind_text(q, 8, r->path);
	query_run(q);
	if (!later) {
		process_apply_reaped(in, w->process, r->pid, r->time);
		return;
	}
	process_get(in, later)->before = w->process;
	query_run(SQL(in, PROCESS_FROM, later, w->process));
	process_execed(in, w->process, process_get(in, later)->began);
}

void process_command(struct ingest *in, const struct writer *w, const struct log_command *r)
{
	char *text = memory_copy(r->text), *c;
	struct query *q = SQL(in, PROCESS_COMMAND, w->process);

	for (c = text; *c; c++)
		if (*c == 1)
			*c = ' ';
	while (c > text && c[-1] == ' ')
		*--c = 0;
	query_bind_text(q, 2, text);
	query_run(q);
	free(text);
}

void process_child_exit(struct ingest *in, const struct log_child_exit *r)
{
	struct pid_entry *p = pid_get(in, r->pid);

	if (!p)
		return;
	p->reaped = r->time;
	p->status = r->status;
	if (p->number && process_get(in, p->number)->began < r->time) {
		process_reaped(in, p->number, p);
		process_was_over(in, p->number, r->time);
	}
}

void process_end(struct ingest *in, const struct writer *w, const struct log_process_end *r)
{
	int64_t status = r->status < 0 ? STORE_NULL : (int64_t)(r->status & 0xff) << 8;
	struct query *q = SQL(in, PROCESS_END, w->process, ingest_time(in, r->time), status);

	query_bind_text(q, 4, "exit");
	query_run(q);
	process_was_over(in, w->process, r->time);
}

/* The recorder looks at the kernel after the time it gives: a process it finds gone by then may
 * have become another, short one meanwhile. Pids do not come again that soon. */
#define LOOK_TICKS (1ull << 31)

void ingest_process_gone(struct ingest *in, uint32_t number, enum process_ended ended, int status,
			 uint64_t ticks)
{
	process_get(in, number);
	process_close(in, number, ended, status, ingest_time(in, ticks));
	if (ended != PROCESS_EXECED)
		process_was_over(in, number, ticks + LOOK_TICKS);
}

/* Of the image: who forks shares its parent's addresses. */
void process_module(struct ingest *in, const struct writer *w, const struct log_module *r)
{
	const char *path = strchr(r->path, ' ');
	struct text build_id = {0};
	struct query *q =
	    SQL(in, MODULE_ADD, w->image, (int64_t)r->bias, (int64_t)r->begin, (int64_t)r->end);

	if (path && strncmp(r->path, "- ", 2) != 0)
		text_add_bytes(&build_id, r->path, (size_t)(path - r->path));
	query_bind_text(q, 5, path ? path + 1 : r->path);
	query_bind_text(q, 6, build_id.length ? text_string(&build_id) : NULL);
	query_run(q);
	text_free(&build_id);
}
