/*
 * The log: what a target writes and the recorder reads, in one shared memory file, the arena.
 * The only header both sides include. Plain data, no functions but a few inline ones.
 *
 *   arena = | header | segment 0 | segment 1 | … |        all segments SEGMENT_SIZE bytes
 *
 * The recorder makes the file, owns its size and its free segments; targets only map and store.
 * A segment belongs to one owner at a time:
 *
 *   recorder --(zeroed, put into a free ring)--> target thread --(sealed, or owner gone)-->
 * recorder
 *
 * Invariants
 *  - A segment handed out is all zero behind its first word. A record is committed when its head's
 *    word is not 0; the head is stored last, with release. Records never straddle segments.
 *  - A reference (ref) is an offset from the arena's start in 8-byte units, 0 is none.
 *  - Only the owning thread stores into its log, slots and stats; the recorder reads them at any
 *    time, and takes a segment back only when it is sealed and read, freed by its owner, or the
 *    owner is gone from the kernel.
 *  - Times are raw ticks of the clock named in the header.
 */
#ifndef PARPROF_LOG_H
#define PARPROF_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_MAGIC 0x31474f4c46525050ull /* "PPRFLOG1" */
#define LOG_VERSION 3

#define SEGMENT_SIZE 16384u
#define SEGMENT_COUNT_MAX 16384u /* 256 MiB: the most an arena ever holds */
#define ARENA_HEADER_SIZE (512u * 1024u)
#define ARENA_SIZE_MAX (ARENA_HEADER_SIZE + (uint64_t)SEGMENT_SIZE * SEGMENT_COUNT_MAX)
/* The header's end, 80 pages: nobody reads or writes there, and the recorder takes its pages away
 * (collectors/kernel/translations.h). */
#define ARENA_FLUSH_SIZE (320u * 1024u)
#define ARENA_FLUSH_OFFSET (ARENA_HEADER_SIZE - ARENA_FLUSH_SIZE)
#define SEGMENT_COUNT_SMALL 256u /* a process short of address space maps only the first 4 MiB */

#define STACK_DEPTH_MAX 64

/* Environment of a target. PARPROF_ARENA is a path that opens the arena's file. */
#define ENV_ARENA "PARPROF_ARENA"
#define ENV_PRELOAD "LD_PRELOAD"

enum { HOLDS_NONE = 0, HOLDS_ALL = 1, HOLDS_SAMPLED = 2 };

enum log_clock { CLOCK_TICKS_TSC = 1, CLOCK_TICKS_MONOTONIC_NS = 2 };

/* A ring of free segment numbers. The recorder is the only producer; consumers advance head by
 * compare-and-swap, which cannot suffer ABA as both counters only grow. */
#define FREE_RING_SIZE SEGMENT_COUNT_MAX
struct free_ring {
	uint64_t head __attribute__((aligned(64))); /* next to take */
	uint64_t tail __attribute__((aligned(64))); /* past the last offered */
	uint32_t segment[FREE_RING_SIZE];
};

struct arena_header {
	uint64_t magic; /* stored last by the recorder */
	uint32_t version;
	uint32_t clock;		/* enum log_clock */
	uint32_t hold_interval; /* HOLDS_*: which uncontended holds are timed */
	uint32_t stack_depth;	/* frames to take, at most STACK_DEPTH_MAX */
	uint32_t recorder_pid;
	uint32_t ticks_per_us;
	uint32_t stop;	       /* 1: the recording is over, targets write nothing more */
	uint32_t sample_hertz; /* threads sample themselves so often a second of CPU time, 0: not */
	uint32_t sample_python; /* 1: only those of processes that Python runs in do */
	/* counters of all targets, atomic */
	uint32_t processes __attribute__((aligned(64))); /* process numbers given out, from 1 */
	uint64_t records_dropped;			 /* no free segment */
	uint64_t threads_unseen;			 /* threads that got no segment at all */
	uint64_t events_guarded; /* calls from a signal handler that interrupted ourselves */
	uint64_t samples_missed; /* likewise: samples that interrupted ourselves */
	uint64_t timers_refused; /* threads that got no timer to sample themselves by */
	/* Numbers nobody has offered, for threads and tables when the ring is empty: taken by
	 * adding to reserve_next while it is below reserve_end. Without pages yet: the store makes
	 * them. */
	uint32_t reserve_next, reserve_end;
	struct free_ring ring;	     /* segments SEGMENT_COUNT_SMALL and up */
	struct free_ring ring_small; /* segments below SEGMENT_COUNT_SMALL */
};

