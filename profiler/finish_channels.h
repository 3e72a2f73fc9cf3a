/*
 * From the pipes and sockets that each process told of to channels with two ends, and who moved how
 * much through them: tables channel and channel_use. May be repeated.
 */
#ifndef PARPROF_FINISH_CHANNELS_H
#define PARPROF_FINISH_CHANNELS_H

struct store;

int channels_make(struct store *); /* 0, or -1 after error() */

#endif
