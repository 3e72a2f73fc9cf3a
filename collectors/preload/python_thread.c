#include "collectors/preload/python_thread.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/gil.h"
#include "collectors/preload/python_text.h"
#include "collectors/preload/words.h"

#define TAG_BITS 3ull
#define ADDRESS_LOW 4096u
#define ADDRESS_HIGH (1ull << 47)
#define KEYS_MAX 64u
#define NAME_MAX 128u /* characters */
#define OLD_KEYS 10u  /* the last minor version whose dictionaries have keys of one kind only */

/* Members with GIL; the head of objects without is so much longer. */
enum { TYPE_BASIC_SIZE = 32, TYPE_FLAGS = 168, TYPE_DICT_OFFSET = 288 };
enum { TYPE_INLINE_VALUES = 1u << 2, TYPE_MANAGED_DICT = 1u << 4 };
enum { DICT_KEYS = 32, DICT_VALUES = 40 };
enum { TEXT_LENGTH = 8, TEXT_STATE = 24 }; /* behind the type */

/* Names that are read with care before the layout is trusted. */
#define TRIAL_NAMES 4u
static uint32_t trial = TRIAL_NAMES;

static bool read_at(bool careful, uint64_t at, void *to, size_t size)
{
	if (careful)
		return python_read_careful(at, to, size);
	if (at < ADDRESS_LOW || at >= ADDRESS_HIGH)
		return false;
	for (size_t i = 0; i < size; i++)
		((volatile char *)to)[i] = ((const char *)at)[i];
	return true;
}
#define READ(at, to) read_at(careful, at, to, sizeof(*(to)))

/* Where an object keeps its attributes: a dictionary, or values for the keys of its type. */
struct attributes {
	uint64_t keys;
	uint64_t values; /* 0: beside the keys */
};

static uint64_t head(void)
{
	return python.at.type - 8u;
}

/* Free-threaded builds have no words of the garbage collector before the object. */
static uint64_t managed_dict(uint64_t object)
{
	return object - (head() ? 8 : 24);
}

static bool of_dictionary(bool careful, uint64_t dictionary, struct attributes *a)
{
	uint64_t at = dictionary + head();
	if (!READ(at + DICT_KEYS, &a->keys) || !READ(at + DICT_VALUES, &a->values))
		return false;
	if (a->values)
		a->values += python.at.values;
	return true;
}

static bool of_type(bool careful, uint64_t type, uint64_t values, struct attributes *a)
{
	a->values = values + python.at.values;
	return READ(type + python.at.cached_keys, &a->keys);
}

/* 3.11: two words; 3.12: one, odd when it is 1 less than where values are. */
static bool values_outside(bool careful, uint64_t object, uint64_t type, struct attributes *a)
{
	uint64_t word = 0;
	if (python.minor == 11 && READ(object - 32, &word) && word)
		return of_type(careful, type, word, a);
	if (!READ(managed_dict(object), &word) || !word)
		return false;
	return word & 1 ? of_type(careful, type, word + 1, a) : of_dictionary(careful, word, a);
}

/* From 3.13 on they lie in the object until the dictionary takes them over. */
static bool values_inside(bool careful, uint64_t object, uint64_t type, uint64_t flags,
			  struct attributes *a)
{
	uint64_t dictionary = 0, size = 0;
	if (READ(managed_dict(object), &dictionary) && dictionary)
		return of_dictionary(careful, dictionary, a);
	return flags & TYPE_INLINE_VALUES && READ(type + head() + TYPE_BASIC_SIZE, &size) &&
	       of_type(careful, type, object + size, a);
}

static bool attributes_of(bool careful, uint64_t object, struct attributes *a)
{
	uint64_t type = 0, flags = 0, dictionary = 0;
	int64_t offset = 0;
	if (!READ(object + python.at.type, &type) || !READ(type + head() + TYPE_FLAGS, &flags))
		return false;
	if (flags & TYPE_MANAGED_DICT && python.minor > OLD_KEYS)
		return python.minor > 12 ? values_inside(careful, object, type, flags, a)
					 : values_outside(careful, object, type, a);
	return READ(type + head() + TYPE_DICT_OFFSET, &offset) && offset > 0 &&
	       READ(object + (uint64_t)offset, &dictionary) && dictionary &&
	       of_dictionary(careful, dictionary, a);
}

/* The keys' entries: of how many bytes, where, and which member of them is the key. */
struct entries {
	uint64_t at, count;
	uint32_t size, key;
};

