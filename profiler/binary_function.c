#include "collectors/kernel/image_file.h"
#include "collectors/kernel/image_stub.h"
#include "profiler/binary.h"

const struct image_file *binary_loaded(struct binary *b)
{
	if (!b->loaded_read && b->state == BINARY_GOOD)
		image_file_get(&b->loaded, b->path);
	b->loaded_read = true;
	return b->loaded;
}

void binary_unload(struct binary *b)
{
	if (b->loaded)
		image_file_free(b->loaded);
	b->loaded = NULL;
}

/* One without a size reaches to the next: not into a function that has none of its own. */
const struct symbol *binary_symbol(struct binary *b, uint64_t address)
{
	const struct symbol *s = symtab_find(&b->functions, address);
	const struct image_file *f;
	struct code_range range;

	if (!s || s->size)
		return s;
	f = binary_loaded(b);
	return f && image_file_function(f, address, &range) && range.begin > s->address ? NULL : s;
}

bool binary_function(struct binary *b, uint64_t address, struct code_range *range)
{
	const struct image_file *f = binary_loaded(b);
	const struct symbol *s;

	if (f && image_file_function(f, address, range))
		return true;
	s = symtab_find(&b->functions, address);
	if (!s || !s->size)
		return false;
	*range = (struct code_range){s->address, s->size};
	return true;
}

/* Programs begin there; what a library has as its entry may be any function. */
static bool is_start(struct binary *b, uint64_t address)
{
	GElf_Ehdr header;
	GElf_Phdr program;
	size_t programs = 0;

	if (!b->main.elf || !gelf_getehdr(b->main.elf, &header) || header.e_entry != address)
		return false;
	elf_getphdrnum(b->main.elf, &programs);
	for (size_t i = 0; i < programs; i++)
		if (gelf_getphdr(b->main.elf, (int)i, &program) && program.p_type == PT_INTERP)
			return true;
	return header.e_type == ET_EXEC;
}

void binary_name_nameless(struct binary *b, uint64_t address, struct text *name)
{
	const struct image_file *f = binary_loaded(b);
	const char *stub = f ? image_stub_name(f, address) : "";
	struct code_range range = {.begin = address};

	if (*stub) {
		text_format(name, "%s@plt", stub);
		return;
	}
	if (f)
		image_file_function(f, address, &range);
	if (is_start(b, range.begin))
		text_add(name, "_start");
	else
		text_format(name, "%s+0x%lx", b->name, (unsigned long)range.begin);
}
