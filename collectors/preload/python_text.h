/* Python's str as UTF-8, cut to what a record holds. */
#ifndef PARPROF_PYTHON_TEXT_H
#define PARPROF_PYTHON_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define PYTHON_TEXT_MAX 1500u /* bytes of one str */

struct python_text {
	char data[2 * PYTHON_TEXT_MAX + 2];
	size_t length;
};

/* object: address of a str. */
void python_text_add(struct python_text *, uint64_t object);
void python_text_byte(struct python_text *, char);

#endif
