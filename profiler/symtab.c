#include "profiler/symtab.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

/* Nested symbols (aliases into a table, assembler labels) hide the one around them: so many
 * predecessors are looked at for one whose size reaches the address. */
#define ENCLOSING_MAX 16

static bool wanted(const GElf_Sym *s, enum symtab_kind kind)
{
	unsigned type = GELF_ST_TYPE(s->st_info);

	if (s->st_shndx == SHN_UNDEF || s->st_shndx == SHN_ABS || s->st_value == 0)
		return false;
	if (kind == SYMTAB_OBJECTS)
		return (type == STT_OBJECT || type == STT_COMMON) && s->st_size;
	/* Assembler functions often have no type; without a global name they are mere labels. */
	return type == STT_FUNC || type == STT_GNU_IFUNC ||
	       (type == STT_NOTYPE && GELF_ST_BIND(s->st_info) != STB_LOCAL);
}

static uint32_t rank_of(const GElf_Sym *s, const char *name)
{
	static const uint32_t of_binding[] = {[STB_LOCAL] = 2, [STB_GLOBAL] = 0, [STB_WEAK] = 1};
	unsigned binding = GELF_ST_BIND(s->st_info);
	uint32_t rank = binding <= STB_WEAK ? of_binding[binding] : 1;
	size_t underscores = strncmp(name, "_Z", 2) ? strspn(name, "_") : 0;
	size_t length = strlen(name);

	rank = rank * 2 + (s->st_size == 0);
	rank = rank * 2 + (GELF_ST_TYPE(s->st_info) == STT_NOTYPE);
	return rank << 16 | (underscores > 255 ? 255 : underscores) << 8 |
	       (length > 255 ? 255 : length);
}

static void add(struct symtab *t, const GElf_Sym *s, const char *name)
{
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 1024;
		t->symbol = memory_grow(t->symbol, t->room, sizeof(*t->symbol));
	}
	t->symbol[t->count++] = (struct symbol){s->st_value, s->st_size, name, rank_of(s, name)};
}

static void read_section(struct symtab *t, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			 enum symtab_kind kind)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	GElf_Sym s;

	for (size_t i = 0; i < n; i++) {
		const char *name;
		if (!gelf_getsym(data, (int)i, &s) || !wanted(&s, kind))
			continue;
		name = elf_strptr(elf, header->sh_link, s.st_name);
		if (name && *name && *name != '$')
			add(t, &s, name);
	}
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void sort_unique(struct symtab *t)
{
	size_t kept = 0;

	if (!t->count)
		return;
	qsort(t->symbol, t->count, sizeof(*t->symbol), by_address);
	for (size_t i = 1; i < t->count; i++)
		if (t->symbol[i].address != t->symbol[kept].address)
			t->symbol[++kept] = t->symbol[i];
	t->count = kept + 1;
}

/* The section of this type that has content: a debug file's .dynsym has none. */
static Elf_Scn *find_section(Elf *elf, unsigned type, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == type)
			return section;
	return NULL;
}

bool symtab_read(struct symtab *t, Elf *elf, enum symtab_kind kind)
{
	GElf_Shdr header;
	Elf_Scn *section = find_section(elf, SHT_SYMTAB, &header);

	if (!section)
		section = find_section(elf, SHT_DYNSYM, &header);
	if (!section)
		return false;
	read_section(t, elf, section, &header, kind);
	sort_unique(t);
	return true;
}

void symtab_free(struct symtab *t)
{
	free(t->symbol);
	*t = (struct symtab){0};
}

/* How many begin at the address or before. */
static size_t begun(const struct symtab *t, uint64_t address)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->symbol[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct symbol *symtab_find(const struct symtab *t, uint64_t address)
{
	size_t low = begun(t, address);

	for (size_t i = low; i > 0 && i + ENCLOSING_MAX > low; i--) {
		const struct symbol *s = &t->symbol[i - 1];
		if (address - s->address < s->size || (s->size == 0 && i == low))
			return s;
	}
	return NULL;
}

void symtab_each_in(const struct symtab *t, uint64_t low, uint64_t high, symtab_row *row,
		    void *data)
{
	size_t end = begun(t, high - 1), from = begun(t, low);

	for (size_t i = from > ENCLOSING_MAX ? from - ENCLOSING_MAX : 0; i < end; i++) {
		const struct symbol *s = &t->symbol[i];
		if (s->size && s->address + s->size > low)
			row(data, s);
	}
}
