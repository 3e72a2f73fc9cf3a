/*
 * Writing records into the calling thread's log. All functions need the thread's guard set, take
 * times in ticks, never fail loudly (no segment: the record is counted as dropped), keep errno.
 */
#ifndef PARPROF_EMIT_H
#define PARPROF_EMIT_H

#include "collectors/preload/thread.h"

/* Room for a record of `size` bytes at the cursor, NULL: dropped and counted. Not yet visible. */
void *emit_reserve(struct thread *t, size_t size);
/* Makes the reserved record visible and advances. */
void emit_commit(struct thread *t, struct record *at, size_t size, uint16_t event, uint16_t hook,
		 uint16_t weight);

struct release;
void emit_release(struct thread *t, uint16_t hook, uint64_t object, const struct release *r,
		  uint64_t stack);
void emit_hold(struct thread *t, uint16_t hook, uint64_t object, const struct release *r,
	       uint64_t stack);
void emit_usage(struct thread *t, uint64_t time, uint64_t cpu_ns, uint32_t voluntary,
		uint32_t involuntary);
void emit_faults(struct thread *t, uint64_t time, uint64_t faults);
void emit_wake(struct thread *t, uint16_t hook, uint64_t object, const struct release *r,
	       uint64_t stack);
void emit_site(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
	       uint32_t attributes, uint64_t caller, uint64_t stack);
void emit_init(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
	       uint32_t attributes, uint64_t stack);
void emit_destroy(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation);
void emit_shared(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
		 uint64_t device, uint64_t inode, uint64_t offset, const char *path);
struct peer;
void emit_channel(struct thread *t, uint16_t hook, uint64_t object, uint32_t generation,
		  const struct peer *peer);
void emit_poll(struct thread *t);
void emit_tally(struct thread *t, const struct slot *slot, uint64_t count);
/* false: dropped. */
bool emit_python_code(struct thread *t, uint64_t number, uint32_t first_line, uint32_t minor,
		      const char *text);
bool emit_python_lines(struct thread *t, uint64_t number, uint32_t offset, const void *table,
		       uint32_t bytes);
void emit_sample(struct thread *t, uint64_t time, uint64_t stack, bool kernel);
void emit_note(struct thread *t, uint32_t code, uint64_t value, const char *text);
void emit_process(struct thread *t, uint32_t forked, uint32_t parent_process, const char *path);
void emit_command(struct thread *t, int argc, char **argv);
void emit_thread_start(struct thread *t);
void emit_thread_name(struct thread *t, uint32_t tid, uint32_t from, const char *name);
void emit_thread_end(struct thread *t, uint32_t how);
void emit_mark(struct thread *t, uint64_t name, const char *text);
void emit_lock_name(struct thread *t, uint64_t address, const char *name);
void emit_progress(struct thread *t, uint64_t time, uint64_t name, uint64_t count);
void emit_phase(struct thread *t, uint64_t begin, uint64_t end, uint64_t name);
void emit_task(struct thread *t, uint64_t begin, uint64_t end, uint64_t name, uint64_t code);

/* For process.c, exec.c, spawn.c, wait.c */
void emit_fork(struct thread *t, uint16_t hook, uint64_t begin, uint64_t end, uint32_t child,
	       uint32_t preload);
void emit_exec(struct thread *t, uint16_t hook, uint32_t preload, uint32_t failed,
	       const char *path);
void emit_child_exit(struct thread *t, uint32_t pid, int status);
void emit_process_end(struct thread *t, int status);

#endif
