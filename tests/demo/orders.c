/*
 * A shop with a mistake: four clerks take orders from a queue, and each prints the receipt while it
 * still holds the ledger's lock. More clerks do not make it faster. `make demo` finds out why.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define CLERKS 4
#define ORDERS 40000
#define PRODUCTS 64

struct order {
	int product, amount;
	unsigned long label;
};

static pthread_mutex_t queue_mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_filled = PTHREAD_COND_INITIALIZER;
static struct order queue[ORDERS];
static int queued, taken;

static pthread_mutex_t ledger_mu = PTHREAD_MUTEX_INITIALIZER;
static long sold[PRODUCTS];
static unsigned long receipts;

static struct {
	pthread_mutex_t mu;
	long left;
} shelf[PRODUCTS];

static int take_order(struct order *order)
{
	int have;

	pthread_mutex_lock(&queue_mu);
	while (queued == taken && queued < ORDERS)
		pthread_cond_wait(&queue_filled, &queue_mu);
	have = taken < queued;
	if (have)
		*order = queue[taken++];
	pthread_mutex_unlock(&queue_mu);
	return have;
}

static unsigned long busy(unsigned long seed, int rounds)
{
	while (rounds--)
		seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed;
}

static void fetch_goods(struct order *order)
{
	pthread_mutex_lock(&shelf[order->product].mu);
	shelf[order->product].left -= order->amount;
	pthread_mutex_unlock(&shelf[order->product].mu);
	order->label = busy((unsigned long)order->amount, 5000);
}

static unsigned long print_receipt(const struct order *order)
{
	return busy(order->label, 30000);
}

static void book(const struct order *order)
{
	pthread_mutex_lock(&ledger_mu);
	sold[order->product] += order->amount;
	receipts ^= print_receipt(order); /* the mistake: this needs no lock */
	pthread_mutex_unlock(&ledger_mu);
}

static void *clerk(void *name)
{
	struct order order;

	pthread_setname_np(pthread_self(), name);
	while (take_order(&order)) {
		fetch_goods(&order);
		book(&order);
	}
	return NULL;
}

static void customers(void)
{
	unsigned long seed = 1;

	for (int i = 0; i < ORDERS; i++) {
		seed = busy(seed, 500);
		pthread_mutex_lock(&queue_mu);
		queue[queued++] = (struct order){(int)(seed >> 33) % PRODUCTS, 1 + i % 3, 0};
		pthread_cond_signal(&queue_filled);
		pthread_mutex_unlock(&queue_mu);
	}
	pthread_mutex_lock(&queue_mu);
	pthread_cond_broadcast(&queue_filled);
	pthread_mutex_unlock(&queue_mu);
}

int main(void)
{
	static char name[CLERKS][16];
	pthread_t thread[CLERKS];
	long total = 0;

	for (int i = 0; i < PRODUCTS; i++)
		pthread_mutex_init(&shelf[i].mu, NULL);
	for (int i = 0; i < CLERKS; i++) {
		snprintf(name[i], sizeof(name[i]), "clerk %d", i + 1);
		if (pthread_create(&thread[i], NULL, clerk, name[i]) != 0)
			return EXIT_FAILURE;
	}
	customers();
	for (int i = 0; i < CLERKS; i++)
		pthread_join(thread[i], NULL);
	for (int i = 0; i < PRODUCTS; i++)
		total += sold[i];
	printf("sold %ld pieces, receipts %lx\n", total, receipts);
	return EXIT_SUCCESS;
}
