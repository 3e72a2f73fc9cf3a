/*
 * awaits KIND ROUNDS [PORT]: waits in turn for one kind of thing, 50 ms each time, and needs no
 * core meanwhile. time      sleeps children  a child each time, that sleeps where no hook sees it
 *   network   a server on this machine, at that port; `awaits serve ROUNDS` prints its port and is
 * one processes bytes of standard input; `awaits send ROUNDS` writes them locks     a mutex, that
 * another thread has while it is where no hook sees it threads   the same at a condition unseen a
 * system call that no hook sees
 */
#include "known.h"
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define ROUND_MS 50

static int rounds, port;

/* By the system call itself: no hook sees it. */
NOINLINE void sleep_unseen(void)
{
	struct timespec time = {0, ROUND_MS * 1000000};
#ifdef __x86_64__
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(SYS_nanosleep), "D"(&time), "S"(NULL)
			 : "rcx", "r11", "memory");
	IS(result, 0);
#else
	register long number __asm__("x8") = SYS_nanosleep;
	register long first __asm__("x0") = (long)&time;
	register long second __asm__("x1") = 0;
	__asm__ volatile("svc 0" : "+r"(first) : "r"(number), "r"(second) : "memory");
	IS(first, 0);
#endif
}

NOINLINE void await_time(void)
{
	known_sleep(ROUND_MS);
}

NOINLINE void await_child(void)
{
	pid_t child = fork();
	if (!child) {
		sleep_unseen();
		_exit(0);
	}
	IS(waitpid(child, NULL, 0), child);
}

NOINLINE void await_answer(void)
{
	static int fd;
	struct sockaddr_in server = {.sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char byte = 0;
	if (!fd) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		IS(connect(fd, (struct sockaddr *)&server, sizeof(server)), 0);
	}
	IS(send(fd, &byte, 1, 0), 1);
	IS(recv(fd, &byte, 1, 0), 1);
}

NOINLINE void await_byte(void)
{
	char byte;
	IS(read(STDIN_FILENO, &byte, 1), 1);
}

static pthread_mutex_t shared_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t shared_cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t round_of;
static int told;

static void *hold_lock(void *unused)
{
	for (int i = 0; i < rounds; i++) {
		IS(pthread_mutex_lock(&shared_mu), 0);
		pthread_barrier_wait(&round_of);
		sleep_unseen();
		IS(pthread_mutex_unlock(&shared_mu), 0);
		pthread_barrier_wait(&round_of);
	}
	return unused;
}

NOINLINE void await_lock(void)
{
	pthread_barrier_wait(&round_of);
	IS(pthread_mutex_lock(&shared_mu), 0);
	IS(pthread_mutex_unlock(&shared_mu), 0);
	pthread_barrier_wait(&round_of);
}

static void *tell(void *unused)
{
	for (int i = 0; i < rounds; i++) {
		sleep_unseen();
		IS(pthread_mutex_lock(&shared_mu), 0);
		told++;
		IS(pthread_cond_signal(&shared_cond), 0);
		IS(pthread_mutex_unlock(&shared_mu), 0);
	}
	return unused;
}

NOINLINE void await_thread(void)
{
	IS(pthread_mutex_lock(&shared_mu), 0);
	while (!told)
		IS(pthread_cond_wait(&shared_cond, &shared_mu), 0);
	told--;
	IS(pthread_mutex_unlock(&shared_mu), 0);
}

static int serve(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(any);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	char byte;
	alarm(60);
	IS(bind(listener, (struct sockaddr *)&any, size), 0);
	IS(listen(listener, 1), 0);
	IS(getsockname(listener, (struct sockaddr *)&any, &size), 0);
	printf("%d\n", ntohs(any.sin_port));
	fflush(stdout);
	int fd = accept(listener, NULL, NULL);
	while (recv(fd, &byte, 1, 0) == 1) {
		known_sleep(ROUND_MS);
		IS(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
	}
	return 0;
}

static int send_bytes(void)
{
	for (int i = 0; i < rounds; i++) {
		known_sleep(ROUND_MS);
		IS(write(STDOUT_FILENO, "x", 1), 1);
	}
	return 0;
}

static const struct kind {
	const char *name;
	void (*wait)(void);
	void *(*other)(void *); /* what another thread does meanwhile */
} kinds[] = {
    {"time", await_time, NULL},	      {"children", await_child, NULL},
    {"network", await_answer, NULL},  {"processes", await_byte, NULL},
    {"locks", await_lock, hold_lock}, {"threads", await_thread, tell},
    {"unseen", sleep_unseen, NULL},
};

int main(int argc, char **argv)
{
	pthread_t thread;
	rounds = argc > 2 ? atoi(argv[2]) : 0;
	port = argc > 3 ? atoi(argv[3]) : 0;
	if (argc > 1 && !strcmp(argv[1], "serve"))
		return serve();
	if (argc > 1 && !strcmp(argv[1], "send"))
		return send_bytes();
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (argc < 2 || strcmp(argv[1], kinds[i].name) != 0)
			continue;
		pthread_barrier_init(&round_of, NULL, 2);
		if (kinds[i].other)
			IS(pthread_create(&thread, NULL, kinds[i].other, NULL), 0);
		for (int n = 0; n < rounds; n++)
			kinds[i].wait();
		if (kinds[i].other)
			IS(pthread_join(thread, NULL), 0);
		return 0;
	}
	return 2;
}
