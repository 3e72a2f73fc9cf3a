/* C11 threads: 3 threads × 400 on a mutex of each type, a condition, thread ends. */
#include "known.h"
#include <threads.h>

mtx_t plain_mtx, timed_mtx, nested_mtx;
cnd_t done_cnd;
int done;

static int work(void *unused)
{
	struct timespec until = known_until(CLOCK_REALTIME, 60000);
	(void)unused;
	for (int i = 0; i < 400; i++) {
		IS(mtx_lock(&plain_mtx), thrd_success);
		IS(mtx_unlock(&plain_mtx), thrd_success);
		IS(mtx_timedlock(&timed_mtx, &until), thrd_success);
		IS(mtx_trylock(&timed_mtx), thrd_busy);
		IS(mtx_unlock(&timed_mtx), thrd_success);
		IS(mtx_lock(&nested_mtx), thrd_success);
		IS(mtx_trylock(&nested_mtx), thrd_success);
		IS(mtx_unlock(&nested_mtx), thrd_success);
		IS(mtx_unlock(&nested_mtx), thrd_success);
	}
	mtx_lock(&plain_mtx);
	done++;
	cnd_signal(&done_cnd);
	mtx_unlock(&plain_mtx);
	thrd_exit(5);
}

int main(void)
{
	thrd_t thread[3];
	int value;
	IS(mtx_init(&plain_mtx, mtx_plain), thrd_success);
	IS(mtx_init(&timed_mtx, mtx_timed), thrd_success);
	IS(mtx_init(&nested_mtx, mtx_plain | mtx_recursive), thrd_success);
	IS(cnd_init(&done_cnd), thrd_success);
	for (int i = 0; i < 3; i++)
		IS(thrd_create(&thread[i], work, NULL), thrd_success);
	mtx_lock(&plain_mtx);
	while (done < 3)
		IS(cnd_wait(&done_cnd, &plain_mtx), thrd_success);
	struct timespec soon = known_until(CLOCK_REALTIME, 20);
	IS(cnd_timedwait(&done_cnd, &plain_mtx, &soon), thrd_timedout);
	IS(cnd_broadcast(&done_cnd), thrd_success);
	mtx_unlock(&plain_mtx);
	for (int i = 0; i < 3; i++) {
		IS(thrd_join(thread[i], &value), thrd_success);
		IS(value, 5);
	}
	mtx_destroy(&plain_mtx);
	cnd_destroy(&done_cnd);
	printf("%d\n", done);
	return 0;
}
