/* sandboxed prctl|seccomp: after a thread was started a filter ends the process for system calls
 * that the program does not make; then it contends, sleeps, waits for a pipe, and its threads end.
 */
#include "known.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static pthread_mutex_t fought_mu = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];

#define REFUSE(name)                                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                     \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static void close_door(int by_prctl)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    REFUSE(getrusage),
	    REFUSE(clock_gettime),
	    REFUSE(fstat),
	    REFUSE(newfstatat),
	    REFUSE(readlink),
	    REFUSE(openat),
	    REFUSE(open),
	    REFUSE(prctl),
	    REFUSE(getpid),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {COUNT(filter), filter};
	IS(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	if (by_prctl)
		IS(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	else
		IS(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
			   &program),
		   0);
}

static void *fight(void *number)
{
	for (int i = 0; i < 20; i++) {
		IS(pthread_mutex_lock(&fought_mu), 0);
		usleep(500);
		IS(pthread_mutex_unlock(&fought_mu), 0);
	}
	IS(write(ends[1], "x", 1), 1);
	return number;
}

int main(int argc, char **argv)
{
	char byte;
	pthread_t thread[2];
	IS(argc, 2);
	IS(pipe(ends), 0);
	IS(pthread_create(&thread[0], NULL, fight, NULL), 0);
	close_door(!strcmp(argv[1], "prctl"));
	IS(pthread_create(&thread[1], NULL, fight, NULL), 0);
	IS(read(ends[0], &byte, 1), 1);
	IS(read(ends[0], &byte, 1), 1);
	IS(pthread_join(thread[0], NULL), 0);
	IS(pthread_join(thread[1], NULL), 0);
	IS(write(1, "fought\n", 7), 7);
	return 0;
}
