/* What the cache misses of a simulated run mean, in words. */
#ifndef PARPROF_CACHE_WORDS_H
#define PARPROF_CACHE_WORDS_H

#include <stdbool.h>

struct model;
struct style;
struct text;

bool cache_simulated(const struct model *); /* the whole run was */
/* The first sentence of its report, and what follows from it. */
void cache_say(const struct model *, struct text *sentence, struct text *consequence);
/* Of a section by itself: what was counted, or how to count it. */
void cache_sentence(struct text *, const struct model *, const struct style *);
/* What was simulated, and what such a simulation leaves out. */
void cache_say_how(const struct model *, struct text *);

#endif
