/* A check value of a text by a cipher (XTEA) whose blocks are chained: each needs the one before.
 */
#include "worth.h"

static char *text;
static long length;

static void prepare(double scale)
{
	length = (long)(130e6 * scale) / 8 * 8;
	text = worth_text((size_t)length);
}

static void encipher(uint32_t *v, const uint32_t *key)
{
	uint32_t sum = 0, a = v[0], b = v[1];
	for (int i = 0; i < 32; i++) {
		a += ((b << 4 ^ b >> 5) + b) ^ (sum + key[sum & 3]);
		sum += 0x9e3779b9;
		b += ((a << 4 ^ a >> 5) + a) ^ (sum + key[sum >> 11 & 3]);
	}
	v[0] = a;
	v[1] = b;
}

static double serial(void)
{
	static const uint32_t key[4] = {0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210};
	uint32_t state[2] = {0};
	for (long at = 0; at < length; at += 8) {
		uint32_t block[2];
		memcpy(block, text + at, sizeof(block));
		state[0] ^= block[0];
		state[1] ^= block[1];
		encipher(state, key);
	}
	return state[0];
}

const struct worth program = {prepare, serial, NULL, 1e-9};
