/*
 * Suspects of false sharing: what different threads use lies in one cache line, so that it goes to
 * and fro between cores though no data is shared. From addresses alone, without counters: who
 * uses what is known of locks, and of the arguments of threads by the routine that gets them. That
 * it costs time is not known: a suspect, never a finding.
 *
 *   locks      several locks in one line, taken often, by different threads
 *   data       a lock that threads fight for, beside a variable that is not part of the same object
 *   arguments  threads of one routine were given parts of the same line, or a line's end and begin
 *
 * And what was seen: which thread used which word of a line, and how often two of them did within
 * a few milliseconds. That is evidence, of the sharing if not of its cost: it confirms a suspect,
 * clears it, or is one of its own:
 *
 *   words      different threads were seen to use different words of the line
 */
#ifndef PARPROF_SHARING_H
#define PARPROF_SHARING_H

#include <stddef.h>
#include <stdint.h>

/* Name, value, why. */
#define SHARING_LIMITS(X)                                                                          \
	X(RATE, 1000, "acquisitions of a lock a second: each may move the line, 100 ns each")      \
	X(LEAST, 1000, "acquisitions, at least")                                                   \
	X(OTHERS, 0.01, "part of a lock's acquisitions by a thread, to count as its user")         \
	X(POINTER, 65536, "smaller arguments are numbers: no memory is mapped there")              \
	X(NEIGHBOUR, 4096, "bytes between arguments, at most, to be parts of one array")           \
	X(NUMBER, 8, "bytes between arguments, less: numbers, which threads only read")            \
	X(NEAR, 8, "times that two threads were near each other, to be no chance")                 \
	X(PRIVATE, 0.95, "part of a word's touches by one thread, to be that thread's own")        \
	X(MIXED, 0.1, "part of a line's touches of words that threads share, to be shared data")
#define X(name, value, why) static const double SHARING_##name = value;
SHARING_LIMITS(X)
#undef X

/* How often a thread took a lock. In order of process, address, lock. */
struct lock_use {
	int64_t process, address, lock, thread, count;
};

/* What a thread was given. In order of process, parent, routine, address. */
struct argument_use {
	int64_t process, parent, routine, address, thread, begin_ns, end_ns;
	int64_t plain; /* 1: known to be a number or a text, which threads seldom write */
};

enum sharing_kind { SHARING_LOCKS, SHARING_DATA, SHARING_ARGUMENTS, SHARING_WORDS };

struct suspect {
	enum sharing_kind kind;
	int64_t process, line; /* its address; of arguments: the first one's */
	/* the uses it is about: [first, first + count) of the array */
	size_t first, count;
	int64_t threads, acquisitions;
	int64_t moves;	/* of the line between cores, at most */
	int64_t stride; /* bytes from one argument to the next, 0: not always the same */
	int plain;	/* 1: the arguments are, all of them */
	int apart;	/* 1: each part is used by threads of its own */
};

typedef void suspect_row(void *data, const struct suspect *);

/* What a thread did to a word of a line. In order of offset. */
struct word_use {
	int64_t offset, thread, reads, writes;
};

enum line_verdict {
	LINE_UNCLEAR, /* too seldom */
	LINE_READ,    /* nobody writes there, or only one thread uses it */
	LINE_SHARED,  /* threads share its data: they need the line */
	LINE_FALSE,   /* who writes to it shares nothing with the others that use it */
};

/* near: touches of different threads soon after each other. */
enum line_verdict sharing_line(const struct word_use *, size_t count, int64_t near);

/* wall_ns: of the run. */
void sharing_locks(const struct lock_use *, size_t count, int64_t line_bytes, int64_t wall_ns,
		   suspect_row *, void *data);
void sharing_arguments(const struct argument_use *, size_t count, int64_t line_bytes, suspect_row *,
		       void *data);

#endif