enum segment_kind {
	SEGMENT_NONE = 0,
	SEGMENT_PROCESS,   /* struct process_block */
	SEGMENT_THREAD,	   /* struct thread_block, then its first log */
	SEGMENT_LOG,	   /* records from sizeof(struct segment) on */
	SEGMENT_TABLE,	   /* three chunks of a thread's table */
	SEGMENT_DIRECTORY, /* struct directory */
	SEGMENT_STATS,	   /* stats of a thread's slots */
	SEGMENT_MARKS,	   /* struct marks */
};

/* Head of every segment. kind is stored last by the claiming thread (release). */
struct segment {
	uint32_t kind;	   /* enum segment_kind */
	uint32_t process;  /* arena process number */
	uint32_t pid, tid; /* of the owner, as the kernel of the target's namespace names them */
	uint32_t thread;   /* ref of the owner's thread_block, 0 for SEGMENT_PROCESS */
	uint32_t begin;	   /* offset of the first record in this segment, 0: holds no log */
	uint32_t end;	   /* offset past the room for records */
	uint32_t sealed;   /* offset past the last record, 0: still written to */
	uint32_t freed;	   /* 1: the owner has no more use for it */
	uint32_t sequence; /* n-th log segment of this thread, from 0: records of a thread are in
			      order */
	uint32_t unused[6];
};

/*
 * A thread's counts by (object, caller, hook): an open-addressing table of counters, the hot part,
 * beside the slots that tell what they count. A slot's site is stored before its counter's tag.
 */
struct counter {
	uint64_t tag;	/* hash of the slot's object, site and generation; 0: free */
	uint64_t count; /* acquisitions, or calls; exact */
};
struct slot {
	uint64_t object;
	uint64_t site; /* caller | hook << 48; 0: free */
	uint32_t generation;
	uint32_t stats; /* ref of struct stats, 0 until something was timed */
};

#define HOLD_BUCKETS                                                                               \
	32 /* bucket b counts holds of [2^(b+3), 2^(b+4)) ticks, first and last open               \
	    */
struct stats {
	uint64_t wait;	    /* ticks, sum over contended */
	uint64_t wait_max;  /* ticks */
	uint32_t contended; /* calls that had to wait */
	uint32_t failed;    /* trylocks and timed waits that did not get it */
	union {
		uint64_t hold; /* ticks, sum over the holds that the samples stand for */
		uint64_t
		    bytes; /* of family io, which has no holds: moved through this pipe or socket */
	};
	union {
		uint64_t hold_max; /* ticks */
		uint64_t headers;  /* of family io: calls that moved exactly CHANNEL_HEADER bytes */
	};
	uint64_t hold_weight; /* holds that the samples stand for */
	uint32_t hold_samples;
	uint32_t contended_holds;	    /* of them: after a wait, which are all timed */
	uint64_t contended_hold;	    /* ticks, sum over those */
	uint32_t hold_bucket[HOLD_BUCKETS]; /* holds that the samples stand for */
};

/* A grown table: 2^log2_slots slots in chunks, three of them in a SEGMENT_TABLE. */
#define SLOTS_PER_CHUNK 128u
#define CHUNKS_PER_SEGMENT 3u
struct chunk {
	struct counter counter[SLOTS_PER_CHUNK];
	struct slot slot[SLOTS_PER_CHUNK];
};
#define DIRECTORY_CHUNKS_MAX 2048u
struct directory {
	struct segment head;
	uint32_t log2_slots;
	uint32_t chunks;
	uint32_t chunk[DIRECTORY_CHUNKS_MAX]; /* refs of struct chunk */
};

/*
 * A thread's counts of marks that its program set (collectors/parprof.h): open addressing by name,
 * code and kind, probed linearly; when it is full it goes on in the next segment.
 */
#define MARK_KINDS(X) X(progress) X(phase) X(site)
#define MARK_KIND(name) MARK_##name,
enum mark_kind { MARK_none, MARK_KINDS(MARK_KIND) MARK_KIND_COUNT };
struct mark_use {
	uint64_t name;	    /* address of its text, see event MARK; 0: tasks outside of any site */
	uint64_t code;	    /* of sites: return address of the call that began it; else 0 */
	uint32_t kind;	    /* stored last; 0: free */
	int32_t left;	    /* its owner's: hits of a point until the clock is read again; of others
			       records that may be written */
	uint64_t count;	    /* hits, phases, entries of a site; exact, as all here */
	uint64_t ticks;	    /* sum, of phases and entries that ended */
	uint64_t ticks_max; /* of one */
	uint64_t tasks, task_ticks, task_ticks_max; /* that ended in it */
	double task_squares;			    /* ticks^2, sum */
	uint64_t lock_ticks;			    /* of the tasks: what one at a time has to do */
	uint64_t since, told; /* its owner's: time and count of the last PROGRESS of a point; of
				 others: until when `left` was given, hash of a phase's name */
	uint64_t every;
};
#define MARKS_PER_SEGMENT 120u
struct marks {
	struct segment head;
	uint32_t next; /* ref of the next struct marks of this thread, 0: none */
	uint32_t used;
	struct mark_use use[MARKS_PER_SEGMENT];
};

