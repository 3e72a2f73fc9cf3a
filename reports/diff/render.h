/* Changes for people and for programs: the same rows and sentences. */
#ifndef PARPROF_DIFF_RENDER_H
#define PARPROF_DIFF_RENDER_H

#include "reports/diff/sides.h"
#include "reports/terminal.h"

struct text;

void diff_sentence(struct text *, const struct sides *, const struct style *);
/* top: rows of each section, the largest changes first; 0: all. */
void diff_text(struct text *, const struct sides *, const struct terminal *, size_t top);
void diff_json(struct text *, const struct sides *);

#endif
