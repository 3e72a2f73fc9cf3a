/*
 * Sleeps by all five functions, 10 each; 20 reads of a pipe that another thread fills each 20 ms;
 * as many receives from a socket; 10 reads of a pipe that a child fills; polls and selects that
 * time out; a read that the end of the recording cuts off when there is an argument. Many calls
 * that do not wait, and large copies that take long without waiting, are none.
 */
#include "known.h"
#include <poll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <threads.h>

static int pipe_of[2], pair_of[2];

static void sleeps(void)
{
	struct timespec ms = {0, 1000000};
	for (int i = 0; i < 10; i++) {
		IS(nanosleep(&ms, NULL), 0);
		IS(clock_nanosleep(CLOCK_MONOTONIC, 0, &ms, NULL), 0);
		IS(usleep(1000), 0);
		IS(thrd_sleep(&ms, NULL), 0);
		IS(sleep(0), 0);
	}
}

static void *feed(void *socket)
{
	for (int i = 0; i < 20; i++) {
		known_sleep(20);
		if (socket)
			IS(send(pair_of[1], "x", 1, 0), 1);
		else
			IS(write(pipe_of[1], "x", 1), 1);
	}
	return NULL;
}

static void from_threads(void)
{
	pthread_t thread;
	char byte;
	IS(pthread_create(&thread, NULL, feed, NULL), 0);
	for (int i = 0; i < 20; i++)
		IS(read(pipe_of[0], &byte, 1), 1);
	IS(pthread_join(thread, NULL), 0);
	IS(pthread_create(&thread, NULL, feed, pair_of), 0);
	for (int i = 0; i < 20; i++)
		IS(recv(pair_of[0], &byte, 1, 0), 1);
	IS(pthread_join(thread, NULL), 0);
}

/* Both wait for the same pipe. */
static void from_processes(void)
{
	char byte;
	int back[2];
	IS(pipe(back), 0);
	pid_t child = fork();
	if (!child) {
		for (int i = 0; i < 10; i++) {
			known_sleep(20);
			IS(write(back[1], "x", 1), 1);
		}
		IS(read(pipe_of[0], &byte, 1), 1);
		_exit(0);
	}
	for (int i = 0; i < 10; i++)
		IS(read(back[0], &byte, 1), 1);
	known_sleep(20);
	IS(write(pipe_of[1], "x", 1), 1);
	IS(waitpid(child, NULL, 0), child);
}

static void time_outs(void)
{
	struct pollfd fd = {pipe_of[0], POLLIN, 0};
	for (int i = 0; i < 5; i++) {
		struct timeval tv = {0, 5000};
		fd_set set;
		FD_ZERO(&set);
		FD_SET(pipe_of[0], &set);
		IS(poll(&fd, 1, 5), 0);
		IS(select(pipe_of[0] + 1, &set, NULL, NULL, &tv), 0);
	}
}

static void without_waits(void)
{
	static char large[8 << 20];
	char byte = 'x';
	for (int i = 0; i < 10000; i++) {
		IS(write(pipe_of[1], &byte, 1), 1);
		IS(read(pipe_of[0], &byte, 1), 1);
	}
	int file = memfd_create("large", 0);
	IS(write(file, large, sizeof(large)), sizeof(large));
	for (int i = 0; i < 10; i++)
		IS(pread(file, large, sizeof(large), 0), sizeof(large));
}

int main(int argc, char **argv)
{
	char byte;
	(void)argv;
	IS(pipe(pipe_of), 0);
	IS(socketpair(AF_UNIX, SOCK_STREAM, 0, pair_of), 0);
	sleeps();
	from_threads();
	from_processes();
	time_outs();
	without_waits();
	puts("done");
	fflush(stdout);
	if (argc > 1) {
		alarm(1);
		return (int)read(pipe_of[0], &byte, 1);
	}
	return 0;
}
