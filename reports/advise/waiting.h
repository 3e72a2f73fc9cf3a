/*
 * What a run waits for while nobody of it needs a core. Each such moment is of one kind: by what
 * the critical path is in then, as that goes from who waits for a thread or a child on to that one.
 * Where no hook sees what that one does, by what the program's first thread waits for meanwhile.
 *
 * Invariant: the ns of the kinds sum to the time in which nobody needed a core.
 */
#ifndef PARPROF_ADVISE_WAITING_H
#define PARPROF_ADVISE_WAITING_H

#include "profiler/text.h"
#include "reports/advise/alone.h"
#include "reports/advise/waiting_place.h"
#include <stdbool.h>

struct store;

/* Word; families of objects it is a wait for; calls, of input and output that are told apart by the
 * call; kinds of channels; what is said it waits for; what would change it. A wait is of the kind
 * that has its channel, else its call, else its family; one whose time was up is one for time. */
#define WAITING_KINDS(X)                                                                           \
	X(time, "timer", "", "", "time to pass",                                                   \
	  "not sleeping for a fixed time where an event could end the wait, or sleeping in "       \
	  "several "                                                                               \
	  "at once")                                                                               \
	X(files, "io", "", "", "input and output of files and terminals",                          \
	  "reading ahead while it computes, fewer and larger reads and writes")                    \
	X(network, "", "accept accept4 connect recv recvfrom recvmsg send sendto sendmsg",         \
	  "tcp udp socket", "the network",                                                         \
	  "several requests under way at once, as the answers take the time")                      \
	X(processes, "", "", "pipe fifo socketpair unix", "what other processes send",             \
	  "a faster sender: it gives the pace, and its own advice is what counts")                 \
	X(events, "", "poll ppoll select pselect epoll_wait epoll_pwait", "", "what others send",  \
	  "a faster sender: it gives the pace")                                                    \
	X(children, "child", "", "", "its children",                                               \
	  "running several children at once, or faster ones: the advice on their commands is "     \
	  "what "                                                                                  \
	  "counts")                                                                                \
	X(locks, "mutex rwlock spin once gil", "flock", "", "locks that others hold",              \
	  "holding them only while the data is used, not while waiting for something else")        \
	X(threads, "semaphore condition barrier join futex", "", "", "other threads",              \
	  "giving those threads what they wait for sooner")                                        \
	X(unseen, "other", "", "", "what no hook sees",                                            \
	  "knowing what it waits for: programs that are linked statically, and system calls made " \
	  "without libc, are not watched")
enum waiting_kind {
#define X(name, families, calls, channels, words, change) WAITING_##name,
	WAITING_KINDS(X)
#undef X
	    WAITING_KIND_COUNT
};
extern const char *const waiting_names[WAITING_KIND_COUNT];
extern const char *const waiting_words[WAITING_KIND_COUNT];
extern const char *const waiting_changes[WAITING_KIND_COUNT];

/* call, channel: NULL: none. */
enum waiting_kind waiting_kind_of(enum history_family, const char *call, const char *channel,
				  bool timed_out);
/* A call that waits for one of many pipes and sockets. */
bool waiting_polls(const char *call);

#define WAITING_ALL 0.9 /* of what was waited: the others are not worth a word */

struct waiting_sum {
	double ns;		 /* nobody needed a core, or who did was blocked unseen */
	double thread_ns;	 /* of all threads together, also while others needed one */
	struct waiting_place at, /* most of ns, or else of thread_ns */
	    meanwhile;		 /* of the first thread, when that waited for who was in it */
};

struct waiting {
	struct waiting_sum kind[WAITING_KIND_COUNT];
	enum waiting_kind largest; /* by ns */
	double ns;		   /* of all kinds */
};

/* 0, or -1 after error(); to be freed in any case. */
int waiting_find(struct waiting *, struct store *, const struct graph *, const struct alone *);
void waiting_free(struct waiting *);
/* Rows of reading_advice_waiting. */
int waiting_write(const struct waiting *, struct store *, double wall);

/* "waits for its children (waitpid in run_step, build.c:40)" */
void waiting_say(struct text *, const struct waiting *);

#endif
