/* Data of a page: gzip, in base64, which no name of a program can break out of. */
#ifndef PARPROF_PAGE_PACK_H
#define PARPROF_PAGE_PACK_H

struct text;

/* Appends what is in data to out. 0, or -1 after error(). */
int pack_add(struct text *out, const struct text *data);

#endif
