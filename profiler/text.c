#include "profiler/text.h"
#include "profiler/message.h"
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A large array is filled once and then read all over: with pages of 4 kB, faults and misses of the
 * TLB take longer than the work itself. Best effort. */
#define LARGE ((size_t)16 << 20)

static void *large_pages(void *memory, size_t count, size_t size)
{
	uintptr_t page = 4096, begin = ((uintptr_t)memory + page - 1) & ~(page - 1);
	int kept = errno;

	if (size && count >= LARGE / size)
		madvise((void *)begin, count * size - page, MADV_HUGEPAGE);
	errno = kept;
	return memory;
}

void *memory_new(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);
	if (!memory)
		die(failed(), "out of memory: %zu x %zu bytes were wanted", count, size);
	return large_pages(memory, count, size);
}

void *memory_grow(void *memory, size_t count, size_t size)
{
	void *grown = reallocarray(memory, count ? count : 1, size);
	if (!grown)
		die(failed(), "out of memory: %zu x %zu bytes were wanted", count, size);
	return large_pages(grown, count, size);
}

void memory_keep(void)
{
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_MMAP_THRESHOLD, 32 << 20); /* the most that it takes: beyond, all goes back */
	mallopt(M_ARENA_MAX, 1);	     /* else each thread keeps its own */
}

char *memory_copy(const char *string)
{
	if (!string)
		return NULL;
	size_t size = strlen(string) + 1;
	return memcpy(memory_new(size, 1), string, size);
}

/* Room for `count` more bytes and a NUL. */
static char *room(struct text *t, size_t count)
{
	size_t need = t->length + count + 1;
	if (need > t->capacity) {
		t->capacity = need < 64 ? 64 : need + need / 2;
		t->data = memory_grow(t->data, t->capacity, 1);
	}
	return t->data + t->length;
}

void text_add_bytes(struct text *t, const void *bytes, size_t count)
{
	char *at = room(t, count);
	if (count)
		memcpy(at, bytes, count);
	at[count] = 0;
	t->length += count;
}

void text_add(struct text *t, const char *string)
{
	text_add_bytes(t, string, strlen(string));
}

void text_add_char(struct text *t, char c)
{
	text_add_bytes(t, &c, 1);
}

void text_repeat(struct text *t, char c, size_t count)
{
	char *at = room(t, count);
	memset(at, c, count);
	at[count] = 0;
	t->length += count;
}

void text_vformat(struct text *t, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	int n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		BUG("cannot print with format '%s'", format);
	vsnprintf(room(t, (size_t)n), (size_t)n + 1, format, arguments);
	t->length += (size_t)n;
}

void text_format(struct text *t, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	text_vformat(t, format, arguments);
	va_end(arguments);
}

/* Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
static size_t utf8_length(const unsigned char *at)
{
	size_t n = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if ((at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* too long a form, a surrogate, or beyond U+10FFFF */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return n;
}

void text_add_json(struct text *t, const char *string)
{
	if (!string) {
		text_add(t, "null");
		return;
	}
	text_add_char(t, '"');
	for (const unsigned char *at = (const unsigned char *)string; *at;) {
		size_t n = utf8_length(at);
		if (*at == '"' || *at == '\\')
			text_format(t, "\\%c", *at);
		else if (*at < 0x20 || *at == 0x7f)
			text_format(t, "\\u%04x", *at);
		else if (!n)
			text_add(t, "\\ufffd");
		else
			text_add_bytes(t, at, n);
		at += n ? n : 1;
	}
	text_add_char(t, '"');
}

const char *text_string(const struct text *t)
{
	return t->data ? t->data : "";
}

void text_cut(struct text *t, size_t length)
{
	if (length >= t->length)
		return;
	t->length = length;
	t->data[length] = 0;
}

void text_clear(struct text *t)
{
	text_cut(t, 0);
}

void text_free(struct text *t)
{
	free(t->data);
	*t = (struct text){0};
}

struct unit {
	double from; /* the smallest value it is used for */
	const char *name;
};

/* Three significant digits in the largest unit that fits; units go down and end with from 0. */
static void add_quantity(struct text *t, double value, const struct unit *units)
{
	/* 0.9995: what would be printed as 1000 of the smaller unit is 1.00 of this one */
	while (units->from && value < units->from * 0.9995)
		units++;
	double scaled = units->from ? value / units->from : value;
	if (scaled >= 99.95 || scaled == (double)(int64_t)scaled)
		text_format(t, "%.0f%s", scaled, units->name);
	else
		text_format(t, scaled < 9.995 ? "%.2f%s" : "%.1f%s", scaled, units->name);
}

void text_add_ns(struct text *t, int64_t ns)
{
	static const struct unit units[] = {{1e9, " s"}, {1e6, " ms"}, {1e3, " us"}, {0, " ns"}};
	if (ns < 0)
		text_add_char(t, '-');
	add_quantity(t, ns < 0 ? -(double)ns : (double)ns, units);
}

void text_add_bytes_human(struct text *t, uint64_t bytes)
{
	static const struct unit units[] = {{1e9, " GB"}, {1e6, " MB"}, {1e3, " kB"}, {0, " B"}};
	add_quantity(t, (double)bytes, units);
}

void text_add_count(struct text *t, uint64_t count)
{
	static const struct unit units[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {0, ""}};
	add_quantity(t, (double)count, units);
}
