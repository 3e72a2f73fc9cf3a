/*
 * pieces MODE SECONDS: loops whose passes are known; prints passes per second of CPU time.
 *   fast     a pass takes some nanoseconds
 *   slow     ten passes a second
 *   words    passes of about 100 us, each of which uses words of every kind
 *   split    a child that does words, while the parent does slow
 */
#include "known.h"
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;
unsigned long chained = 1, summed, scratch[64], constants[64];

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* So many dependent steps, in registers. */
__attribute__((noinline)) static unsigned long grind(unsigned long x, unsigned long steps)
{
	for (unsigned long i = 0; i < steps; i++) {
		x = x * 6364136223846793005ul + 1442695040888963407ul;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

/* Steps that take so long here. */
static unsigned long steps_of(double seconds)
{
	double begin = cpu_s();
	sink = grind(1, 20000000);
	return (unsigned long)(20000000 * seconds / (cpu_s() - begin));
}

__attribute__((noinline)) static unsigned long fast_passes(unsigned long n)
{
	unsigned long x = 1;
	for (unsigned long i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		__asm__ volatile("" : "+r"(x));
	}
	sink = x;
	return n;
}

__attribute__((noinline)) static unsigned long slow_passes(unsigned long n, unsigned long steps)
{
	for (unsigned long i = 0; i < n; i++)
		sink = grind(i, steps);
	return n;
}

__attribute__((noinline)) static unsigned long word_passes(unsigned long n, unsigned long steps)
{
	for (unsigned long i = 0; i < n; i++) {
		__asm__ volatile("" ::: "memory"); /* each pass reads them anew */
		unsigned long x = chained + constants[3];
		scratch[7] = i;
		x = grind(x, steps);
		__asm__ volatile("" ::: "memory");
		chained = x + scratch[7];
		summed += x >> 3;
	}
	return n;
}

static void run(const char *mode, double seconds)
{
	double begin = cpu_s();
	unsigned long passes = 0, steps;
	if (!strcmp(mode, "fast"))
		while (cpu_s() - begin < seconds)
			passes += fast_passes(10000000);
	else if (!strcmp(mode, "slow"))
		passes = slow_passes((unsigned long)(seconds * 10), steps_of(0.1));
	else if (steps = steps_of(100e-6), !strcmp(mode, "words"))
		passes = word_passes((unsigned long)(seconds / 100e-6), steps);
	else
		exit(2);
	printf("%s passes %lu seconds %.3f\n", mode, passes, cpu_s() - begin);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	double seconds = argc > 2 ? atof(argv[2]) : 1;
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "split") != 0) {
		run(argv[1], seconds);
		return 0;
	}
	pid_t child = fork();
	run(child ? "slow" : "words", seconds);
	if (child)
		waitpid(child, NULL, 0);
	return 0;
}
