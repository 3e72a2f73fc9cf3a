#include "reports/page/pack.h"
#include "profiler/message.h"
#include "profiler/text.h"
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#define LEVEL 6
#define GZIP 16 /* added to zlib's window bits: its header and sum */

static void add_base64(struct text *out, const unsigned char *in, size_t size)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t bits = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
				(left > 2 ? in[i + 2] : 0u);
		char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
				left > 1 ? digits[bits >> 6 & 63] : '=',
				left > 2 ? digits[bits & 63] : '='};
		text_add_bytes(out, four, sizeof(four));
	}
}

int pack_add(struct text *out, const struct text *data)
{
	z_stream z = {0};
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return error("the data of the page cannot be compressed: %s",
			     z.msg ? z.msg : "no memory");
	size_t room = deflateBound(&z, data->length);
	unsigned char *packed = memory_new(room, 1);
	z.next_in = (unsigned char *)data->data;
	z.avail_in = (unsigned)data->length;
	z.next_out = packed;
	z.avail_out = (unsigned)room;
	int result =
	    deflate(&z, Z_FINISH) == Z_STREAM_END
		? 0
		: error("the data of the page, %zu bytes, cannot be compressed", data->length);
	if (!result)
		add_base64(out, packed, z.total_out);
	deflateEnd(&z);
	free(packed);
	return result;
}
