/* The machine in a sentence, and drawn as the tree of what is in what. */
#ifndef PARPROF_MACHINE_WORDS_H
#define PARPROF_MACHINE_WORDS_H

struct look;
struct model;
struct style;
struct text;

/* Of tables machine, machine_caches. */
void machine_sentence(struct text *, const struct model *, const struct style *);
/* Of table machine_tree; parts that are alike are drawn once. */
void machine_draw(struct text *, const struct model *, const struct look *);

#endif