/* What the recorder may read of a thread. */
#define FIRST_SLOTS_LOG2 5
#define FIRST_SLOTS (1u << FIRST_SLOTS_LOG2)
struct thread_block {
	struct segment head;
	uint32_t directory;	/* ref of struct directory, 0: only first_* are used */
	uint32_t ended;		/* 1: THREAD_END was written */
	uint32_t marks;		/* ref of struct marks, 0: none were met */
	uint64_t untabled;	/* calls that found no room in the table */
	uint64_t records;	/* written */
	uint64_t dropped;	/* records lost for want of a segment */
	uint64_t waiting_since; /* ticks, 0: not in a blocking call */
	uint64_t waiting_for;	/* object of that call */
	uint64_t
	    waiting_site; /* its caller | hook << 48; the record to come lies at the log's end */
	struct counter first_counter[FIRST_SLOTS];
	struct slot first_slot[FIRST_SLOTS];
};

struct process_block {
	struct segment head;
	uint64_t started; /* ticks */
	uint32_t pid, parent_pid;
	uint32_t ended;	   /* 1: PROCESS_END was written */
	uint64_t ended_at; /* ticks, then */
	uint32_t limited;  /* 1: maps only SEGMENT_COUNT_SMALL segments */
};

/* Head of every record: one word, 0 until committed. */
struct record {
	uint16_t size;	 /* bytes with head, a multiple of 8 */
	uint16_t event;	 /* enum log_event */
	uint16_t hook;	 /* enum hook_id, 0 none */
	uint16_t weight; /* stands for this many events, at least 1 */
};

enum {
	WAIT_TIMED_OUT = 1,  /* a timed call gave up */
	WAIT_ACQUIRED = 2,   /* the object is held after the call */
	WAIT_CANCELLED = 4,  /* the thread left by cancellation: end is the time of that */
	WAIT_UNFINISHED = 8, /* it never came back: end is when thread or recording ended */
};
enum {
	HOLD_SHARED = 64,    /* held together with others: by a reader */
	HOLD_GIVES_UP = 128, /* got by a call that does not wait for ever: a trylock, a timed one */
};
enum {				/* attributes of objects */
       OBJECT_KIND_MASK = 0x0f, /* mutex: normal 0, recursive 1, errorcheck 2, adaptive 3 */
       OBJECT_ROBUST = 0x10,
       OBJECT_PI = 0x20,
       OBJECT_SHARED = 0x80, /* between processes */
       OBJECT_NAMED = 0x100, /* sem_open */
};
/* What is behind a file descriptor that bytes went through; the peer's inode is told of unix
 * sockets. */
#define CHANNEL_KINDS(X) X(pipe) X(fifo) X(socketpair) X(unix) X(tcp) X(udp) X(socket) X(file)
#define CHANNEL_KIND(name) CHANNEL_##name,
enum channel_kind { CHANNEL_KINDS(CHANNEL_KIND) CHANNEL_KIND_COUNT };
/* Python's multiprocessing sends the length first, in so many bytes, of long messages apart. */
#define CHANNEL_HEADER 4
enum { END_RETURN = 1, END_EXIT_OR_CANCEL = 2, END_PROCESS = 3 };
enum {
	NAME_KERNEL = 0,
	NAME_PYTHON = 1,
	NAME_MARK = 2
}; /* whose name of a thread; the greater
      one counts */
