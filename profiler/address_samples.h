/*
 * Samples of addresses: what each sampled thread was about to read or write, decoded from the
 * program's code and the sample's registers, goes to the touches; what they say of lines that
 * several threads used, to the tables line_seen and line_touch, when a process ends. If that is
 * wanted all of it is written down, too, in table address_sample.
 *
 * The code is read from the process, each instruction once, and nothing is done there for it.
 */
#ifndef PARPROF_ADDRESS_SAMPLES_H
#define PARPROF_ADDRESS_SAMPLES_H

#include "collectors/kernel/happening.h"
#include "profiler/touches.h"

struct store;
struct operand_decoder;

/* What an instruction ahead of a sample is about to use. */
struct address_use {
	uint64_t address, pc;
	uint8_t bytes, reads, writes;
};
/* Who wants to know of those of each sample. */
typedef void address_samples_uses(void *data, const struct happening *, const struct address_use *,
				  int count);

struct address_samples {
	struct touches touches;
	struct operand_decoder *decoder;
	struct hash instructions; /* (address, pid) -> struct operands */
	struct store *store;
	struct store_rows *lines, *words;
	struct store_rows *all; /* table address_sample, NULL: it is not wanted */
	int64_t second;		/* whose rows are counted: no more than some of each */
	unsigned in_second;
	address_samples_uses *listener; /* NULL: nobody */
	void *listener_data;
	int64_t last_line;
	uint64_t taken, unreadable; /* samples; of them: the code could not be read */
};

void address_samples_open(struct address_samples *, struct store *);
void address_samples_keep_all(struct address_samples *);
/* ns: its time since the start; task: of the store, 0: none. */
void address_samples_happen(struct address_samples *, const struct happening *, int64_t ns,
			    int64_t task);
void address_samples_close(struct address_samples *);

#endif
