/* Known numbers of calls and bytes through each kind of pipe and socket, between two processes. */
#include "known.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 200

static void move_all(int fd, size_t size, int calls, ssize_t (*move)(int, void *, size_t))
{
	char data[64] = "";
	for (int i = 0; i < calls; i++)
		for (size_t done = 0; done < size;) {
			ssize_t n = move(fd, data, size - done);
			if (n <= 0)
				_exit(9);
			done += (size_t)n;
		}
}

static ssize_t put(int fd, void *data, size_t size)
{
	return write(fd, data, size);
}

static void child_ends(pid_t child)
{
	int status;
	IS(waitpid(child, &status, 0), child);
	IS(status, 0);
}

/* The child sends on `to`, this process receives on `from`; when back, the other way, one byte. */
static void between(int from, int to, size_t size, bool back)
{
	pid_t child = fork();
	if (!child) {
		close(from);
		move_all(to, size, CALLS, put);
		if (back)
			move_all(to, 1, CALLS, read);
		_exit(0);
	}
	close(to);
	move_all(from, size, CALLS, read);
	if (back)
		move_all(from, 1, CALLS, put);
	close(from);
	child_ends(child);
}

static void pipes(void)
{
	int ends[2];
	IS(pipe(ends), 0);
	between(ends[0], ends[1], 10, false);
	/* another one behind the same numbers */
	IS(pipe(ends), 0);
	between(ends[0], ends[1], 20, false);
	IS(mkfifo("fifo", 0600), 0);
	int fifo = open("fifo", O_RDWR), again = open("fifo", O_RDWR);
	between(fifo, again, 30, false);
	IS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	between(ends[0], ends[1], 40, true);
}

/* The numbers of descriptors are taken over while they are known. */
static void taken_over(void)
{
	int one[2], other[2];
	char data[64] = "";
	IS(pipe(one), 0);
	IS(pipe(other), 0);
	for (int i = 0; i < CALLS; i++) {
		IS(write(one[1], data, 3), 3);
		IS(read(one[0], data, 64), 3);
	}
	IS(dup2(other[1], one[1]), one[1]);
	for (int i = 0; i < CALLS; i++) {
		IS(write(one[1], data, 7), 7);
		IS(read(other[0], data, 64), 7);
	}
	close(one[1]);
	int file = open("file", O_RDWR | O_CREAT, 0600);
	IS(file, one[1]);
	for (int i = 0; i < CALLS; i++)
		IS(write(file, data, 11), 11);
}

static void connected(int domain, void *address, socklen_t size, size_t bytes)
{
	int listener = socket(domain, SOCK_STREAM, 0);
	IS(bind(listener, address, size), 0);
	IS(listen(listener, 1), 0);
	IS(getsockname(listener, address, &size), 0);
	pid_t child = fork();
	if (!child) {
		int fd = socket(domain, SOCK_STREAM, 0);
		IS(connect(fd, address, size), 0);
		move_all(fd, bytes, CALLS, put);
		move_all(fd, 1, CALLS, read);
		_exit(0);
	}
	int fd = accept(listener, NULL, NULL);
	move_all(fd, bytes, CALLS, read);
	move_all(fd, 1, CALLS, put);
	child_ends(child);
	close(fd);
	close(listener);
}

int main(void)
{
	struct sockaddr_un local = {AF_UNIX, "listens"};
	struct sockaddr_in ip = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	pipes();
	taken_over();
	connected(AF_UNIX, &local, sizeof(local), 50);
	connected(AF_INET, &ip, sizeof(ip), 60);
	return 0;
}
