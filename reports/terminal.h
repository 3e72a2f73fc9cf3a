/*
 * What stdout is: how wide, whether it shows colours and characters beyond ASCII; and the pager.
 */
#ifndef PARPROF_TERMINAL_H
#define PARPROF_TERMINAL_H

#include "reports/unit.h"
#include <stdbool.h>

struct text;

enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER }; /* order of --color's words */

struct terminal {
	int width, height; /* width 0: unlimited; height 0: no screen */
	bool colour;
	struct style style;
};

/* width: of --width, 0 when not given. */
struct terminal terminal_find(enum colour_choice, int width);
/* To stdout; through $PAGER when it is longer than the screen and page is set. -1 after error(). */
int terminal_write(const struct terminal *, const struct text *, bool page);

#endif
