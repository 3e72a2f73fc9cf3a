#include "reports/graph/history.h"
#include "profiler/text.h"
#include <string.h>

const char *const history_family_names[HISTORY_FAMILY_COUNT] = {
#define X(name) #name,
    HISTORY_FAMILIES(X)
#undef X
};

enum history_family history_family(const char *name)
{
	for (int i = 0; i < HISTORY_FAMILY_COUNT; i++)
		if (!strcmp(history_family_names[i], name))
			return i;
	return HISTORY_other;
}
