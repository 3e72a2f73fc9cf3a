/* Shapes that wait for the outside, or have one thread only. */
#include "model.h"
#include <sys/wait.h>

static int threads, items, fd[2];
static double gap, work;

NOINLINE void digest(int item)
{
	model_spend(model_varied(work, (uint32_t)item, 0));
}

static void *reader(void *number)
{
	int item;
	while (read(fd[0], &item, sizeof item) == (ssize_t)sizeof item)
		digest(item);
	return number;
}

static void feeder(void)
{
	for (int i = 0; i < items; i++) {
		usleep((useconds_t)gap);
		IS(write(fd[1], &i, sizeof i), sizeof i);
	}
	_exit(0);
}

/* Threads read a pipe that a child feeds slowly. */
void shape_feed(void)
{
	threads = (int)model_number("threads", 4);
	items = (int)model_number("items", 100);
	gap = model_number("gap", 5000);
	work = model_number("work", 500);
	IS(pipe(fd), 0);
	pid_t child = fork();
	if (child == 0) {
		close(fd[0]);
		feeder();
	}
	close(fd[1]);
	known_threads(threads, reader);
	IS(waitpid(child, NULL, 0), child);
}

/* main() alone: no other thread at all. */
void shape_alone(void)
{
	items = (int)model_number("items", 100);
	work = model_number("work", 5000);
	for (int i = 0; i < items; i++)
		digest(i);
}
