#include "collectors/preload/python_code.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/python_text.h"
#include "collectors/preload/python_walk.h"

#define TABLE_SIZE 16384u
#define PROBES 8u
#define NUMBER_BUSY 1u /* an entry that is being written; no number is this small */
#define COUNT_BITS 20
#define PROCESS_BITS 18
#define TABLE_BYTES_MAX (256u << 10) /* lines behind it are not known */
#define PART_BYTES 8000u

/* number is stored last and read first and last, so that all three are of the same store. */
static struct entry {
	uint64_t code, check, number;
} entries[TABLE_SIZE];
static uint32_t count;

struct members { /* of a code object */
	uint64_t file, name, lines;
	int32_t first_line;
};

static struct members members_of(uint64_t code)
{
	const struct python_layout *l = &python.at;
	return (struct members){
	    .file = *(const uint64_t *)(code + l->file),
	    .name = *(const uint64_t *)(code + l->name),
	    .lines = *(const uint64_t *)(code + l->lines),
	    .first_line = *(const int32_t *)(code + l->first_line),
	};
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

#define HASHED_WORDS 8u

/* All of a short table, else some words of it. */
static uint64_t mix_table(uint64_t h, uint64_t table)
{
	uint64_t head = python.at.type + 8u, size = *(const uint64_t *)(table + head);
	uint64_t words = size / 8, step = words / HASHED_WORDS + 1;
	const uint64_t *word = (const uint64_t *)(table + head + 16);
	const uint8_t *byte = (const uint8_t *)(word + words);
	for (uint64_t i = 0; i < words; i += step)
		h = mix(h, word[i]);
	for (uint64_t i = 0; i < size % 8; i++)
		h = mix(h, byte[i]);
	return mix(h, size);
}

/* Names of code are interned, so that Python keeps their hashes. */
static uint64_t hash_of_text(uint64_t text)
{
	return *(const uint64_t *)(text + python.at.type + 16u);
}

/* An address may be that of another code object by now, and those of its members theirs. */
static uint64_t check_of(const struct members *m)
{
	uint64_t h = mix(m->file, hash_of_text(m->file));
	h = mix(mix(h, m->name), hash_of_text(m->name));
	return mix_table(mix(mix(h, m->lines), (uint32_t)m->first_line), m->lines);
}

static uint64_t look_up(const struct entry *e, uint64_t code, uint64_t check)
{
	uint64_t number = __atomic_load_n(&e->number, __ATOMIC_ACQUIRE);
	if (number <= NUMBER_BUSY || __atomic_load_n(&e->code, __ATOMIC_RELAXED) != code ||
	    __atomic_load_n(&e->check, __ATOMIC_RELAXED) != check)
		return 0;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&e->number, __ATOMIC_RELAXED) == number ? number : 0;
}

/* The entry of this code object or a free one, else the first of those it may have. */
static struct entry *place_for(uint64_t code)
{
	uint32_t home = (uint32_t)(code * 0x9e3779b97f4a7c15ull >> 50);
	for (uint32_t i = 0; i < PROBES; i++) {
		struct entry *e = &entries[(home + i) % TABLE_SIZE];
		uint64_t held = __atomic_load_n(&e->code, __ATOMIC_RELAXED);
		if (held == code || !held)
			return e;
	}
	return &entries[home];
}

static void remember(uint64_t code, uint64_t check, uint64_t number)
{
	struct entry *e = place_for(code);
	uint64_t held = __atomic_load_n(&e->number, __ATOMIC_RELAXED);
	if (held == NUMBER_BUSY ||
	    !__atomic_compare_exchange_n(&e->number, &held, NUMBER_BUSY, false, __ATOMIC_ACQUIRE,
					 __ATOMIC_RELAXED))
		return;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	__atomic_store_n(&e->code, code, __ATOMIC_RELAXED);
	__atomic_store_n(&e->check, check, __ATOMIC_RELAXED);
	__atomic_store_n(&e->number, number, __ATOMIC_RELEASE);
}

static bool is_a(uint64_t object, uint64_t type)
{
	uint64_t is = 0;
	if (process.sandboxed) /* no question to the kernel any more: not tried at first there */
		is = *(const uint64_t *)(object + python.at.type);
	else if (object % 8 || !python_read_careful(object + python.at.type, &is, sizeof(is)))
		return false;
	return is == type;
}

/* 0: no more of them. */
static uint64_t next_number(void)
{
	uint32_t n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	if (n >= 1u << COUNT_BITS || process.number >= 1u << PROCESS_BITS)
		return 0;
	return (uint64_t)process.number << COUNT_BITS | n;
}

static bool write_lines(struct thread *t, uint64_t number, uint64_t table)
{
	uint64_t head = python.at.type + 8; /* length, hash, then the bytes */
	uint64_t size = *(const uint64_t *)(table + head);
	const char *bytes = (const char *)table + head + 16;
	if (size > TABLE_BYTES_MAX)
		size = TABLE_BYTES_MAX;
	for (uint64_t done = 0; done < size; done += PART_BYTES) {
		uint64_t part = size - done < PART_BYTES ? size - done : PART_BYTES;
		if (!emit_python_lines(t, number, (uint32_t)done, bytes + done, (uint32_t)part))
			return false;
	}
	return true;
}

static bool members_are_right(const struct members *m)
{
	return is_a(m->file, python.text_type) && is_a(m->name, python.text_type) &&
	       is_a(m->lines, python.bytes_type);
}

static uint64_t write_code(struct thread *t, const struct members *m)
{
	struct python_text text = {.length = 0};
	uint64_t number = next_number();
	python_text_add(&text, m->file);
	python_text_byte(&text, 1);
	python_text_add(&text, m->name);
	if (!number ||
	    !emit_python_code(t, number, (uint32_t)m->first_line, python.minor, text.data) ||
	    !write_lines(t, number, m->lines))
		return 0;
	return number;
}

uint64_t python_code_number(struct thread *t, uint64_t code, bool write)
{
	struct members m = members_of(code);
	if (unlikely(python.trial) && !members_are_right(&m)) {
		python_give_up(t);
		return 0;
	}
	uint64_t check = check_of(&m);
	uint64_t number = look_up(place_for(code), code, check);
	if (likely(number) || !write)
		return number;
	number = write_code(t, &m);
	if (number)
		remember(code, check, number);
	return number;
}
