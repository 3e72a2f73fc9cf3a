#include "reports/replay/predict.h"
#include "profiler/message.h"
#include "reports/replay/session.h"

#define PREDICT_OPERATIONS 1000000

static int predict_point(struct replay *r, struct predict_point *p)
{
	struct staff staff = {replay_largest_group(r), (uint32_t)p->threads};
	struct scenario s = {.cores = p->cores, .staff = &staff};
	struct band b;
	if (p->threads > 0) {
		s.staffs = 1;
		if (staff.group == NOBODY)
			return error("it created no threads that did work: there is no pool to "
				     "give more threads to");
	}
	if (replay_run(r, &s, &b))
		return error("the replay with %d cores and %d threads came to no end: %s", p->cores,
			     p->threads, r->stuck);
	p->low = b.low;
	p->speedup = b.middle;
	p->high = b.high;
	return 0;
}

int predict_curve(struct store *store, struct predict_point *points, size_t count, double *error_of)
{
	struct session s;
	int result;
	if (session_open(&s, store, PREDICT_OPERATIONS))
		return -1;
	result = session_check(&s);
	if (error_of)
		*error_of = s.replay.error;
	for (size_t i = 0; !result && i < count; i++)
		result = predict_point(&s.replay, &points[i]);
	session_close(&s);
	return result;
}
