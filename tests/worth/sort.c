/* Merge sort of people: by place and name, by name and place, by year of birth and name. */
#include "worth.h"

#define FEW 12
#define PLACES 500

struct person {
	const char *place;
	char name[12];
	int born;
};

static char places[PLACES][12];
static struct person *people;
static const struct person **order, **scratch;
static long count;
static enum column { BY_PLACE, BY_NAME, BY_YEAR, COLUMNS } by;

static void make_name(char *name, uint64_t *random)
{
	for (int i = 0; i < 4; i++)
		memcpy(name + 2 * i, &"kalimonaterusipedovi"[worth_random(random) % 10 * 2], 2);
}

static void prepare(double scale)
{
	uint64_t random = 1;
	count = (long)(13e5 * scale);
	people = worth_memory((size_t)count, sizeof(*people));
	order = worth_memory((size_t)count, sizeof(*order));
	scratch = worth_memory((size_t)count, sizeof(*scratch));
	for (int i = 0; i < PLACES; i++)
		make_name(places[i], &random);
	for (long i = 0; i < count; i++) {
		make_name(people[i].name, &random);
		people[i].place = places[worth_random(&random) % PLACES];
		people[i].born = 1900 + (int)(worth_random(&random) % 120);
		order[i] = &people[i];
	}
}

static bool is_before(const struct person *a, const struct person *b)
{
	int difference = 0;
	if (by == BY_PLACE)
		difference = strcasecmp(a->place, b->place);
	else if (by == BY_YEAR)
		difference = a->born - b->born;
	if (!difference)
		difference = strcasecmp(a->name, b->name);
	if (!difference && by == BY_NAME)
		difference = strcasecmp(a->place, b->place);
	return difference < 0;
}

static void insertion_sort(const struct person **p, long n)
{
	for (long i = 1; i < n; i++) {
		const struct person *one = p[i];
		long j = i;
		for (; j > 0 && is_before(one, p[j - 1]); j--)
			p[j] = p[j - 1];
		p[j] = one;
	}
}

static void merge(const struct person **p, const struct person **space, long half, long n)
{
	long left = 0, right = half, to = 0;
	memcpy(space, p, (size_t)half * sizeof(*p));
	while (left < half && right < n)
		p[to++] = is_before(p[right], space[left]) ? p[right++] : space[left++];
	memcpy(p + to, space + left, (size_t)(half - left) * sizeof(*p));
}

static void sort(const struct person **p, const struct person **space, long n)
{
	if (n <= FEW) {
		insertion_sort(p, n);
		return;
	}
	sort(p, space, n / 2);
	sort(p + n / 2, space + n / 2, n - n / 2);
	merge(p, space, n / 2, n);
}

/* Is it in order? Not looked at everywhere: that would take as long as a whole level of merges. */
static double result(void)
{
	uint64_t sum = 0;
	for (long i = 0; i < count; i++) {
		if (i % 16 == 1 && is_before(order[i], order[i - 1]))
			return NAN;
		sum = sum * 31 + (uint64_t)(order[i] - people);
	}
	return (double)(sum >> 32);
}

static double serial(void)
{
	double sum = 0;
	for (by = BY_PLACE; by < COLUMNS; by++) {
		sort(order, scratch, count);
		sum += result();
	}
	return sum;
}

struct task {
	const struct person **people, **space;
	long count;
	int threads;
};

/* As long as there are threads left, one half is sorted by another thread. */
static void *sort_task(void *argument)
{
	struct task *t = argument;
	long half = t->count / 2;
	struct task left = {t->people, t->space, half, t->threads / 2};
	struct task right = {t->people + half, t->space + half, t->count - half,
			     t->threads - t->threads / 2};
	pthread_t thread;

	if (t->threads < 2 || pthread_create(&thread, NULL, sort_task, &left)) {
		sort(t->people, t->space, t->count);
		return NULL;
	}
	sort_task(&right);
	pthread_join(thread, NULL);
	merge(t->people, t->space, half, t->count);
	return NULL;
}

static double parallel(int threads)
{
	double sum = 0;
	for (by = BY_PLACE; by < COLUMNS; by++) {
		sort_task(&(struct task){order, scratch, count, threads});
		sum += result();
	}
	return sum;
}

const struct worth program = {prepare, serial, parallel, 1e-9};
