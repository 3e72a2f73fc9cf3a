/* How predictions are written. */
#ifndef PARPROF_RENDER_PREDICT_H
#define PARPROF_RENDER_PREDICT_H

#include "reports/render.h"

struct replay;

/* table: of the question predictions. */
void render_predict(struct text *, const struct table *, const struct replay *,
		    const struct look *);
void render_predict_json(struct text *, const struct table *, const struct replay *);

#endif
