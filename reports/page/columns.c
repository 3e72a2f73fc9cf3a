#include "reports/page/columns.h"
#include "profiler/message.h"
#include <stdlib.h>
#include <string.h>

#define KINDS 256 /* of a '#' column */

void columns_begin(struct columns *c, const char *form)
{
	if (strlen(form) > COLUMNS_MOST)
		BUG("%zu columns", strlen(form));
	*c = (struct columns){.form = form, .count = (int)strlen(form)};
}

void columns_add(struct columns *c, const int64_t *row)
{
	size_t width = (size_t)c->count;
	if (c->rows == c->room) {
		c->room = c->room ? 2 * c->room : 256;
		c->value = memory_grow(c->value, c->room * width, sizeof(*c->value));
	}
	if (c->form[0] == '#' && (row[0] < 0 || row[0] >= KINDS))
		BUG("%lld to order by", (long long)row[0]);
	memcpy(c->value + c->rows++ * width, row, width * sizeof(*row));
}

static void add_count(struct text *out, uint64_t n)
{
	for (; n > 127; n >>= 7)
		text_add_char(out, (char)(n | 128));
	text_add_char(out, (char)n);
}

/* Where each row of the columns behind '#' goes; to be freed. */
static size_t *order_of(const struct columns *c)
{
	size_t first[KINDS + 1] = {0};
	size_t *order = memory_new(c->rows + 1, sizeof(*order));
	bool ordered = c->form[0] == '#';
	for (size_t i = 0; i < c->rows && ordered; i++)
		first[c->value[i * (size_t)c->count] + 1]++;
	for (int kind = 0; kind < KINDS; kind++)
		first[kind + 1] += first[kind];
	for (size_t i = 0; i < c->rows; i++)
		order[i] = ordered ? first[c->value[i * (size_t)c->count]]++ : i;
	return order;
}

static uint64_t zigzag(int64_t n)
{
	return (uint64_t)n << 1 ^ (uint64_t)(n >> 63);
}

/* Into numbers, in their order; returns all bits that are set in one. */
static uint64_t order_column(const struct columns *c, int column, const size_t *order,
			     uint64_t *numbers)
{
	const int64_t *value = c->value + column;
	uint64_t bits = 0;
	for (size_t i = 0; i < c->rows; i++)
		numbers[column ? order[i] : i] = (uint64_t)value[i * (size_t)c->count];
	for (size_t i = c->rows; i-- > 0;) {
		uint64_t before = c->form[column] == '+' && i ? numbers[i - 1] : 0;
		numbers[i] = zigzag((int64_t)(numbers[i] - before));
		bits |= numbers[i];
	}
	return bits;
}

static void add_bytes(struct text *out, const uint64_t *numbers, size_t rows, uint64_t bits)
{
	char *bytes = memory_new(rows + 1, 1);
	int count = bits ? (64 - __builtin_clzll(bits) + 7) / 8 : 0;
	text_add_char(out, (char)count);
	for (int byte = 0; byte < count; byte++) {
		for (size_t i = 0; i < rows; i++)
			bytes[i] = (char)(numbers[i] >> 8 * byte);
		text_add_bytes(out, bytes, rows);
	}
	free(bytes);
}

void columns_end(struct columns *c, struct text *out)
{
	size_t *order = order_of(c);
	uint64_t *numbers = memory_new(c->rows + 1, sizeof(*numbers));
	add_count(out, c->rows);
	add_count(out, (uint64_t)c->count);
	for (int i = 0; i < c->count; i++)
		add_bytes(out, numbers, c->rows, order_column(c, i, order, numbers));
	free(numbers);
	free(order);
	free(c->value);
	*c = (struct columns){.form = c->form, .count = c->count};
}