enum {
	PRELOAD_INHERITED = 0, /* child keeps our mapping: fork */
	PRELOAD_KEPT = 1,
	PRELOAD_STATIC = 2,	/* dropped: no dynamic loader */
	PRELOAD_OTHER_LIBC = 3, /* dropped: loader is not glibc's */
	PRELOAD_PRIVILEGED = 4, /* set-uid, set-gid or file capabilities: the loader ignores it */
	PRELOAD_UNKNOWN = 5,	/* could not be read; kept */
	PRELOAD_UNREACHABLE =
	    6,		       /* dropped: library or arena cannot be opened there (chroot, user) */
	PRELOAD_SANITIZER = 7, /* dropped: AddressSanitizer's runtime insists on coming first */
};
enum {
	NOTE_TABLE_FULL = 2,
	NOTE_OLD_CONDITION = 3, /* pre-2003 condition variables are called: not watched */
	NOTE_MEMORY_LOCKED = 5, /* mlockall: no more than what was mapped is used */
	NOTE_PYTHON = 6, /* CPython runs here; value: an address in its file; text: its build */
	NOTE_PYTHON_UNKNOWN = 7, /* the same, of a version or build that is not known */
	NOTE_SIGNAL_TAKEN = 8,	 /* the program wants the signal of our samples: no more of them */
};

/*
 * A frame of a STACK is a return address, or a place in Python code: bits 63 and 62 are 1 and 0,
 * which those of no address of a program or kernel are; then the number of the code (PYTHON_CODE)
 * and the instruction in it, in words of two bytes.
 */
#define PYTHON_WORD (1ull << 63)
#define PYTHON_UNIT_BITS 24
#define PYTHON_MINOR_PARKS 13 /* the first whose threads may wait at semaphores on their stacks */
#define PYTHON_UNIT_NONE ((1u << PYTHON_UNIT_BITS) - 1) /* not started */
static inline bool python_is(uint64_t frame)
{
	return frame >> 62 == 2;
}
static inline uint64_t python_word(uint64_t number, uint32_t unit)
{
	return PYTHON_WORD | number << PYTHON_UNIT_BITS | unit;
}
static inline uint64_t python_number(uint64_t frame)
{
	return (frame & ~PYTHON_WORD) >> PYTHON_UNIT_BITS;
}
static inline uint32_t python_unit(uint64_t frame)
{
	return (uint32_t)frame & PYTHON_UNIT_NONE;
}

/* The structs of events.def: struct log_wait, log_release … and enum log_event. */
#define LOG_TYPE_TIME(n) uint64_t n;
#define LOG_TYPE_OBJECT(n) uint64_t n;
#define LOG_TYPE_GEN(n) uint32_t n;
#define LOG_TYPE_STACK(n) uint64_t n;
#define LOG_TYPE_CODE(n) uint64_t n;
#define LOG_TYPE_TID(n) uint32_t n;
#define LOG_TYPE_U64(n) uint64_t n;
#define LOG_TYPE_U32(n) uint32_t n;
#define LOG_TYPE_I32(n) int32_t n;
#define LOG_TYPE_TEXT(n) char n[];
#define LOG_TYPE_CODES(n) uint64_t n[];

#define FIELD(type, name, doc) LOG_TYPE_##type(name)
#define EVENT(number, NAME, name, keep, doc, fields)                                               \
	struct log_##name {                                                                        \
		struct record head;                                                                \
		fields                                                                             \
	};                                                                                         \
	_Static_assert(sizeof(struct log_##name) % 8 == 0 || #keep[0] == 's', "record " #name);
#include "events.def"
#undef EVENT
#undef FIELD

enum log_event {
#define EVENT(number, NAME, name, keep, doc, fields) EVENT_##NAME = number,
#include "events.def"
#undef EVENT
	EVENT_LIMIT
};

_Static_assert(sizeof(struct record) == 8, "record head");
_Static_assert(sizeof(struct segment) == 64, "segment head");
_Static_assert(sizeof(struct slot) == 24 && sizeof(struct counter) == 16, "slot");
_Static_assert(sizeof(struct segment) + CHUNKS_PER_SEGMENT * sizeof(struct chunk) <= SEGMENT_SIZE,
	       "chunks");
_Static_assert(sizeof(struct log_wait) == 64, "wait record");
_Static_assert(sizeof(struct arena_header) <= ARENA_FLUSH_OFFSET, "arena header");
_Static_assert(sizeof(struct directory) <= SEGMENT_SIZE, "directory");
_Static_assert(sizeof(struct marks) <= SEGMENT_SIZE - 1024, "marks leave room for what is open");
_Static_assert(sizeof(struct thread_block) < SEGMENT_SIZE / 2,
	       "thread block leaves room for a log");

static inline void *arena_at(const void *arena, uint32_t ref)
{
	return (char *)arena + ((uint64_t)ref << 3);
}

static inline uint32_t arena_ref(const void *arena, const void *at)
{
	return (uint32_t)(((const char *)at - (const char *)arena) >> 3);
}

static inline uint64_t segment_offset(uint32_t number)
{
	return ARENA_HEADER_SIZE + (uint64_t)number * SEGMENT_SIZE;
}

#endif