static bool entries_of(bool careful, uint64_t keys, struct entries *e)
{
	union {
		struct {
			uint64_t references, size, look_up, usable, count;
		} old;
		struct {
			uint64_t references;
			uint8_t log_size, log_bytes, kind, mutex;
			uint32_t version;
			uint64_t usable, count;
		} now;
	} found;
	if (!READ(keys, &found))
		return false;
	if (python.minor <= OLD_KEYS) {
		uint64_t size = found.old.size, width = size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
		*e = (struct entries){keys + sizeof(found.old) + size * width, found.old.count, 24,
				      8};
		return true;
	}
	bool general = found.now.kind == 0;
	*e = (struct entries){keys + sizeof(found.now) + (1ull << (found.now.log_bytes & 31)),
			      found.now.count, general ? 24 : 16, general ? 8 : 0};
	return true;
}

/* Short and of ASCII. */
static bool is_text(bool careful, uint64_t object, const char *word, size_t length)
{
	const struct python_layout *l = &python.at;
	char found[24];
	uint64_t type = 0, size = 0;
	return object && READ(object + l->type, &type) && type == python.text_type &&
	       READ(object + l->type + TEXT_LENGTH, &size) && size == length &&
	       length <= sizeof(found) && read_at(careful, object + l->text_ascii, found, length) &&
	       words_equal(found, word, length);
}
#define IS_TEXT(object, word) is_text(careful, object, word, sizeof(word) - 1)

/* Address of the word that says what the attribute `_name` is, 0: there is none. */
static uint64_t place_of_name(bool careful, uint64_t object)
{
	struct attributes a;
	struct entries e;
	uint64_t key = 0;
	if (!attributes_of(careful, object, &a) || !entries_of(careful, a.keys, &e))
		return 0;
	for (uint64_t i = 0; i < e.count && i < KEYS_MAX; i++) {
		uint64_t entry = e.at + i * e.size;
		if (!READ(entry + e.key, &key))
			return 0;
		if (IS_TEXT(key, "_name"))
			return a.values ? a.values + 8 * i : entry + e.key + 8;
	}
	return 0;
}

/* A copy of the beginning of a str that may go away. */
static bool copy_text(bool careful, uint64_t object, char *copy, size_t size)
{
	const struct python_layout *l = &python.at;
	uint64_t type = 0, *length = (uint64_t *)(copy + l->type + TEXT_LENGTH);
	if (!read_at(careful, object, copy, l->text_ascii))
		return false;
	__builtin_memcpy(&type, copy + l->type, sizeof(type));
	uint32_t state = *(uint32_t *)(copy + l->type + TEXT_STATE) >> l->text_kind_shift;
	uint32_t kind = state & 7, data = state & 16 ? l->text_ascii : l->text_other;
	if (type != python.text_type || (kind != 1 && kind != 2 && kind != 4) || !*length)
		return false;
	if (*length > NAME_MAX)
		*length = NAME_MAX;
	return data + *length * kind <= size &&
	       read_at(careful, object + data, copy + data, *length * kind);
}

/* false: it is the one that was written last, or cannot be read. */
static bool read_name(bool careful, struct thread *t, uint64_t object, struct python_text *text)
{
	_Alignas(8) char copy[96 + 4 * NAME_MAX];
	uint64_t place = place_of_name(careful, object), name = 0, still = 0;
	if (!place || !READ(place, &name) || name == t->python_name.text ||
	    !copy_text(careful, name, copy, sizeof(copy)) || !READ(place, &still) || still != name)
		return false;
	text->length = 0;
	python_text_add(text, (uint64_t)copy);
	t->python_name.place = place;
	t->python_name.text = name;
	return true;
}

/* Up to 3.10 code has no qualified name. */
static bool starts_threads(bool careful, uint64_t code)
{
	uint64_t name = 0;
	return READ(code + python.at.name, &name) &&
	       (python.minor <= OLD_KEYS ? IS_TEXT(name, "_bootstrap")
					 : IS_TEXT(name, "Thread._bootstrap"));
}

/* What the place says may be something else by now: then the object is asked. */
static bool is_same(bool careful, const struct thread *t)
{
	uint64_t text = 0;
	return t->python_name.text && READ(t->python_name.place, &text) &&
	       text == t->python_name.text;
}

static void look(struct thread *t, const struct python_walk *w)
{
	bool careful = trial > 0 || !gil_is_held(t);
	struct python_text text;
	uint64_t object = 0;
	if ((careful && is_same(careful, t)) || !starts_threads(careful, w->outer_code) ||
	    !READ(w->outer + python.at.locals, &object) ||
	    !read_name(careful, t, object & ~TAG_BITS, &text))
		return;
	if (trial > 0)
		trial--;
	emit_thread_name(t, t->block.head.tid, NAME_PYTHON, text.data);
}

void python_thread_name(struct thread *t, const struct python_walk *w)
{
	uint32_t n = ++t->python_name.stacks;
	if (unlikely(!(n & (n - 1))) && t->block.head.tid != process.pid && w->outer &&
	    !process.sandboxed)
		look(t, w);
}
