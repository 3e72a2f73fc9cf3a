/*
 * Loops whose shape is known, for unit suite code_loops, which reads the machine code. Run, it
 * calls each once.
 */
#include "known.h"

#define EACH(name) __attribute__((noinline, noclone, used)) name
#define N 64

static int ints[N], more[N];
static unsigned char bytes[N];
static void EACH(straight)(int *a)
{
	a[0] = a[1] * 3;
}

static void EACH(fill)(int *a, int n)
{
	for (int i = 0; i < n; i++)
		a[i] = i;
}

static long EACH(nested)(const int *a, int n, int m)
{
	long sum = 0;
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < m; j++)
			sum += a[j] * (long)j;
		sum ^= i;
		for (int j = 0; j < n; j++)
			for (int k = 0; k < m; k++)
				sum -= a[k] * (long)j;
	}
	return sum;
}

static void EACH(calls)(int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			fill(ints, j);
}

/* A loop around a jump table. */
static int EACH(interprets)(const unsigned char *s, int n)
{
	int r = 0;
	for (int i = 0; i < n; i++)
		switch (s[i]) {
		case 0:
			r += 3;
			break;
		case 1:
			r ^= 5;
			break;
		case 2:
			r -= i;
			break;
		case 3:
			r *= i;
			break;
		case 4:
			r += i * 2;
			break;
		case 5:
			r |= i;
			break;
		case 7:
			r /= 3;
			break;
		default:
			r++;
		}
	return r;
}

/* Its rare part lies apart, in .cold. */
static long EACH(rarely)(const int *a, int n)
{
	long sum = 0;
	for (int i = 0; i < n; i++) {
		if (__builtin_expect(a[i] < 0, 0)) {
			__builtin_printf("%d\n", a[i]);
			abort();
		}
		sum += a[i];
	}
	return sum;
}

/* Never comes back; nor does the last function that it calls. */
static __attribute__((noreturn)) void EACH(dies)(const char *why)
{
	puts(why);
	abort();
}

static void EACH(copies)(char *to, const char *from, size_t n)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

/* Entered in its middle. */
static long EACH(enters)(const int *a, int n, int where)
{
	long sum = 0;
	int i = 0;
	if (where)
		goto middle;
	while (i < n) {
		sum += a[i];
		__asm__ volatile("");
	middle:
		sum ^= n;
		__asm__ volatile("");
		i++;
	}
	return sum;
}

/* From here on: one loop each, and what it carries. */
struct node {
	struct node *next, *child[2];
	long value;
};
static struct node nodes[N];
static int more[N];
static double reals[N], filtered[N];
static long words[N];
static volatile long cell;

static void EACH(independent)(double *to, const double *a, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = 1 / (a[i] + 1);
}

static void EACH(stencil)(double *to, const double *a, int n)
{
	for (int i = 1; i < n - 1; i++)
		to[i] = a[i - 1] + a[i] + a[i + 1];
}

static void EACH(strided)(int *a, long n, long step)
{
	for (long i = 0; i < n; i += step)
		a[i] = 1;
}

/* Two ways to the next pass. */
static long EACH(skipping)(const int *a, int *to, int n)
{
	long i = 0;
	while (i < n) {
		if (a[i] == 7) {
			to[i++] = 1;
			continue;
		}
		to[i] = a[i] / 3;
		i++;
	}
	return i;
}

static double EACH(sum)(const double *a, int n)
{
	double s = 0;
	for (int i = 0; i < n; i++)
		s += a[i];
	return s;
}

static double EACH(dot)(const double *a, const double *b, int n)
{
	double s = 0, t = 0;
	for (int i = 0; i + 1 < n; i += 2) {
		s += a[i] * b[i];
		t -= a[i + 1] * b[i + 1];
	}
	return s + t;
}

static double EACH(product)(const double *a, int n)
{
	double s = 1;
	for (int i = 0; i < n; i++)
		s *= a[i];
	return s;
}

static long EACH(parity)(const long *a, int n)
{
	long x = 0, y = -1;
	for (int i = 0; i < n; i++) {
		x ^= a[i];
		y &= a[i];
	}
	return x | y;
}

static int EACH(largest)(const int *a, int n)
{
	int most = a[0];
	for (int i = 1; i < n; i++)
		most = a[i] > most ? a[i] : most;
	return most;
}

static double EACH(largest_real)(const double *a, int n)
{
	double most = a[0];
	for (int i = 1; i < n; i++)
		if (a[i] > most)
			most = a[i];
	return most;
}

static int EACH(place_of_largest)(const int *a, int n)
{
	int most = a[0], place = 0;
	for (int i = 1; i < n; i++)
		if (a[i] > most) {
			most = a[i];
			place = i;
		}
	return place;
}

static int EACH(counted)(const int *a, int n)
{
	int hits = 0;
	for (int i = 0; i < n; i++)
		hits += a[i] > 5;
	return hits;
}

static void EACH(sum_in_memory)(const int *a, int n)
{
	for (int i = 0; i < n; i++)
		cell += a[i];
}

static long EACH(list)(const struct node *at)
{
	long sum = 0;
	for (; at; at = at->next)
		sum += at->value;
	return sum;
}

static int EACH(chain)(const int *next, int at, int n)
{
	while (n--)
		at = next[at];
	return at;
}

static const struct node *EACH(tree)(const struct node *at, long key)
{
	while (at && at->value != key)
		at = at->child[key > at->value];
	return at;
}

