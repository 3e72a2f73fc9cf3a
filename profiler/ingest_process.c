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

/* The number of the newest process with that pid, 0: none. */
static uint32_t process_of_pid(struct ingest *in, uint32_t pid)
{
	uint32_t *number = pid ? hash_get(&in->pids, pid, 0) : NULL;

	return number ? *number : 0;
}

static void set_pid(struct ingest *in, uint32_t pid, uint32_t number)
{
	bool fresh;

	if (pid)
		*(uint32_t *)hash_put(&in->pids, pid, 0, &fresh) = number;
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
	process_get(in, number)->gone = true;
}

/* Who made this process, and how. Without a fork that we saw, an unfinished process with the same
 * pid has become this one by exec; else the parent spawned it. */
static uint32_t find_parent(struct ingest *in, uint32_t number, const struct log_process_start *r,
			    const char **origin)
{
	uint32_t before = process_of_pid(in, r->pid), parent;

	if (r->forked) {
		*origin = "fork";
		return r->parent_process;
	}
	if (before && before != number && !process_get(in, before)->gone) {
		*origin = "exec";
		return before;
	}
	parent = process_of_pid(in, r->parent);
	*origin = parent ? "spawn" : "start";
	return parent == number ? 0 : parent;
}

void process_started(struct ingest *in, struct writer *w, const struct log_process_start *r)
{
	int64_t ns = ingest_time(in, r->time);
	const char *origin;
	uint32_t parent = find_parent(in, w->process, r, &origin);
	struct process_entry *e;
	struct query *q;

	if (r->forked && parent && parent != w->process)
		w->image = process_get(in, parent)->image;
	if (strcmp(origin, "exec") == 0)
		process_close(in, parent, PROCESS_EXECED, -1, ns);
	e = process_get(in, w->process);
	*e = (struct process_entry){.image = w->image, .pid = r->pid, .started = true};
	set_pid(in, r->pid, w->process);
	q = SQL(in, PROCESS_START, w->process, r->pid, r->parent, parent ? parent : STORE_NULL,
		w->image, ns);
	query_bind_text(q, 7, origin);
	query_bind_text(q, 8, r->path);
	query_run(q);
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
	uint32_t number = process_of_pid(in, r->pid);
	struct query *q;

	if (!number)
		return;
	q = SQL(in, PROCESS_END, number, STORE_NULL, r->status);
	query_bind_text(q, 4, WIFSIGNALED(r->status) ? "killed" : "exit");
	query_run(q);
	process_get(in, number)->gone = true;
}

void process_end(struct ingest *in, const struct writer *w, const struct log_process_end *r)
{
	int64_t status = r->status < 0 ? STORE_NULL : (int64_t)(r->status & 0xff) << 8;
	struct query *q = SQL(in, PROCESS_END, w->process, ingest_time(in, r->time), status);

	query_bind_text(q, 4, "exit");
	query_run(q);
}

void ingest_process_gone(struct ingest *in, uint32_t number, enum process_ended ended, int status,
			 uint64_t ticks)
{
	process_get(in, number);
	process_close(in, number, ended, status, ingest_time(in, ticks));
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
