#include "profiler/gotable.h"
#include <string.h>

/* Go 1.18, and 1.20, which differ in nothing that is read here. */
static const uint32_t magics[] = {0xfffffff0, 0xfffffff1};

/* Words of the header, each as wide as an address, behind its first eight bytes. */
enum {
	WORD_COUNT,
	WORD_FILES,
	WORD_TEXT,
	WORD_NAMES,
	WORD_UNITS,
	WORD_FILE_NAMES,
	WORD_VALUES,
	WORD_FUNCTIONS
};
#define HEADER 8
#define ADDRESS_BYTES 8

/* Words of a function's record, four bytes each. */
enum { FIELD_ENTRY, FIELD_NAME, FIELD_FILE = 5, FIELD_LINE, FIELD_UNIT = 8, FIELDS };

static uint32_t word32(const struct gotable *t, size_t at)
{
	uint32_t v = 0;
	if (at <= t->size - sizeof(v))
		memcpy(&v, t->data + at, sizeof(v));
	return v;
}

static uint64_t header(const struct gotable *t, int word)
{
	uint64_t v;
	memcpy(&v, t->data + HEADER + (size_t)word * ADDRESS_BYTES, sizeof(v));
	return v;
}

static const char *string_at(const struct gotable *t, uint64_t at)
{
	if (at >= t->size || !memchr(t->data + at, 0, t->size - at))
		return NULL;
	return (const char *)t->data + at;
}

static Elf_Scn *section_of(Elf *elf, GElf_Shdr *shdr, bool (*wanted)(const char *, const void *),
			   const void *argument)
{
	size_t names;
	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
		const char *name =
		    gelf_getshdr(s, shdr) ? elf_strptr(elf, names, shdr->sh_name) : NULL;
		if (name && wanted(name, argument))
			return s;
	}
	return NULL;
}

static bool is_table(const char *name, const void *argument)
{
	(void)argument;
	return !strcmp(name, ".gopclntab") || !strcmp(name, ".data.rel.ro.gopclntab");
}

static bool is_relocations(const char *name, const void *argument)
{
	(void)argument;
	return !strcmp(name, ".rela.dyn");
}

/* In a file that can be loaded anywhere the loader fills in the word at `address`. */
static uint64_t relocated(Elf *elf, uint64_t address)
{
	GElf_Shdr shdr;
	GElf_Rela r;
	Elf_Scn *s = section_of(elf, &shdr, is_relocations, NULL);
	Elf_Data *data = s ? elf_getdata(s, NULL) : NULL;
	size_t count = data && shdr.sh_entsize ? shdr.sh_size / shdr.sh_entsize : 0;
	for (size_t i = 0; i < count; i++)
		if (gelf_getrela(data, (int)i, &r) && r.r_offset == address)
			return (uint64_t)r.r_addend;
	return 0;
}

static bool is_known(const struct gotable *t)
{
	uint32_t magic = word32(t, 0);
	if (t->data[7] != ADDRESS_BYTES)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (magic == magics[i])
			return true;
	return false;
}

bool gotable_read(struct gotable *t, Elf *elf)
{
	GElf_Shdr shdr;
	Elf_Scn *s = section_of(elf, &shdr, is_table, NULL);
	Elf_Data *data = s ? elf_getdata(s, NULL) : NULL;
	*t = (struct gotable){0};
	if (!data || !data->d_buf || data->d_size < HEADER + (WORD_FUNCTIONS + 1) * ADDRESS_BYTES)
		return false;
	struct gotable found = {.data = data->d_buf, .size = data->d_size};
	if (!is_known(&found))
		return false;
	found.quantum = found.data[6];
	found.text = header(&found, WORD_TEXT);
	if (!found.text)
		found.text = relocated(elf, shdr.sh_addr + HEADER + WORD_TEXT * ADDRESS_BYTES);
	found.names = header(&found, WORD_NAMES);
	found.units = header(&found, WORD_UNITS);
	found.files = header(&found, WORD_FILE_NAMES);
	found.values = header(&found, WORD_VALUES);
	found.functions = header(&found, WORD_FUNCTIONS);
	found.count = header(&found, WORD_COUNT);
	if (!found.text || found.functions > found.size ||
	    found.count > (found.size - found.functions) / 8)
		return false;
	*t = found;
	return true;
}

static uint32_t entry_of(const struct gotable *t, size_t function)
{
	return word32(t, t->functions + function * 8);
}

/* A number of seven bits a byte, the lowest first. */
static uint32_t next_number(const struct gotable *t, size_t *at)
{
	uint32_t v = 0;
	for (int shift = 0; shift < 32 && *at < t->size; shift += 7) {
		unsigned char byte = t->data[(*at)++];
		v |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return v;
}

/* The value that holds at `offset` bytes into a function: pairs of differences, of the value and
 * of the address up to which it holds. -1: none. */
static int32_t value_at(const struct gotable *t, uint32_t list, uint64_t offset)
{
	size_t at = t->values + list;
	uint64_t end = 0;
	int32_t value = -1;
	for (bool first = true; list && at < t->size; first = false) {
		uint32_t difference = next_number(t, &at);
		if (!difference && !first)
			break;
		value += (int32_t)(difference & 1 ? ~(difference >> 1) : difference >> 1);
		end += (uint64_t)next_number(t, &at) * t->quantum;
		if (offset < end)
			return value;
	}
	return -1;
}

static const char *file_at(const struct gotable *t, size_t record, uint64_t offset)
{
	int32_t file = value_at(t, word32(t, record + FIELD_FILE * 4), offset);
	if (file < 0)
		return NULL;
	uint64_t unit = (uint64_t)word32(t, record + FIELD_UNIT * 4) + (uint32_t)file;
	uint32_t name = word32(t, t->units + unit * 4);
	return name == UINT32_MAX ? NULL : string_at(t, t->files + name);
}

/* Of code that was inlined from another file: where the function begins. */
static void find_line(const struct gotable *t, size_t record, uint64_t offset, struct go_place *p)
{
	p->file = file_at(t, record, 0);
	if (!p->file)
		return;
	int32_t line = value_at(t, word32(t, record + FIELD_LINE * 4),
				file_at(t, record, offset) == p->file ? offset : 0);
	p->line = line > 0 ? (unsigned)line : 0;
}

bool gotable_find(const struct gotable *t, uint64_t address, struct go_place *p)
{
	uint64_t offset = address - t->text;
	size_t low = 0, high = t->data ? t->count : 0;
	if (!high || address < t->text || offset >= entry_of(t, t->count))
		return false;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (entry_of(t, middle) <= offset)
			low = middle;
		else
			high = middle;
	}
	size_t record = t->functions + word32(t, t->functions + low * 8 + 4);
	if (offset < entry_of(t, low) || record > t->size - FIELDS * 4)
		return false;
	*p =
	    (struct go_place){string_at(t, t->names + word32(t, record + FIELD_NAME * 4)), NULL, 0};
	if (!p->function || !*p->function)
		return false;
	find_line(t, record, offset - entry_of(t, low), p);
	return true;
}
