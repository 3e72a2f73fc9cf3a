#include "reports/detail.h"
#include "profiler/text.h"
#include "reports/table.h"
#include <stdlib.h>

static struct waiter make_waiter(const struct table *t, size_t row, struct stacks *stacks)
{
	return (struct waiter){
	    .call = table_text(t, row, "call"),
	    .threads = table_int(t, row, "threads"),
	    .waits = table_int(t, row, "waits"),
	    .wait_ns = table_int(t, row, "wait_ns"),
	    .wait_max_ns = table_int(t, row, "wait_max_ns"),
	    .timed_out = table_int(t, row, "timed_out"),
	    .stack = stacks_get(stacks, table_int(t, row, "stack")),
	};
}

static struct holder make_holder(const struct table *t, size_t row, struct stacks *stacks)
{
	return (struct holder){
	    .cause = table_text(t, row, "cause"),
	    .thread = table_text(t, row, "name"),
	    .waits = table_int(t, row, "waits"),
	    .blame_ns = table_int(t, row, "blame_ns"),
	    .stack = stacks_get(stacks, table_int(t, row, "stack")),
	};
}

/* Both tables hold the rows of all top locks, sorted by time: one pass each picks this lock's in
 * that order. At most 1002 rows per lock (questions/waiters.sql), so growing by one is no cost. */
void detail_make(struct detail *d, int64_t leader, const struct table *waiters,
		 const struct table *holders, struct stacks *stacks)
{
	*d = (struct detail){.leader = leader};
	for (size_t i = 0; i < waiters->rows; i++) {
		if (table_int(waiters, i, "leader") != leader)
			continue;
		d->waiters = memory_grow(d->waiters, d->waiter_count + 1, sizeof(*d->waiters));
		d->waiters[d->waiter_count++] = make_waiter(waiters, i, stacks);
		d->wait_ns += table_int(waiters, i, "wait_ns");
	}
	for (size_t i = 0; i < holders->rows; i++) {
		if (table_int(holders, i, "leader") != leader)
			continue;
		d->holders = memory_grow(d->holders, d->holder_count + 1, sizeof(*d->holders));
		d->holders[d->holder_count++] = make_holder(holders, i, stacks);
		d->blame_ns += table_int(holders, i, "blame_ns");
	}
}

void detail_free(struct detail *d)
{
	free(d->waiters);
	free(d->holders);
}