static long EACH(generator)(unsigned long x, int n)
{
	for (int i = 0; i < n; i++)
		x = x * 6364136223846793005u + 1442695040888963407u;
	return (long)x;
}

static long EACH(xorshift)(unsigned x, int n)
{
	for (int i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
	}
	return x;
}

static void EACH(filter)(double *to, const double *a, int n, double weight)
{
	double s = 0;
	for (int i = 0; i < n; i++) {
		s = weight * s + a[i];
		to[i] = s;
	}
}

static void EACH(filter_of_two)(double *to, const double *a, int n, double u, double v)
{
	double x = 0, y = 0;
	for (int i = 0; i < n; i++) {
		double z = u * x + v * y + a[i];
		y = x;
		x = z;
		to[i] = z;
	}
}

static void EACH(running_sum)(long *to, const long *a, int n)
{
	long s = 0;
	for (int i = 0; i < n; i++)
		to[i] = s += a[i];
}

static int EACH(compacts)(int *to, const int *a, int n)
{
	int kept = 0;
	for (int i = 0; i < n; i++)
		if (a[i] > 5)
			to[kept++] = a[i];
	return kept;
}

static unsigned EACH(hash)(const unsigned char *s, int n)
{
	unsigned h = 2166136261u;
	for (int i = 0; i < n; i++)
		h = (h ^ s[i]) * 16777619;
	return h;
}

static void EACH(hash_in_memory)(const int *a, int n)
{
	for (int i = 0; i < n; i++)
		cell = cell * 31 + a[i];
}

static int EACH(automaton)(const unsigned char *s, int n, const int (*to)[8])
{
	int state = 0;
	for (int i = 0; i < n; i++)
		state = to[state][s[i]];
	return state;
}

static double EACH(newton)(double x, int n)
{
	for (int i = 0; i < n; i++)
		x = 0.5 * (x + 2 / x);
	return x;
}

static long EACH(fibonacci)(int n)
{
	unsigned long a = 0, b = 1;
	for (int i = 0; i < n; i++) {
		unsigned long c = a + b;
		a = b;
		b = c;
	}
	return (long)a;
}

/* A long pass that hardly waits for the one before. */
static long EACH(hardly)(const long *a, long *to, int n)
{
	long x = 1;
	for (int i = 0; i < n; i++) {
		long y = a[i];
		y = y * 3 + (y >> 3);
		y = (y ^ 77) * 5 + (y >> 7);
		y = (y ^ 99) * 7 + (y >> 9);
		y = (y ^ 55) * 9 + (y >> 5);
		x = (x + y) ^ 1;
		to[i] = x + y;
	}
	return x;
}

/* The inner loop goes on with what the outer pass before left; it begins anew in each. */
static double EACH(goes_on)(const double *a, int n)
{
	double x = 0;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			x = x * 0.5 + a[k];
	return x;
}

static void EACH(begins_anew)(double *to, const double *a, int n)
{
	for (int i = 0; i < n; i++) {
		double x = 0;
		for (int k = 0; k < i; k++)
			x = x * 0.5 + a[k];
		to[i] = x;
	}
}

/* Each call needs what the one before returned; none does. */
static unsigned EACH(asks)(unsigned x)
{
	return x * 1664525 + 1013904223;
}

static unsigned EACH(asks_on)(unsigned x, int n)
{
	for (int i = 0; i < n; i++)
		x = asks(x + 1);
	return x;
}

static unsigned EACH(asks_each)(const int *a, int n)
{
	unsigned sum = 0;
	for (int i = 0; i < n; i++)
		sum += asks((unsigned)a[i]);
	return sum;
}

static double run_reals(void)
{
	independent(filtered, reals, N);
	stencil(reals, filtered, N);
	filter(filtered, reals, N, 0.5);
	filter_of_two(filtered, reals, N, 0.5, 0.25);
	begins_anew(filtered, reals, N);
	return goes_on(reals, N) + sum(reals, N) + dot(reals, filtered, N) + product(reals, N) +
	       newton(1, N) + largest_real(reals, N);
}

static long run_whole(void)
{
	static const int table[8][8];
	for (int i = 0; i < N; i++)
		nodes[i].next = nodes[i].child[1] = i + 1 < N ? &nodes[i + 1] : NULL;
	strided(ints, N, 3);
	running_sum(words, words, N);
	sum_in_memory(ints, N);
	hash_in_memory(ints, N);
	return skipping(ints, more, N) + parity(words, N) + largest(ints, N) +
	       place_of_largest(ints, N) + counted(ints, N) + list(nodes) + chain(more, 0, N) +
	       (tree(nodes, -1) != NULL) + generator(1, N) + xorshift(1, N) +
	       compacts(more, ints, N) + (long)hash(bytes, N) + automaton(bytes, N, table) +
	       fibonacci(N) + hardly(words, words, N) + asks_on(1, N) + asks_each(ints, N);
}

int main(void)
{
	for (int i = 0; i < N; i++)
		bytes[i] = (unsigned char)(i % 8);
	if (ints[0])
		dies("what is zero is not");
	straight(ints);
	fill(more, N);
	calls(8);
	copies((char *)ints, (const char *)more, sizeof(ints));
	printf("%ld\n", nested(ints, 4, 4) + interprets(bytes, N) + rarely(more, N) +
			    enters(ints, N, 1) + run_whole() + (run_reals() > 0));
	return 0;
}
