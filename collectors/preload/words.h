/* The few string routines the target side needs: a program may define its own strlen or memcpy. */
#ifndef PARPROF_WORDS_H
#define PARPROF_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t words_length(const char *s, size_t max)
{
	size_t n = 0;
	while (n < max && s[n])
		n++;
	return n;
}

/* Copies and terminates; `to` has room for length + 1. */
static inline void words_copy(char *to, const char *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		*(volatile char *)&to[i] = from[i]; /* volatile: not turned into a call of memcpy */
	to[length] = 0;
}

static inline bool words_equal(const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* What follows the prefix in text, NULL: text does not start with it. */
static inline const char *words_after(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return NULL;
	return text;
}

static inline const char *words_base_name(const char *path)
{
	const char *base = path;
	for (; *path; path++)
		if (*path == '/')
			base = path + 1;
	return base;
}

/* Reads a hexadecimal number and moves *s behind it. */
static inline uint64_t words_hex(const char **s)
{
	uint64_t value = 0;
	for (;; (*s)++) {
		char c = **s;
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return value;
	}
}

/* Writes the number and terminates it: its length, at most WORDS_DECIMAL_MAX - 1. */
#define WORDS_DECIMAL_MAX 11
static inline size_t words_decimal(char *to, uint32_t number)
{
	char digits[WORDS_DECIMAL_MAX];
	size_t count = 0, length = 0;
	for (; count == 0 || number; number /= 10)
		digits[count++] = (char)('0' + number % 10);
	while (count)
		to[length++] = digits[--count];
	to[length] = 0;
	return length;
}

#endif
