#include "collectors/preload/python_text.h"
#include "collectors/preload/python.h"

void python_text_byte(struct python_text *t, char c)
{
	if (t->length + 1 < sizeof(t->data))
		t->data[t->length++] = c;
	t->data[t->length] = 0;
}

/* A byte of a file name that is no UTF-8 is kept as U+DC80 .. U+DCFF. */
static void add_character(struct python_text *t, uint32_t c)
{
	if (c < 0x80) {
		python_text_byte(t, c < ' ' ? '?' : (char)c);
	} else if (c >= 0xdc80 && c <= 0xdcff) {
		python_text_byte(t, (char)(c & 0xff));
	} else if (c < 0x800) {
		python_text_byte(t, (char)(0xc0 | c >> 6));
		python_text_byte(t, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		python_text_byte(t, (char)(0xe0 | c >> 12));
		python_text_byte(t, (char)(0x80 | (c >> 6 & 0x3f)));
		python_text_byte(t, (char)(0x80 | (c & 0x3f)));
	} else {
		python_text_byte(t, (char)(0xf0 | (c >> 18 & 7)));
		python_text_byte(t, (char)(0x80 | (c >> 12 & 0x3f)));
		python_text_byte(t, (char)(0x80 | (c >> 6 & 0x3f)));
		python_text_byte(t, (char)(0x80 | (c & 0x3f)));
	}
}

static uint32_t character(const void *data, uint32_t kind, uint64_t i)
{
	switch (kind) {
	case 2:
		return ((const uint16_t *)data)[i];
	case 4:
		return ((const uint32_t *)data)[i];
	default:
		return ((const uint8_t *)data)[i];
	}
}

void python_text_add(struct python_text *t, uint64_t object)
{
	const struct python_layout *l = &python.at;
	uint64_t length = *(const uint64_t *)(object + l->type + 8);
	uint32_t state = *(const uint32_t *)(object + l->type + 24) >> l->text_kind_shift;
	uint32_t kind = state & 7;
	bool compact = state & 8, ascii = state & 16;
	size_t end = t->length + PYTHON_TEXT_MAX - 4;
	if (!compact)
		return; /* of a class derived from str: never the name of code */
	const void *data = (const void *)(object + (ascii ? l->text_ascii : l->text_other));
	for (uint64_t i = 0; i < length && t->length < end; i++)
		add_character(t, character(data, kind, i));
}
