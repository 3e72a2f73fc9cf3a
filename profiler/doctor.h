/*
 * The doctor's checks: each looks at one thing of this machine and says in a sentence whether
 * recording works with it. The table is in cmd_doctor.c; to add a check, add a row.
 */
#ifndef PARPROF_DOCTOR_H
#define PARPROF_DOCTOR_H

#include "profiler/text.h"

enum verdict { VERDICT_OK, VERDICT_LIMITED, VERDICT_NO };

struct finding {
	enum verdict verdict; /* OK unless the check says otherwise */
	struct text fact;     /* what is */
	struct text advice;   /* what it means and what to do; empty when there is nothing to do */
};

/* Sets the verdict and the advice. */
void finding_limit(struct finding *, enum verdict, const char *advice, ...)
    __attribute__((format(printf, 3, 4)));

/* The contents of a small file without the last newline, "" when it cannot be read. */
const char *doctor_file(const char *path, char *buffer, size_t size);

/* doctor_preload.c */
void check_library(struct finding *);
void check_preload(struct finding *);
void check_cost(struct finding *);
void check_arena(struct finding *);

/* doctor_machine.c */
void check_kernel(struct finding *);
void check_processors(struct finding *);
void check_clock(struct finding *);
void check_memory(struct finding *);
void check_address_space(struct finding *);
void check_file_size(struct finding *);
void check_locked_memory(struct finding *);
void check_ptrace(struct finding *);
void check_randomization(struct finding *);

/* doctor_perf.c */
void check_perf_software(struct finding *);
void check_perf_hardware(struct finding *);

/* doctor_libraries.c */
void check_glibc(struct finding *);
void check_sqlite(struct finding *);
void check_libdw(struct finding *);
void check_valgrind(struct finding *);
void check_debuginfod(struct finding *);

#endif
