#include "collectors/machine/batch.h"
#include "collectors/machine/cost_parts.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void *nothing(void *data)
{
	return data;
}

static bool create_and_join(void *data, int times)
{
	for (int i = 0; i < times; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, nothing, data) != 0)
			return false;
		pthread_join(thread, NULL);
	}
	return true;
}

static bool await(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

static bool fork_and_await(void *data, int times)
{
	(void)data;
	for (int i = 0; i < times; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		if (pid < 0 || !await(pid))
			return false;
	}
	return true;
}

#define USED (8u << 20) /* what an interpreter with some libraries has */
#define PAGE 4096u

/* As a child does that counts references to what it was given. */
static bool fork_and_use(void *data, int times)
{
	volatile char *memory = data;
	for (int i = 0; i < times; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			for (size_t at = 0; at < USED; at += 4 * PAGE)
				memory[at]++;
			_exit(0);
		}
		if (pid < 0 || !await(pid))
			return false;
	}
	return true;
}

static void measure_fork_used(struct machine_costs *costs, uint64_t budget_ns)
{
	char *memory = malloc(USED);
	if (!memory)
		return;
	memset(memory, 1, USED);
	batch_measure(costs, COST_fork_used, budget_ns, fork_and_use, memory);
	free(memory);
}

struct echo {
	int there[2], back[2];
};

static bool exchange(void *data, int times)
{
	struct echo *e = data;
	char byte = 0;
	for (int i = 0; i < times; i++)
		if (write(e->there[1], &byte, 1) != 1 || read(e->back[0], &byte, 1) != 1)
			return false;
	return true;
}

/* Ends when the other side has closed. */
static void __attribute__((noreturn)) answer(const struct echo *e)
{
	char byte;
	close(e->there[1]);
	while (read(e->there[0], &byte, 1) == 1 && write(e->back[1], &byte, 1) == 1)
		;
	_exit(0);
}

static void measure_pipe(struct machine_costs *costs, uint64_t budget_ns)
{
	struct echo e;
	if (pipe2(e.there, O_CLOEXEC) != 0)
		return;
	if (pipe2(e.back, O_CLOEXEC) == 0) {
		pid_t pid = fork();
		if (pid == 0)
			answer(&e);
		if (pid > 0)
			batch_measure(costs, COST_pipe, budget_ns, exchange, &e);
		close(e.there[1]);
		e.there[1] = -1;
		if (pid > 0)
			await(pid);
		close(e.back[0]);
		close(e.back[1]);
	}
	close(e.there[0]);
	if (e.there[1] >= 0)
		close(e.there[1]);
}

void cost_processes(struct machine_costs *costs, uint64_t budget_ns)
{
	measure_pipe(costs, budget_ns);
	batch_measure(costs, COST_create_join, budget_ns, create_and_join, NULL);
	batch_measure(costs, COST_fork_wait, budget_ns, fork_and_await, NULL);
	measure_fork_used(costs, budget_ns);
}
