/* The processors' model and clock, and the kernel's clock, from /proc and /sys. */
#ifndef PARPROF_PROCESSOR_H
#define PARPROF_PROCESSOR_H

struct machine;

void processor_read(struct machine *, const char *root);

#endif
