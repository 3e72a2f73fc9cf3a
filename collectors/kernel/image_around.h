/*
 * What the code of an image tells of the functions that a function calls: whether they return.
 *
 * One does not that has no instruction to return, nor to go on elsewhere; nor does one of another
 * file that is known by its name. All else is taken to return.
 */
#ifndef PARPROF_IMAGE_AROUND_H
#define PARPROF_IMAGE_AROUND_H

#include "collectors/kernel/code_flow.h"
#include "collectors/kernel/image.h"

/* For code_loops_find_in(), as long as the image is there and is not changed. */
struct code_around image_around(const struct image *);

#endif
