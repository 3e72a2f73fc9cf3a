#include "profiler/binary.h"
#include "profiler/demangle.h"
#include "profiler/inlines.h"
#include "profiler/lines.h"
#include "profiler/runtime.h"
#include "profiler/variables.h"
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The kernel maps the same vdso into all processes: ours serves for the recorded one. */
static void open_vdso(struct binary *b)
{
	const unsigned char *at = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
	const GElf_Ehdr *header = (const GElf_Ehdr *)at;
	size_t size;

	b->main.fd = -1;
	if (!at)
		return;
	size = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
	b->image = memory_new(1, size);
	memcpy(b->image, at, size);
	elf_version(EV_CURRENT);
	b->main.elf = elf_memory(b->image, size);
}

static void open_main(struct binary *b, const char *build_id)
{
	char id[BUILD_ID_TEXT];

	if (!strcmp(b->path, "[vdso]"))
		open_vdso(b);
	else
		elf_file_open(&b->main, b->path);
	if (!b->main.elf) {
		b->state = BINARY_MISSING;
		return;
	}
	build_id_text(b->main.elf, id);
	if (build_id && strcmp(id, build_id)) {
		elf_file_close(&b->main);
		b->state = BINARY_CHANGED;
	}
}

static uint64_t code_begin(Elf *elf)
{
	uint64_t lowest = UINT64_MAX;
	size_t n = 0;
	GElf_Phdr p;

	elf_getphdrnum(elf, &n);
	for (size_t i = 0; i < n; i++)
		if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_LOAD && p.p_flags & PF_X &&
		    p.p_vaddr < lowest)
			lowest = p.p_vaddr;
	return lowest == UINT64_MAX ? 1 : lowest;
}

/* From the fullest table: the debug file's, else the file's own, with those of its .gnu_debugdata,
 * which holds what .dynsym does not. */
static void read_symbols(struct binary *b, struct symtab *t, enum symtab_kind kind)
{
	if (b->debug.elf)
		symtab_read(t, b->debug.elf, kind);
	if (t->count || !b->main.elf)
		return;
	symtab_read(t, b->main.elf, kind);
	if (!b->mini.elf)
		debugdata_open(&b->mini, b->main.elf);
	if (b->mini.elf)
		symtab_read(t, b->mini.elf, kind);
}

static bool has_dwarf(Elf *elf)
{
	return elf && (has_section(elf, ".debug_info") || has_section(elf, ".zdebug_info"));
}

static void open_debug(struct binary *b, const char *build_id)
{
	char own[BUILD_ID_TEXT] = "";

	if (b->main.elf)
		build_id_text(b->main.elf, own);
	if (!has_dwarf(b->main.elf))
		debugfile_find(&b->debug, b->path, b->main.elf, build_id ? build_id : own);
}

/* Not for runtime libraries: their lines interest nobody, and to unpack those of libc alone takes
 * 50 ms. */
Dwarf *binary_dwarf(struct binary *b)
{
	Elf *elf = b->debug.elf ? b->debug.elf : b->main.elf;

	if (b->dwarf_read || !elf)
		return b->dwarf;
	b->dwarf_read = true;
	if (!has_dwarf(elf) || runtime_frame(b->path, NULL, NULL))
		return NULL;
	b->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (b->dwarf)
		units_read(&b->units, b->dwarf, code_begin(elf));
	return b->dwarf;
}

struct binary *binary_open(const char *path, const char *build_id)
{
	struct binary *b = memory_new(1, sizeof(*b));

	if (build_id && (!*build_id || !strcmp(build_id, "-")))
		build_id = NULL;
	b->path = memory_copy(path);
	b->name = last_part(b->path);
	b->main.fd = b->debug.fd = b->mini.fd = -1;
	open_main(b, build_id);
	open_debug(b, build_id);
	read_symbols(b, &b->functions, SYMTAB_FUNCTIONS);
	if (b->main.elf)
		gotable_read(&b->go, b->main.elf);
	return b;
}

void binary_close(struct binary *b)
{
	variables_free(b->variables);
	units_free(&b->units);
	if (b->dwarf)
		dwarf_end(b->dwarf);
	symtab_free(&b->functions);
	symtab_free(&b->objects);
	binary_unload(b);
	elf_file_close(&b->mini);
	elf_file_close(&b->debug);
	elf_file_close(&b->main);
	free(b->image);
	free(b->path);
	free(b);
}

static const struct symtab *objects_of(struct binary *b)
{
	if (!b->objects_read) {
		b->objects_read = true;
		read_symbols(b, &b->objects, SYMTAB_OBJECTS);
	}
	return &b->objects;
}

const struct symbol *binary_object(struct binary *b, uint64_t address)
{
	return symtab_find(objects_of(b), address);
}

void binary_objects_in(struct binary *b, uint64_t low, uint64_t high, symtab_row *row, void *data)
{
	symtab_each_in(objects_of(b), low, high, row, data);
}

/* The one frame that symbols, Go's table or .eh_frame tell of, or only the place in the file. */
static void symbol_frame(struct binary *b, uint64_t address, unsigned depth,
			 struct code_frame frame, binary_frame *emit, void *data)
{
	const struct symbol *s = binary_symbol(b, address);
	struct go_place go;
	struct text place = {0};
	char *name = NULL;

	if (gotable_find(&b->go, address, &go)) {
		if (!frame.file)
			frame = (struct code_frame){go.function, go.file, go.line};
		frame.function = go.function;
		emit(data, depth, &frame);
		return;
	}
	if (s)
		frame.function = name = demangle_short(s->name);
	else
		binary_name_nameless(b, address, &place);
	if (!s)
		frame.function = text_string(&place);
	emit(data, depth, &frame);
	text_free(&place);
	free(name);
}

/* gcc gives some C++ functions (of local classes, lambdas) no linkage name; their symbol has it. */
static bool symbol_knows_better(struct binary *b, uint64_t entry)
{
	const struct symbol *s = symtab_find(&b->functions, entry);

	return s && (!strncmp(s->name, "_Z", 2) || !strncmp(s->name, "_R", 2));
}

void binary_frames(struct binary *b, uint64_t address, binary_frame *emit, void *data)
{
	struct unit *unit = binary_dwarf(b) ? units_find(&b->units, address) : NULL;
	struct code_frame frame = {0};
	unsigned depth = 0;
	uint32_t f = NO_FUNCTION;

	if (unit) {
		if (!unit->inlines)
			unit->inlines = inlines_read(&unit->die, &unit->body);
		unit_line(unit, address, &frame.file, &frame.line);
		f = inlines_find(unit->inlines, address);
	}
	for (; f != NO_FUNCTION; f = unit->inlines->function[f].parent, depth++) {
		const struct function *function = &unit->inlines->function[f];
		bool real = function->parent == NO_FUNCTION;
		frame.function = inlines_name(unit->inlines, f);
		if (real && (!frame.function || symbol_knows_better(b, function->entry))) {
			symbol_frame(b, function->entry, depth, frame, emit, data);
			return;
		}
		if (!frame.function)
			frame.function = "{unnamed}";
		emit(data, depth, &frame);
		if (real)
			return;
		inlines_call(unit->inlines, f, &frame.file, &frame.line);
	}
	symbol_frame(b, address, depth, frame, emit, data);
}
