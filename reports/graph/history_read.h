/* Parts of history_read(): what ids of the store stand for, while its events are read. */
#ifndef PARPROF_HISTORY_READ_H
#define PARPROF_HISTORY_READ_H

#include "profiler/hash.h"
#include "profiler/store.h"
#include "reports/graph/history.h"

struct process_fact {
	int64_t id, pid, parent, begin;
	bool execed;
	uint32_t first; /* its main thread, NOBODY */
};

/* A thread by what a join knows of it. */
struct handle_fact {
	int64_t process, handle, begin;
	uint32_t thread;
};

struct hook_fact {
	enum history_family family;
	uint8_t flags; /* of its waits: HISTORY_SHARED, HISTORY_GIVES_UP */
	bool broadcast;
	bool has_other; /* a wait's `other` says something */
};

struct index_map { /* id of the store -> index; NOBODY where there is none */
	uint32_t *index;
	int64_t count;
};

struct reader {
	struct store *store;
	struct history *history;
	struct index_map thread, object, lock;
	uint32_t alone[HISTORY_FAMILY_COUNT]; /* the object of those of no lock */
	struct index_map process_place;	      /* in process[] */
	struct process_fact *process;	      /* by pid and begin */
	struct handle_fact *handle;	      /* by process, handle and begin */
	size_t processes, handles;
	struct hook_fact *hook;
	int64_t hooks;
	struct hash mutex; /* (address, process) -> index of the object */
};

static inline uint32_t index_of(const struct index_map *m, int64_t id)
{
	return id >= 0 && id < m->count ? m->index[id] : NOBODY;
}
void index_put(struct index_map *, int64_t id, uint32_t index);

/* The main thread of the process that had this pid at a time, NOBODY. */
uint32_t reader_find_process(const struct reader *, int64_t pid, int64_t time);
uint32_t reader_find_handle(const struct reader *, int64_t process, int64_t handle, int64_t time);

/* Each 0, or -1 after error(). */
int read_threads(struct reader *);
int read_objects(struct reader *);
int read_events(struct reader *);

#endif
