/* A text compressed in blocks, one behind the other. */
#include "worth.h"
#include <zlib.h>

#define BLOCK 131072

struct block {
	unsigned char *bytes;
	uLongf size;
};

static char *text;
static struct block *blocks;
static long count;

static void prepare(double scale)
{
	count = (long)(300 * scale) + 1;
	text = worth_text((size_t)count * BLOCK);
	blocks = worth_memory((size_t)count, sizeof(*blocks));
}

static void compress_block(long number)
{
	struct block *block = &blocks[number];
	unsigned char bytes[BLOCK + BLOCK / 8];
	block->size = sizeof(bytes);
	if (compress2(bytes, &block->size, (unsigned char *)text + number * BLOCK, BLOCK, 6) !=
	    Z_OK)
		exit(2);
	block->bytes = worth_memory(block->size, 1);
	memcpy(block->bytes, bytes, block->size);
}

static double result(void)
{
	uLong check = crc32(0, NULL, 0);
	for (long i = 0; i < count; i++)
		check = crc32(check, blocks[i].bytes, (uInt)blocks[i].size);
	return (double)check;
}

static double serial(void)
{
	for (long i = 0; i < count; i++)
		compress_block(i);
	return result();
}

static _Atomic long next_block;

static void take_blocks(int number, int members)
{
	(void)number, (void)members;
	for (long i; (i = next_block++) < count;)
		compress_block(i);
}

static double parallel(int threads)
{
	next_block = 0;
	worth_team(threads, take_blocks);
	return result();
}

const struct worth program = {prepare, serial, parallel, 1e-9};
