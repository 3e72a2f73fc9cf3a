#include "collectors/preload/python_read.h"
#include "collectors/preload/python.h"
#include <errno.h>
#include <sys/types.h>
#include <sys/uio.h>

#define FRAME_SIZE 96u
#define PAGE 4096u
#define ADDRESS_LOW 4096u
#define ADDRESS_HIGH (1ull << 47)

/* What lies below the caller's frame was called since, and is mapped as all of the stack is. */
void python_pieces_start(struct python_pieces *p, const struct thread *t)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	bool own = here >= t->stack_low && here < t->stack_top;
	p->stack_low = own ? here : 0;
	p->stack_top = own ? t->stack_top : 0;
	p->next = p->next_code = 0;
	for (uint32_t i = 0; i < PYTHON_PIECES; i++)
		p->from[i] = p->to[i] = 0;
	for (uint32_t i = 0; i < PYTHON_CODES; i++)
		p->codes[i] = 0;
}

/* How many bytes were read, of all or from the first range on. */
static size_t read_ranges(void *to, size_t size, const struct iovec *ranges, uint32_t count)
{
	struct iovec local = {to, size};
	int saved = errno;
	ssize_t got = process_vm_readv((pid_t)process.pid, &local, 1, ranges, count, 0);
	errno = saved;
	return got > 0 ? (size_t)got : 0;
}

static bool is_address(uint64_t at)
{
	return at >= ADDRESS_LOW && at < ADDRESS_HIGH;
}

bool python_read_careful(uint64_t at, void *to, size_t size)
{
	struct iovec range = {(void *)at, size};
	return is_address(at) && read_ranges(to, size, &range, 1) == size;
}

static void copy(char *to, const char *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = from[i];
}

bool python_read_near(const struct python_pieces *p, uint64_t at, void *to, size_t size)
{
	if (at >= p->stack_low && at < p->stack_top && p->stack_top - at >= size) {
		copy(to, (const char *)at, size);
		return true;
	}
	for (uint32_t i = 0; i < PYTHON_PIECES; i++)
		if (at >= p->from[i] && at + size <= p->to[i]) {
			copy(to, p->bytes[i] + PYTHON_PIECE - (p->to[i] - at), size);
			return true;
		}
	return false;
}

/* The page before may not be there: it is asked for last. */
static bool read_piece(struct python_pieces *p, uint64_t end)
{
	uint32_t i = p->next++ % PYTHON_PIECES;
	uint64_t begin = end - PYTHON_PIECE, page = (end - 1) / PAGE * PAGE;
	size_t high = begin < page ? end - page : PYTHON_PIECE, low = PYTHON_PIECE - high;
	char *bytes = p->bytes[i];
	struct iovec local[2] = {{bytes + low, high}, {bytes, low}};
	struct iovec remote[2] = {{(void *)(end - high), high}, {(void *)begin, low}};
	int saved = errno;
	ssize_t got =
	    process_vm_readv((pid_t)process.pid, local, 1 + (low > 0), remote, 1 + (low > 0), 0);
	errno = saved;
	p->to[i] = end;
	p->from[i] = got == PYTHON_PIECE ? begin : end - high;
	if (got < (ssize_t)high)
		p->from[i] = p->to[i] = 0;
	return p->to[i];
}

bool python_read_frame(struct python_pieces *p, uint64_t frame, uint64_t offset, void *to,
		       size_t size)
{
	if (!is_address(frame))
		return false;
	if (python_read_near(p, frame + offset, to, size))
		return true;
	if (frame >= PYTHON_PIECE && read_piece(p, frame + FRAME_SIZE) &&
	    python_read_near(p, frame + offset, to, size))
		return true;
	return python_read_careful(frame + offset, to, size);
}

bool python_code_seen(const struct python_pieces *p, uint64_t code)
{
	for (uint32_t i = 0; i < PYTHON_CODES; i++)
		if (p->codes[i] == code)
			return code != 0;
	return false;
}

bool python_codes_ask(struct python_pieces *p, const uint64_t *codes, uint32_t count)
{
	struct iovec ranges[PYTHON_CODES_ASKED];
	uint64_t types[PYTHON_CODES_ASKED];
	for (uint32_t i = 0; i < count; i++)
		ranges[i] = (struct iovec){(void *)(codes[i] + python.at.type), sizeof(types[0])};
	size_t got = read_ranges(types, count * sizeof(types[0]), ranges, count);
	for (uint32_t i = 0; i < got / sizeof(types[0]); i++)
		if (types[i] == python.code_type)
			p->codes[p->next_code++ % PYTHON_CODES] = codes[i];
	return got >= sizeof(types[0]) && types[0] == python.code_type;
}
