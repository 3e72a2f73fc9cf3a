/* The words of a verdict: sentence (s) and consequence (c), one function for each code. */
#ifndef PARPROF_VERDICT_WORDS_H
#define PARPROF_VERDICT_WORDS_H

#include <stdint.h>

struct figures;
struct model;
struct text;

/* model->verdict has its code and figures already. */
void verdict_say(const struct model *, struct text *s, struct text *c);

/* A part of the whole, 0 of nothing. */
double verdict_part(int64_t some, int64_t all);
/* Of all threads, the time in which they had something to do. */
int64_t verdict_active_ns(const struct figures *);
/* "Scales fine: …", as far as other programs let it be seen. */
void verdict_say_scales(const struct figures *, struct text *);

#endif
