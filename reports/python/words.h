/* The sentence and the consequence for programs of Python. */
#ifndef PARPROF_REPORTS_PYTHON_WORDS_H
#define PARPROF_REPORTS_PYTHON_WORDS_H

struct model;
struct style;
struct text;

/* The verdict's code when what holds the run back is of Python's making, else NULL. It is not when
 * the first finding is about a lock of the program. */
const char *python_verdict(const struct model *);
void python_say(const struct model *, struct text *sentence, struct text *consequence);
/* What other ways to run it would give, for any run with several Python threads; else adds nothing.
 */
void python_say_ways(const struct model *, struct text *);
/* Of the table python_time: what threads are at outside of the program's own code, the most first.
 */
void python_sentence(struct text *, const struct model *, const struct style *);

#endif
