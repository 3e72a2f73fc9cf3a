#include "reports/advise/advice.h"
#include "profiler/message.h"
#include <string.h>

#define UNKNOWN_MOST 0.1   /* of the divided work */
#define DEPENDENT_MUCH 0.2 /* of the run */
#define GRAIN_LOSS 1.1	   /* so much faster if dividing were for nothing */
#define SHARING_LOSS 1.1   /* so much faster if cores did not slow each other down */
#define MEMORY_LOSS 1.2	   /* so much faster without: memory is what limits it */

const char *const worth_words[] = {
#define X(name, word, words) word,
    WORTHS(X)
#undef X
};
const char *const advice_reason_words[] = {
#define X(name, word) word,
    ADVICE_REASONS(X)
#undef X
};

enum worth worth_of(const char *word)
{
	for (int i = 0; i < WORTH_COUNT; i++)
		if (!strcmp(worth_words[i], word))
			return (enum worth)i;
	BUG("no worth is called %s", word);
}

static bool memory_limits(const struct advice_case *c)
{
	return c->without_memory > MEMORY_LOSS * c->estimate.middle &&
	       c->without_memory >= ADVICE_WORTH;
}

static bool cores_limit(const struct advice_case *c)
{
	return c->without_sharing > SHARING_LOSS * c->estimate.middle &&
	       c->without_sharing >= ADVICE_WORTH_MIDDLE;
}

static struct advice why_not(const struct advice_case *c)
{
	if (c->waiting >= ADVICE_WAITING * c->wall)
		return (struct advice){WORTH_limited, ADVICE_waiting};
	if (memory_limits(c))
		return (struct advice){WORTH_limited, ADVICE_memory};
	if (c->interpreted > DEPENDENT_MUCH)
		return (struct advice){WORTH_no, ADVICE_interpreted};
	if (cores_limit(c))
		return (struct advice){WORTH_limited, ADVICE_cores};
	if (c->without_costs >= ADVICE_WORTH && c->without_costs > GRAIN_LOSS * c->estimate.middle)
		return (struct advice){WORTH_no, ADVICE_grain};
	if (c->dependent >= DEPENDENT_MUCH)
		return (struct advice){WORTH_no, ADVICE_dependent};
	return (struct advice){WORTH_no, ADVICE_serial};
}

struct advice advice_of(const struct advice_case *c)
{
	if (c->wall < ADVICE_SHORT_NS)
		return (struct advice){WORTH_short, ADVICE_none};
	if (c->several >= ADVICE_PARALLEL * c->wall)
		return (struct advice){WORTH_parallel, ADVICE_none};
	if (c->cpus < 1.5)
		return (struct advice){WORTH_limited, ADVICE_one_core};
	if (c->samples < ADVICE_SAMPLES_MIN && c->waiting < ADVICE_WAITING * c->wall)
		return (struct advice){WORTH_short, ADVICE_unsampled};
	if (c->paced >= ADVICE_PACED * c->wall)
		return (struct advice){WORTH_limited, ADVICE_waiting};
	if (c->estimate.low < ADVICE_WORTH && c->estimate.middle < ADVICE_WORTH_MIDDLE)
		return why_not(c);
	if (memory_limits(c))
		return (struct advice){WORTH_limited, ADVICE_memory};
	if (c->unknown > UNKNOWN_MOST)
		return (struct advice){WORTH_yes_if, ADVICE_none};
	return (struct advice){WORTH_yes, ADVICE_none};
}
