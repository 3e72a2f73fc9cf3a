/*
 * Findings: the few things that hold a program back most, each with what mending it would gain.
 *Made of the model's tables, so that no number of a finding differs from its table.
 *
 *	candidates.c   every loss of the speedup stack, by what it is the fault of
 *	gain.c         what each would gain: by replay where there is one, else by what was lost
 *	words.c        why, in one sentence
 *
 * Invariants
 *  - low <= gain <= high, and all are at least 1.
 *  - Findings are sorted by low, the largest first; all gain at least FINDING_GAIN_MIN, surely
 *    FINDING_LOW_MIN.
 *  - Names and places are the tables', and live as long as the model.
 */
#ifndef PARPROF_FINDING_H
#define PARPROF_FINDING_H

#include "profiler/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct model;
struct store;

#define FINDING_GAIN_MIN 1.05  /* less is not worth a reader's time */
#define FINDING_GUESS_MIN 1.10 /* nor is this, when no replay says so */
#define FINDING_LOW_MIN 1.02   /* nor is what may gain nothing */
#define FINDING_GIL_MIN 1.15   /* nor is a GIL of less: what takes it away costs more */
#define FINDINGS_SHOWN 3

/* The parts of the speedup stack, and what a finding about one is called. Losses are what a finding
 * may be about. Words: what the time was lost by; letter: its mark in a bar without colours. */
#define LOSS_KINDS(X)                                                                              \
	X(work, "work", "useful work", '#', "32", false)                                           \
	X(lock, "lock", "waiting for locks", 'L', "31", true)                                      \
	X(spin, "spin", "polling", 'P', "35", true)                                                \
	X(runtime, "runtime", "in the parallel runtime", 'T', "35", true)                          \
	X(serial, "serial", "one thread had work, no other", 'S', "33", true)                      \
	X(imbalance, "imbalance", "waiting for the slowest", 'B', "33", true)                      \
	X(starvation, "starvation", "waiting for work", 'W', "34", true)                           \
	X(stage, "stage", "waiting for a slow stage", 'W', "34", true)                             \
	X(wake_up, "wake-up", "called, not yet running", 'U', "36", true)                          \
	X(no_core, "no-core", "ready, no core free", 'R', "36", true)                              \
	X(taken, "taken", "other programs had the cores", 'R', "36", true)                         \
	X(few_threads, "few-threads", "no thread to run", '.', "90", true)                         \
	X(io, "io", "input and output", 'I', "90", true)                                           \
	X(timer, "timer", "sleeping", 'Z', "90", true)                                             \
	X(hidden, "hidden", "blocked unseen", 'H', "90", true)                                     \
	X(overhead, "overhead", "being recorded", 'O', "90", false)
enum loss_kind {
#define X(name, word, words, letter, colour, loss) LOSS_##name,
	LOSS_KINDS(X)
#undef X
	    LOSS_KIND_COUNT
};
struct loss_fact {
	const char *word, *words, *colour;
	char letter;
	bool loss;
};
extern const struct loss_fact loss_facts[LOSS_KIND_COUNT];
enum loss_kind loss_kind(const char *word); /* an unknown word is a BUG */

struct finding {
	enum loss_kind kind;
	int64_t leader;	 /* 0: of no lock */
	int64_t stack;	 /* 0: none */
	int64_t thread;	 /* whose doing, 0 */
	size_t row;	 /* of the table that kind is about; SIZE_MAX: none */
	double lanes;	 /* lost */
	double share;	 /* of the waits for work, of a stage */
	bool gil;	 /* the lock is an interpreter's */
	bool blocked;	 /* in a parallel runtime, not only at work there: see MODEL_teams */
	uint32_t merged; /* locks of one array, 0: it is none. leader and row: the worst of them */
	double low, gain, high;
	double error; /* of the replay it comes from, < 0: of none */
	const char *name, *place;
	struct text words;
};

struct findings {
	struct finding *list;
	size_t count;
};

/* The model's tables but findings are read: fills the temporary table reading_finding. 0 or -1. */
int findings_make(const struct model *, struct store *);

/* Its parts, for tests. */
void findings_gather(struct findings *, const struct model *);
void findings_gain(struct findings *, const struct model *);
void findings_rank(struct findings *); /* sorts, drops what is not worth it */
void finding_say(struct finding *, const struct model *);
bool findings_oversubscribed(const struct model *);
const char *finding_confidence(const struct finding *);
void finding_command(struct text *, const struct finding *);
void findings_free(struct findings *);

#endif
