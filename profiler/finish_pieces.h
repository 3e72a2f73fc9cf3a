/*
 * What watching passes of loops left open: the process and the loop of each row of piece_watch, the
 * place and the name of each piece_word. May be repeated.
 */
#ifndef PARPROF_FINISH_PIECES_H
#define PARPROF_FINISH_PIECES_H

struct store;

/* 0, or -1 after error(). The first before symbols are looked up, the second when the loops of the
 * code are known. */
int pieces_place(struct store *);
int pieces_name(struct store *);

#endif
