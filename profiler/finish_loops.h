/*
 * The loops that samples met, in the functions of all frames of their stacks: tables code_loop and
 * code_in_loop; and the variables that these functions change, table code_global. Each function is
 * decoded once, from its file, between the bounds that .eh_frame has of it, or else its symbol. May
 * be repeated: what an earlier call found is replaced.
 */
#ifndef PARPROF_FINISH_LOOPS_H
#define PARPROF_FINISH_LOOPS_H

struct store;

int loops_make(struct store *); /* after symbols_resolve(); 0, or -1 after error() */

#endif
