/* What a sweep says in words: the sentence, its consequence, and notes on how far to trust it. */
#ifndef PARPROF_SCALE_WORDS_H
#define PARPROF_SCALE_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct shown;
struct style;
struct table;
struct text;

void words_sentence(struct text *, const struct shown *, const struct style *);
void words_consequence(struct text *, const struct shown *, const struct style *);
void words_noise(struct text *, const struct shown *, const struct style *);
/* How predictions of this build did so far; empty without any. */
void words_predictions(struct text *, const struct shown *, const struct style *);
/* What parprof advise had predicted beside what was measured; empty without any. */
void words_advice(struct text *, const struct shown *, const struct style *);
/* More threads than cores, or a sweep that ended early; may stay empty. */
void words_limits(struct text *, const struct shown *, const struct style *);

/* Parts of them. */
const struct table *words_points(const struct shown *);
const struct table *words_sweep(const struct shown *);
size_t words_row(const struct table *points, int64_t n);
double words_most(const struct table *points, const char *key);
void words_number(struct text *, const struct shown *, int64_t n); /* "3 cores", "1 thread" */
void words_speedup(struct text *, const struct table *points, size_t row, const struct style *);

#endif
