#include "collectors/kernel/code_globals.h"
#include "collectors/kernel/accesses.h"
#include "collectors/kernel/operand.h"
#include <stdlib.h>
#include <string.h>

#define USES_MAX 65536

struct use {
	uint64_t address, pc;
	bool reads, writes;
	bool adds; /* all it does is part of that */
};

struct looking {
	const unsigned char *bytes;
	size_t count;
	uint64_t begin;
	struct accesses *accesses;
	struct operand_decoder *decoder;
	struct use *use;
	size_t uses, room;
};

static size_t read_bytes(void *data, uint64_t address, unsigned char *to, size_t bytes)
{
	const struct looking *l = data;
	uint64_t offset = address - l->begin;
	if (offset >= l->count)
		return 0;
	bytes = bytes < l->count - offset ? bytes : l->count - offset;
	memcpy(to, l->bytes + offset, bytes);
	return bytes;
}

static bool fixed(struct looking *l, uint64_t pc, uint64_t *address)
{
	struct operands o;
	if (!operands_decode(l->decoder, pc, read_bytes, l, &o) || !o.count || o.of[0].pc != pc ||
	    o.of[0].base >= 0 || o.of[0].index >= 0)
		return false;
	*address = (uint64_t)o.of[0].offset;
	return true;
}

static int add(struct looking *l, uint32_t offset)
{
	struct use one = {.pc = l->begin + offset};
	struct access a = access_of(l->accesses, l->bytes + offset, l->count - offset, one.pc);
	if (!a.memory || l->uses == USES_MAX || !fixed(l, one.pc, &one.address))
		return 0;
	if (l->uses == l->room) {
		struct use *more = realloc(l->use, (l->room * 2 + 16) * sizeof(*more));
		if (!more)
			return -1;
		l->use = more;
		l->room = l->room * 2 + 16;
	}
	one.reads = a.reads || !a.known;
	one.writes = a.writes || !a.known;
	one.adds = a.adds;
	l->use[l->uses++] = one;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->pc < y->pc ? -1 : x->pc > y->pc;
}

/* A load and the store behind it, of one address: in order of their places. */
static void pair(struct looking *l, struct use *use, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		uint64_t offset = use[i].pc - l->begin;
		if (use[i].writes || use[i + 1].reads ||
		    !access_accumulates(l->accesses, l->bytes + offset, l->count - offset,
					use[i].pc, use[i + 1].pc))
			continue;
		use[i].adds = use[i + 1].adds = true;
	}
}

static int gather(struct looking *l, struct code_globals *g)
{
	g->global = malloc((l->uses + 1) * sizeof(*g->global));
	if (!g->global)
		return -1;
	if (l->uses)
		qsort(l->use, l->uses, sizeof(*l->use), by_address);
	for (size_t begin = 0, end; begin < l->uses; begin = end) {
		struct code_global one = {.address = l->use[begin].address};
		for (end = begin; end < l->uses && l->use[end].address == one.address;)
			end++;
		pair(l, &l->use[begin], end - begin);
		for (size_t i = begin; i < end; i++) {
			one.reads |= l->use[i].reads && !l->use[i].adds;
			one.writes |= l->use[i].writes;
		}
		g->global[g->count++] = one;
	}
	return 0;
}

int code_globals_find(struct code_globals *g, const struct code_loops *instructions,
		      const unsigned char *bytes, size_t count)
{
	struct looking l = {.bytes = bytes,
			    .count = count,
			    .begin = instructions->address,
			    .accesses = accesses_open(),
			    .decoder = operand_decoder_open()};
	int result = l.accesses && l.decoder ? 0 : -1;
	*g = (struct code_globals){0};
	for (size_t i = 0; result == 0 && i < instructions->instructions; i++)
		result = add(&l, instructions->instruction[i]);
	if (result == 0)
		result = gather(&l, g);
	free(l.use);
	accesses_close(l.accesses);
	operand_decoder_close(l.decoder);
	return result;
}

void code_globals_free(struct code_globals *g)
{
	free(g->global);
	*g = (struct code_globals){0};
}
