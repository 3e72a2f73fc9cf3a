/* Every way to take a lock, ten times each, in a lock of its own. */
#include "known.h"

static pthread_mutex_t lock_mu = PTHREAD_MUTEX_INITIALIZER, try_mu = PTHREAD_MUTEX_INITIALIZER,
		       timed_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t read_rw = PTHREAD_RWLOCK_INITIALIZER,
			try_read_rw = PTHREAD_RWLOCK_INITIALIZER,
			write_rw = PTHREAD_RWLOCK_INITIALIZER,
			timed_rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin, try_spin;

int main(void)
{
	IS(pthread_spin_init(&spin, 0), 0);
	IS(pthread_spin_init(&try_spin, 0), 0);
	for (int i = 0; i < 10; i++) {
		struct timespec until = known_until(CLOCK_REALTIME, 1000);
		IS(pthread_mutex_lock(&lock_mu), 0);
		IS(pthread_mutex_unlock(&lock_mu), 0);
		IS(pthread_mutex_trylock(&try_mu), 0);
		IS(pthread_mutex_unlock(&try_mu), 0);
		IS(pthread_mutex_timedlock(&timed_mu, &until), 0);
		IS(pthread_mutex_unlock(&timed_mu), 0);
		IS(pthread_rwlock_rdlock(&read_rw), 0);
		IS(pthread_rwlock_unlock(&read_rw), 0);
		IS(pthread_rwlock_tryrdlock(&try_read_rw), 0);
		IS(pthread_rwlock_unlock(&try_read_rw), 0);
		IS(pthread_rwlock_wrlock(&write_rw), 0);
		IS(pthread_rwlock_unlock(&write_rw), 0);
		IS(pthread_rwlock_timedwrlock(&timed_rw, &until), 0);
		IS(pthread_rwlock_unlock(&timed_rw), 0);
		IS(pthread_spin_lock(&spin), 0);
		IS(pthread_spin_unlock(&spin), 0);
		IS(pthread_spin_trylock(&try_spin), 0);
		IS(pthread_spin_unlock(&try_spin), 0);
	}
	return 0;
}
