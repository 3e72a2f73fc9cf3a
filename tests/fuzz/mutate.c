/* mutate SEED IN OUT: copies a file with some damage, the same for the same seed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint64_t number(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? state % below : 0;
}

static const uint64_t special[] = {
    0,		1,	    7,		8,	    0x7f,  0xff,  0xffff, 0x7fffffff,
    0x80000000, 0xffffffff, 1ull << 32, 1ull << 63, ~0ull, 16384, 16385,  0x0101010101010101};

static void overwrite(unsigned char *data, size_t size, unsigned width)
{
	uint64_t value =
	    number(3) ? special[number(sizeof(special) / sizeof(*special))] : number(0x10000);
	if (size >= width)
		memcpy(data + number(size / width) * width, &value, width);
}

static void move_block(unsigned char *data, size_t size)
{
	size_t length = number(size < 256 ? size : 256);
	memmove(data + number(size - length), data + number(size - length), length);
}

/* Returns the new size. */
static size_t damage(unsigned char *data, size_t size)
{
	if (!size)
		return 0;
	switch (number(8)) {
	case 0:
		data[number(size)] ^= (unsigned char)(1u << number(8));
		return size;
	case 1:
		data[number(size)] = (unsigned char)number(256);
		return size;
	case 2:
	case 3:
		overwrite(data, size, 4);
		return size;
	case 4:
		overwrite(data, size, 8);
		return size;
	case 5:
		overwrite(data, size, 2);
		return size;
	case 6:
		move_block(data, size);
		return size;
	default:
		return number(4) ? size : number(size);
	}
}

static unsigned char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END))
		return NULL;
	long end = ftell(f);
	unsigned char *data = malloc((size_t)end + 1);
	rewind(f);
	*size = data ? fread(data, 1, (size_t)end, f) : 0;
	fclose(f);
	return data;
}

int main(int argc, char **argv)
{
	size_t size = 0;
	unsigned char *data = argc == 4 ? read_file(argv[2], &size) : NULL;
	FILE *out = data ? fopen(argv[3], "wb") : NULL;
	if (!out) {
		fprintf(stderr, "mutate: cannot read or write\n");
		return 1;
	}
	state = strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15ull + 1;
	for (uint64_t n = 1 + number(12); n; n--)
		size = damage(data, size);
	fwrite(data, 1, size, out);
	free(data);
	return fclose(out) ? 1 : 0;
}
