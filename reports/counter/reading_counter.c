#include "reports/readings.h"
#include "profiler/store.h"
#include "reports/counter/counter.h"

int reading_counter(struct reading_input *in)
{
	if (!store_value(in->store, "SELECT EXISTS (SELECT 1 FROM counter_summary)", 0))
		return 0;
	return metrics_make(in->store) || counter_locks_make(in->store) ? -1 : 0;
}
