/*
 * The ways to write a model. They only print: every number is the model's.
 */
#ifndef PARPROF_RENDER_H
#define PARPROF_RENDER_H

#include "reports/model.h"
#include "reports/terminal.h"
#include <stdbool.h>
#include <stddef.h>

struct json;
struct section;
struct table;
struct text;

struct look {
	struct terminal terminal;
	bool full;		 /* every section in full */
	bool native;		 /* frames of runtime libraries too */
	bool by_lock, by_thread; /* rows were left out on request: show those that are left */
};

void render_text(struct text *, const struct model *, const struct look *);
/* At most so many rows of a table, but of MODEL_locks, waits, threads and processes; so many
 * waiters and holders of a lock. 0: all. */
struct json_limits {
	size_t rows, places;
};
void render_json(struct text *, const struct model *, const struct json_limits *); /* NULL: all */
/* How many rows of a table that leaves. */
size_t render_json_rows(const struct model *, enum model_table, const struct json_limits *);
/* Of it only what answers: the verdict, the stack, findings, speedup and parallelism. */
void render_json_answer(struct json *, const char *key, const struct model *);
void render_csv(struct text *, const struct table *);

/* One table whole, with its title and how to read it. */
void render_one(struct text *, const struct table *, const struct look *);

/* At most so many rows of a table, for those who did not ask for all. */
void render_beginning(struct text *, const struct table *, size_t most, const struct look *);

/* A section alone. */
void render_section(struct text *, const struct model *, const struct section *,
		    const struct look *);
void render_section_json(struct text *, const struct model *, const struct section *);

/* Parts of render_text. */

/* All of it, when the run was only simulated. */
void render_simulated(struct text *, const struct model *, const struct look *);

/* The speedup stack as a bar, and the findings. */
void render_answer(struct text *, const struct model *, const struct look *);

/* These rows as a table; columns that are empty or do not fit the width are left out. */
void render_table(struct text *, const struct table *, const size_t *rows, size_t count,
		  const struct look *);
/* Who waited for lock number `lock` of the model and who held it. */
void render_detail(struct text *, const struct model *, size_t lock, const struct look *);
/* Deadlocks, and lock orders that may become one, when there were any. */
void render_deadlocks(struct text *, const struct model *, const struct look *);
void render_inversions(struct text *, const struct model *, const struct look *);
/* What may lie in one cache line and should not. */
void render_sharing(struct text *, const struct model *, const struct look *);
/* What is not a lock: other waits, threads, processes, what was not seen, the cost. */
void render_rest(struct text *, const struct model *, const struct look *);

/* Words folded at the terminal's width, all lines but the first indented. */
void render_words(struct text *, const char *words, int indent, const struct look *);
void render_bold(struct text *, const char *words, const struct look *);

#endif
