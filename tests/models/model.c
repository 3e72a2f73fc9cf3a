/* Arguments, time, and main() of the model. */
#include "model.h"
#include <sys/prctl.h>

bool model_spins;
static char **argument;
static int arguments;
static bool asked[64];

static const char *value_of(const char *key)
{
	size_t length = strlen(key);
	const char *value = NULL; /* the last one counts: a fix is added behind */
	for (int i = 0; i < arguments; i++)
		if (!strncmp(argument[i], key, length) && argument[i][length] == '=') {
			asked[i] = true;
			value = argument[i] + length + 1;
		}
	return value;
}

const char *model_word(const char *key, const char *otherwise)
{
	const char *value = value_of(key);
	return value ? value : otherwise;
}

double model_number(const char *key, double otherwise)
{
	const char *value = value_of(key);
	return value ? strtod(value, NULL) : otherwise;
}

int model_list(const char *key, const char *otherwise, double *values)
{
	const char *at = model_word(key, otherwise);
	int count = 0;
	while (*at && count < MODEL_LISTED) {
		char *end;
		values[count++] = strtod(at, &end);
		at = *end == ',' ? end + 1 : end;
		if (at == end && *end)
			break;
	}
	return count;
}

double model_random(uint32_t item, uint32_t purpose)
{
	uint64_t x = (uint64_t)item << 32 | (purpose + 1) * 2654435761u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9; /* splitmix64 */
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

double model_varied(double us, uint32_t item, uint32_t purpose)
{
	static double vary = -1;
	if (vary < 0)
		vary = model_number("vary", 0);
	return us * (1 + vary * (2 * model_random(item, purpose) - 1));
}

static long cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

void model_spin(struct timespec time)
{
	long end = cpu_now() + time.tv_sec * 1000000000 + time.tv_nsec;
	while (cpu_now() < end)
		for (volatile int i = 0; i < 400; i++)
			;
}

struct timespec model_time(double us)
{
	long ns = us > 0 ? (long)(us * 1000) : 0;
	return (struct timespec){ns / 1000000000, ns % 1000000000};
}

static const struct {
	const char *name;
	void (*run)(void);
} shapes[] = {
#define X(name) {#name, shape_##name},
    MODEL_SHAPES(X)
#undef X
};

void model_print_locks(void);

int main(int argc, char **argv)
{
	argument = argv + 2;
	arguments = argc - 2;
	prctl(PR_SET_TIMERSLACK, 1);
	for (size_t i = 0; argc > 1 && i < COUNT(shapes); i++) {
		if (strcmp(argv[1], shapes[i].name))
			continue;
		model_spins = !strcmp(model_word("time", "sleep"), "spin");
		long begin = known_now();
		shapes[i].run();
		printf("wall %.6f\n", (double)(known_now() - begin) / 1e9);
		model_print_locks();
		model_word("vary", "");
		for (int a = 0; a < arguments; a++)
			if (!asked[a])
				return fprintf(stderr, "model: %s means nothing to %s\n",
					       argument[a], argv[1]),
				       2;
		return 0;
	}
	fprintf(stderr, "usage: model SHAPE key=value…\n");
	return 2;
}
