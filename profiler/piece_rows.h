/* Rows of the tables piece_watch and piece_word. */
#ifndef PARPROF_PIECE_ROWS_H
#define PARPROF_PIECE_ROWS_H

#include "profiler/piece_loops.h"

struct store;
struct piece_rows;

struct piece_rows *piece_rows_open(struct store *);
/* All loops of a process that were watched; ns: of its end. */
void piece_rows_write(struct piece_rows *, const struct piece_process *, int64_t ns,
		      uint64_t trap_ns);
void piece_rows_close(struct piece_rows *);

#endif
