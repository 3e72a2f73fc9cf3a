/* What the kernel's events need of the ingest, and add to it: processes that write no log. */
#include "profiler/ingest_state.h"

/* No process of the log gets so high a number: the arena has fewer segments. */
#define UNWATCHED_FIRST 1000000u

void ingest_on_wait(struct ingest *in, ingest_wait_seen *seen, void *data)
{
	in->wait_seen = seen;
	in->wait_seen_data = data;
}

uint32_t ingest_process_at(struct ingest *in, uint32_t pid, int64_t ns, uint32_t *image)
{
	const struct pid_entry *p = hash_get(&in->pids, pid, 0);
	uint32_t number = p ? p->number : 0;
	while (number && ingest_time(in, process_get(in, number)->began) > ns)
		number = process_get(in, number)->before;
	if (number)
		*image = process_get(in, number)->image;
	return number;
}

int64_t ingest_thread(struct ingest *in, uint32_t process, uint32_t tid)
{
	return thread_get(in, process, tid);
}

int64_t ingest_process_began(struct ingest *in, uint32_t number)
{
	return ingest_time(in, process_get(in, number)->began);
}

uint32_t ingest_process_unwatched(struct ingest *in, uint32_t pid, int64_t begin_ns,
				  const char *path)
{
	uint32_t number = UNWATCHED_FIRST + in->unwatched++;
	process_get(in, number)->pid = pid;
	struct query *q =
	    SQL(in, PROCESS_START, number, pid, STORE_NULL, STORE_NULL, number, begin_ns);
	query_bind_text(q, 7, "unwatched");
	query_bind_text(q, 8, path);
	query_run(q);
	return number;
}

void ingest_process_mapped(struct ingest *in, uint32_t image, const struct mapping *m)
{
	struct query *q =
	    SQL(in, MODULE_ADD, image, (int64_t)m->bias, (int64_t)m->begin, (int64_t)m->end);
	query_bind_text(q, 5, m->path);
	query_bind_text(q, 6, NULL);
	query_run(q);
}

static uint64_t hash_of(const uint64_t *frame, size_t depth)
{
	uint64_t h = depth;
	for (size_t i = 0; i < depth; i++)
		h = (h ^ frame[i]) * 0x9e3779b97f4a7c15ull, h ^= h >> 29;
	return h ? h : 1;
}

int64_t ingest_stack(struct ingest *in, uint32_t image, const uint64_t *frame, size_t depth)
{
	return depth ? stack_add(in, image, hash_of(frame, depth), frame, depth) : STORE_NULL;
}
