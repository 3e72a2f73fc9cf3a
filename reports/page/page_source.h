/*
 * Lines of the program's source that cost something, with a few around them, where the source can
 * be read on this machine. Whole files are never copied.
 *
 * JSON: [{file, lines: [[number, text, samples, wait_ns, hold_ns], …], newer}, …]: the costliest
 * files first; newer: changed since the recording, so that lines may have moved.
 */
#ifndef PARPROF_PAGE_SOURCE_H
#define PARPROF_PAGE_SOURCE_H

struct json;
struct store;

int page_source_write(struct json *, const char *key, struct store *); /* 0, or -1 after error() */

#endif
