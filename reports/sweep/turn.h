/*
 * What changes when a thread stops one thing and begins another: the time of its slot has come.
 */
#ifndef PARPROF_TURN_H
#define PARPROF_TURN_H

#include "reports/sweep/pass.h"

void turn(struct pass *, struct actor *);

#endif
