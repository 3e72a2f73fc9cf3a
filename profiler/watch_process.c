#include "profiler/watch_process.h"
#include "profiler/process_state.h"
#include "profiler/text.h"
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void watch_processes_open(struct watch_processes *all)
{
	struct process_state self;
	*all = (struct watch_processes){0};
	if (process_state_read((uint32_t)getpid(), &self))
		all->recorder_began = self.started;
}

struct watch_process *watch_process_find(const struct watch_processes *all, uint32_t number)
{
	for (uint32_t i = all->count; i-- > 0;)
		if (all->rows[i].number == number)
			return &all->rows[i];
	return NULL;
}

static struct watch_process *newest_of_pid(const struct watch_processes *all, uint32_t pid)
{
	for (uint32_t i = all->count; i-- > 0;)
		if (all->rows[i].pid == pid && !all->rows[i].over)
			return &all->rows[i];
	return NULL;
}

static bool exists(uint32_t pid)
{
	return kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

/*
 * A wrong "yes" costs a few segments until the end, a wrong "no" would hand out segments that are
 * still written to. Who has parent 0 is the first of a pid namespace; a pid that is older here than
 * the recorder is somebody else's; an unknown pid of unknown parents is not believed to be gone.
 */
static bool is_foreign(const struct watch_processes *all, const struct process_block *block,
		       const struct process_state *state, bool known)
{
	const struct watch_process *parent = newest_of_pid(all, block->parent_pid);
	if (block->parent_pid == 0 || block->pid > INT32_MAX)
		return true;
	if (parent)
		return parent->foreign;
	if (known)
		return state->started < all->recorder_began;
	return !exists(block->pid) && !block->ended && all->count > 0;
}

static void end_image(struct watch_process *p, enum process_ended ended)
{
	p->over = true;
	p->ended = ended;
}

void watch_process_add(struct watch_processes *all, const struct process_block *block,
		       uint32_t segment)
{
	struct process_state state = {0};
	bool known = process_state_read(block->pid, &state);
	struct watch_process p = {
	    .number = block->head.process,
	    .pid = block->pid,
	    .segment = segment,
	    .began = state.started,
	    .started = block->started,
	    .status = -1,
	    .foreign = is_foreign(all, block, &state, known),
	};
	struct watch_process *older = newest_of_pid(all, p.pid);
	if (older && !older->foreign && !p.foreign)
		end_image(older, older->began == p.began ? PROCESS_EXECED : PROCESS_EXITED);
	all->foreign_seen += p.foreign;
	if (all->count == all->capacity) {
		all->capacity = all->capacity ? all->capacity * 2 : 64;
		all->rows = memory_grow(all->rows, all->capacity, sizeof(p));
	}
	all->rows[all->count++] = p;
}

static bool is_over(const struct watch_process *p)
{
	struct process_state state;
	if (!exists(p->pid))
		return true;
	if (!process_state_read(p->pid, &state))
		return false;
	return process_state_is_over(&state) || (p->began && state.started != p->began);
}

static enum process_ended how_it_ended(const struct watch_process *p, bool said_so)
{
	if (p->status != -1)
		return WIFSIGNALED(p->status) ? PROCESS_KILLED : PROCESS_EXITED;
	return said_so ? PROCESS_EXITED : PROCESS_KILLED;
}

static void look_at(const struct watch_processes *all, struct watch_process *p, bool said_so,
		    bool look_at_all)
{
	bool is_child = all->child_pid && p->pid == all->child_pid;
	if (p->over || p->foreign || !(said_so || look_at_all || is_child) || !is_over(p))
		return;
	if (is_child)
		p->status = all->child_status;
	end_image(p, how_it_ended(p, said_so));
}

bool watch_processes_look(struct watch_processes *all, const struct arena *arena, bool look_at_all)
{
	bool any = false;
	for (uint32_t i = 0; i < all->count; i++) {
		struct watch_process *p = &all->rows[i];
		const struct process_block *block =
		    (const struct process_block *)arena_segment(arena, p->segment);
		look_at(all, p, block->ended, look_at_all);
		p->leaving = p->over;
		any |= p->leaving;
	}
	return any;
}

void watch_processes_sweep(struct watch_processes *all)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < all->count; i++)
		if (!all->rows[i].leaving)
			all->rows[kept++] = all->rows[i];
	all->count = kept;
}
