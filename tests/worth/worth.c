#include "worth.h"
#include <sched.h>

void *worth_memory(size_t count, size_t size)
{
	void *memory = calloc(count, size);
	if (!memory && count) {
		perror("worth");
		exit(2);
	}
	return memory;
}

#define WORDS 4096
#define PARAGRAPHS 64
#define PARAGRAPH 65536

static void make_words(char (*words)[16], uint64_t *random)
{
	static const char *const syllables[] = {"a",  "ti", "on", "re",	 "the", "in", "er", "com",
						"al", "en", "ma", "pro", "de",	"s",  "ly", "st"};
	for (int i = 0; i < WORDS; i++) {
		int count = 1 + (int)(worth_random(random) % 4);
		words[i][0] = 0;
		while (count--)
			strcat(words[i], syllables[worth_random(random) % 16]);
	}
}

/* Frequent words are those with a small number. */
static void make_paragraph(char *to, char (*words)[16], uint64_t *random)
{
	int line = 0;
	for (size_t at = 0; at < PARAGRAPH;) {
		int word = (int)(pow(WORDS, worth_uniform(random))) - 1;
		for (const char *from = words[word]; *from && at < PARAGRAPH; line++)
			to[at++] = *from++;
		if (at < PARAGRAPH)
			to[at++] = line > 70 ? '\n' : ' ';
		line = line > 70 ? 0 : line + 1;
	}
}

char *worth_text(size_t length)
{
	static char words[WORDS][16], paragraphs[PARAGRAPHS][PARAGRAPH];
	char *text = worth_memory(length + 1, 1);
	uint64_t random = 7;
	make_words(words, &random);
	for (int i = 0; i < PARAGRAPHS; i++)
		make_paragraph(paragraphs[i], words, &random);
	for (size_t at = 0; at < length; at += PARAGRAPH) {
		size_t part = length - at < PARAGRAPH ? length - at : PARAGRAPH;
		memcpy(text + at, paragraphs[worth_random(&random) % PARAGRAPHS], part);
	}
	return text;
}

struct member {
	pthread_t thread;
	void (*run)(int, int);
	int number, members;
};

static void *run_member(void *argument)
{
	const struct member *member = argument;
	member->run(member->number, member->members);
	return NULL;
}

void worth_team(int members, void (*run)(int number, int members))
{
	struct member *member = worth_memory((size_t)members, sizeof(*member));
	for (int i = 0; i < members; i++) {
		member[i] = (struct member){.run = run, .number = i, .members = members};
		if (pthread_create(&member[i].thread, NULL, run_member, &member[i])) {
			fprintf(stderr, "worth: no thread\n");
			exit(2);
		}
	}
	for (int i = 0; i < members; i++)
		pthread_join(member[i].thread, NULL);
	free(member);
}

static int cores(void)
{
	cpu_set_t set;
	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

static bool same(double serial, double parallel)
{
	return fabs(serial - parallel) <= program.tolerance * fabs(serial);
}

static int run_both(double scale, int threads)
{
	double serial, parallel;
	program.prepare(scale);
	serial = program.serial();
	program.prepare(scale);
	parallel = program.parallel(threads);
	printf("result %.9g %.9g\n", serial, parallel);
	return !same(serial, parallel);
}

int main(int argc, char **argv)
{
	double scale = argc > 2 ? strtod(argv[2], NULL) : 1;
	int threads = argc > 3 ? atoi(argv[3]) : cores();
	const char *version = argc > 1 ? argv[1] : "";
	bool serial = !strcmp(version, "serial"), both = !strcmp(version, "both");

	if (scale <= 0 || threads < 1 || (!serial && !both && strcmp(version, "parallel")))
		return fprintf(stderr, "usage: %s serial|parallel|both [SCALE] [THREADS]\n",
			       argv[0]),
		       2;
	if (!serial && !program.parallel)
		return fprintf(stderr, "%s: there is only a serial version\n", argv[0]), 3;
	if (both)
		return run_both(scale, threads);
	program.prepare(scale);
	printf("result %.9g\n", serial ? program.serial() : program.parallel(threads));
	return 0;
}
