#include "profiler/binary.h"
#include "profiler/demangle.h"
#include "profiler/lines.h"
#include "profiler/scopes.h"
#include "profiler/typepath.h"
#include "profiler/variables.h"
#include <ctype.h>
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

static const struct variable *find_variable(struct binary *b, uint64_t address)
{
	if (!binary_dwarf(b))
		return NULL;
	if (!b->variables)
		b->variables = variables_read(&b->units);
	return variables_find(b->variables, address);
}

/* The symbol without the number that keeps apart static variables of the same name: mu.3 */
static void add_symbol(struct text *out, const char *symbol)
{
	char *name = demangle_variable(symbol);
	char *dot = strrchr(name, '.');

	if (dot && dot > name && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1))
		*dot = 0;
	text_add(out, name);
	free(name);
}

/* The symbol's name says more than the variable's: its namespaces; C has none, but may have a
 * function around. */
static bool add_name(struct binary *b, const struct variable *v, struct text *out)
{
	const struct symbol *s = binary_object(b, v->address);
	Dwarf_Die die = v->die, function = v->function;
	const char *name = dwarf_diename(&die);

	if (s && s->address == v->address &&
	    (!strncmp(s->name, "_Z", 2) || !strncmp(s->name, "_R", 2))) {
		add_symbol(out, s->name);
		return true;
	}
	if (!name)
		return false;
	if (function.addr && die_name(NULL, &function, out))
		text_add(out, "()::");
	text_add(out, name);
	return true;
}

static bool number(Dwarf_Die *die, unsigned name, Dwarf_Word *value, Dwarf_CU **unit)
{
	Dwarf_Attribute attribute;

	if (!dwarf_attr_integrate(die, name, &attribute) || dwarf_formudata(&attribute, value))
		return false;
	*unit = attribute.cu;
	return true;
}

/* Not dwarf_decl_file(): it takes file 0, the unit's own in DWARF 5, for none, and aborts on split
 * units. The number counts in the table of the unit that holds the declaration. */
static void add_place(const struct variable *v, struct text *out)
{
	Dwarf_Die die = v->die, unit;
	Dwarf_Word file, line;
	Dwarf_Files *files;
	Dwarf_CU *cu;
	const char *path;
	size_t count;

	if (!number(&die, DW_AT_decl_line, &line, &cu) ||
	    !number(&die, DW_AT_decl_file, &file, &cu) ||
	    !dwarf_cu_die(cu, &unit, NULL, NULL, NULL, NULL, NULL, NULL) ||
	    (dwarf_getsrcfiles(&unit, &files, &count) &&
	     dwarf_getsrcfiles((Dwarf_Die *)&v->unit, &files, &count)))
		return;
	path = file < count ? dwarf_filesrc(files, file, NULL, NULL) : NULL;
	if (!path)
		return;
	path_clean(out, path);
	text_format(out, ":%lu", (unsigned long)line);
}

static bool add_from_dwarf(struct binary *b, const struct variable *v, uint64_t address,
			   struct text *name, struct text *place)
{
	Dwarf_Die die = v->die, type;
	Dwarf_Attribute attribute;

	if (!add_name(b, v, name))
		return false;
	if (dwarf_attr_integrate(&die, DW_AT_type, &attribute) &&
	    dwarf_formref_die(&attribute, &type))
		type_path(&type, address - v->address, name);
	add_place(v, place);
	return true;
}

bool binary_variable(struct binary *b, uint64_t address, struct text *name, struct text *place)
{
	const struct variable *v = find_variable(b, address);
	const struct symbol *s;

	if (v && add_from_dwarf(b, v, address, name, place))
		return true;
	s = binary_object(b, address);
	if (!s)
		return false;
	add_symbol(name, s->name);
	if (address > s->address)
		text_format(name, "+0x%lx", (unsigned long)(address - s->address));
	return true;
}
