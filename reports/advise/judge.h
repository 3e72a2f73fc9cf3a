/*
 * May the pieces of a region run at once? From what its instructions, watched words of memory and
 * the program's own marks say; the word of the user is the strongest, and nothing here proves it.
 */
#ifndef PARPROF_ADVISE_JUDGE_H
#define PARPROF_ADVISE_JUDGE_H

#include "reports/advise/codes.h"
#include "reports/advise/region.h"

/* Word, from the weakest to the strongest; what it means. */
#define INDEPENDENCES(X)                                                                           \
	X(dependent, "pieces need each other")                                                     \
	X(unknown, "not known")                                                                    \
	X(seen, "none was seen to need another")                                                   \
	X(said, "the program says so")
enum independence {
#define X(name, words) INDEPENDENCE_##name,
	INDEPENDENCES(X)
#undef X
	    INDEPENDENCE_COUNT
};
extern const char *const independence_names[INDEPENDENCE_COUNT];

/* What decided. */
#define JUDGE_REASONS(X)                                                                           \
	X(nothing)     /* nobody could look */                                                     \
	X(marked)      /* the program marks its pieces */                                          \
	X(recursion)   /* calls of one function: too little was seen of them */                    \
	X(calls_alike) /* calls of one function from one place in a loop: nobody can look */       \
	X(calls_share) /* calls read memory that calls beside them wrote */                        \
	X(calls_state) /* calls read and change a variable that they all have */                   \
	X(calls_apart) /* calls read what those that called them wrote, or that they called */     \
	X(recurrence)  /* a pass needs the result of the one before */                             \
	X(chase)       /* it follows a pointer that the one before read */                         \
	X(handed_on)   /* words that many passes hand on */                                        \
	X(state)       /* a few words that all passes use and change */                            \
	X(locked)      /* for much of a pass one lock is held */                                   \
	X(sums)	       /* all that is shared are sums */                                           \
	X(pages)       /* short passes read pages that others wrote */                             \
	X(pages_apart) /* no pass reads pages that others wrote */                                 \
	X(apart)       /* no word was handed from one to the next */                               \
	X(registers)   /* nothing is handed on in registers; memory was not watched */
enum judge_reason {
#define X(name) REASON_##name,
	JUDGE_REASONS(X)
#undef X
	    REASON_COUNT
};
extern const char *const judge_reason_names[REASON_COUNT];

struct judgement {
	enum independence is;
	enum judge_reason reason;
	/* Part of its time that pieces spend one after the other, however many threads there are: a
	 * pass can begin what it needs of the one before only when that is there (the delay of a
	 * DOACROSS loop, Cytron 1986). */
	double bound;
};

struct judgement judge_loop(const struct loop_fact *);
struct judgement judge_region(const struct codes *, const struct region *);

#endif
