/* Does it run in a virtual machine or a container, and in which? */
#ifndef PARPROF_VIRTUAL_H
#define PARPROF_VIRTUAL_H

struct machine;

/* The processor itself is asked only for root "". */
void virtual_read(struct machine *, const char *root);

#endif
