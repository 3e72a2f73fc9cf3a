/* The payloads of a raw log's items. All sizes are multiples of 8; byte order is the machine's. */
#ifndef PARPROF_RAWLOG_FORMAT_H
#define PARPROF_RAWLOG_FORMAT_H

#include "profiler/rawlog.h"

struct rawlog_item_head {
	uint32_t kind; /* enum rawlog_kind */
	uint32_t size; /* of the payload */
};

struct rawlog_anchor {
	uint64_t ticks, monotonic_ns;
};

struct rawlog_records { /* then the bytes [from, to) */
	struct segment head;
	uint32_t from, to;
};

struct rawlog_table {	 /* then `count` images */
	uint32_t thread; /* ref of the thread block */
	uint32_t count;
};

struct rawlog_image { /* then `size` bytes; the rest of the segment is zero */
	uint32_t segment, size;
};

struct rawlog_gone {
	uint64_t ticks;
	uint32_t process, ended;
	int32_t status;
	uint32_t unused;
};

#endif
