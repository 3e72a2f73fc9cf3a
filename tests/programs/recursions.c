/*
 * recursions MODE SECONDS: functions that call themselves in two places.
 *   apart    halves of an array are sorted and merged: calls share nothing with their siblings
 *   memo     results are kept in a table that all calls read
 *   parse    a text is read into a tree, from a place in it that all calls move on
 *   best     the best value so far is global, and read by all calls; what they write is their own
 */
#include "known.h"
#include <limits.h>
#include <time.h>

#define LENGTH (1l << 22)
#define NUMBERS (1l << 21)
#define LETTERS (1l << 22)

static unsigned random_state = 1;
static unsigned *data, *space;
static unsigned *memo;
static char *text, *at;
static unsigned best;

struct node {
	struct node *left, *right;
	unsigned long value;
};
static struct node *nodes, *node_free;

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned next_random(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 4;
}

static void *memory(size_t bytes)
{
	void *p = malloc(bytes);
	if (!p)
		exit(2);
	return p;
}

__attribute__((noinline)) static void merge(unsigned *p, unsigned *to, long half, long n)
{
	long left = 0, right = half;
	for (long i = 0; i < n; i++)
		to[i] = right == n || (left < half && p[left] <= p[right]) ? p[left++] : p[right++];
	for (long i = 0; i < n; i++)
		p[i] = to[i];
}

__attribute__((noinline)) static void sort(unsigned *p, unsigned *to, long n)
{
	if (n < 2)
		return;
	sort(p, to, n / 2);
	sort(p + n / 2, to + n / 2, n - n / 2);
	merge(p, to, n / 2, n);
}

static void apart(void)
{
	for (long i = 0; i < LENGTH; i++)
		data[i] = next_random();
	sort(data, space, LENGTH);
}

/* Each number leads to two smaller ones, anywhere. */
__attribute__((noinline)) static unsigned remembered(unsigned n)
{
	if (n < 2)
		return n + 1;
	if (!memo[n])
		memo[n] = (remembered(n * 2654435761u % n) + remembered(n * 40503u % (n - 1))) | 1;
	return memo[n];
}

static void remember(void)
{
	memset(memo, 0, NUMBERS * sizeof(*memo));
	for (unsigned n = NUMBERS; n-- > NUMBERS / 2;)
		best += remembered(n);
}

static void write_text(long from, long to)
{
	if (to - from < 5) {
		memset(text + from, '1', (size_t)(to - from));
		return;
	}
	long middle = from + 1 + (to - from - 2) / 2;
	text[from] = '(';
	write_text(from + 1, middle);
	text[middle] = '+';
	write_text(middle + 1, to - 1);
	text[to - 1] = ')';
}

__attribute__((noinline)) static struct node *parse(void)
{
	struct node *n = node_free++;
	if (*at == '(') {
		at++;
		n->left = parse();
		at++;
		n->right = parse();
		at++;
		n->value = n->left->value + n->right->value;
		return n;
	}
	n->left = n->right = NULL;
	for (n->value = 0; *at == '1'; at++)
		n->value++;
	return n;
}

static void parse_all(void)
{
	at = text;
	node_free = nodes;
	parse();
}

/* Halves are made worse by turns; what is better than the best becomes it. */
__attribute__((noinline)) static void search(unsigned *p, long n, unsigned bound)
{
	for (long i = 0; i < n; i++)
		p[i] = p[i] * 3 + (bound < best);
	if (p[n / 2] < best)
		best = p[n / 2];
	if (n < 4)
		return;
	search(p, n / 2, bound + 1);
	search(p + n / 2, n - n / 2, bound + 2);
	p[0] += best;
}

static void search_all(void)
{
	best = UINT_MAX;
	search(data, LENGTH, 1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
	    {"apart", apart}, {"memo", remember}, {"parse", parse_all}, {"best", search_all}};
	double begin = cpu_s(), seconds = argc > 2 ? atof(argv[2]) : 1;
	data = memory(LENGTH * sizeof(*data));
	space = memory(LENGTH * sizeof(*space));
	memo = memory((NUMBERS + 1) * sizeof(*memo));
	nodes = memory(LETTERS * sizeof(*nodes));
	text = memory(LETTERS + 1);
	text[LETTERS] = 0;
	memset(data, 1, LENGTH * sizeof(*data));
	write_text(0, LETTERS);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (argc > 1 && !strcmp(argv[1], modes[i].name)) {
			while (cpu_s() - begin < seconds)
				modes[i].run();
			return 0;
		}
	return 2;
}
