/*
 * A growable string. All zero is an empty one; text_string() is never NULL and always ends in NUL.
 * Running out of memory is fatal.
 */
#ifndef PARPROF_TEXT_H
#define PARPROF_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data; /* NULL while empty */
	size_t length;
	size_t capacity;
};

void text_add(struct text *, const char *string);
void text_add_char(struct text *, char c);
void text_add_bytes(struct text *, const void *bytes, size_t count);
void text_repeat(struct text *, char c, size_t count);
void text_format(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vformat(struct text *, const char *format, va_list) __attribute__((format(printf, 2, 0)));
void text_add_json(struct text *, const char *string); /* quoted; NULL is null */
const char *text_string(const struct text *);
void text_cut(struct text *, size_t length); /* shorten to at most that */
void text_clear(struct text *);		     /* empty it, keep the memory */
void text_free(struct text *);

/* A quantity for people, three significant digits: 12.3 ms, 4.56 MB, 12.3k. */
void text_add_ns(struct text *, int64_t ns);
void text_add_bytes_human(struct text *, uint64_t bytes);
void text_add_count(struct text *, uint64_t count);

/* Never NULL: running out of memory is fatal. */
void *memory_new(size_t count, size_t size); /* zeroed */
void *memory_grow(void *memory, size_t count, size_t size);
char *memory_copy(const char *string); /* NULL gives NULL */
/* What is freed from now on stays for what comes next: for who makes one large thing after the
 * other, as new memory has to be cleared by the system. */
void memory_keep(void);

#endif
