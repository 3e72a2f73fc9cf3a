#include "collectors/kernel/image_stub.h"
#include "collectors/kernel/image_file.h"
#include <string.h>

#define STUB_MAX 16u /* bytes */
#define STUB_MIN 8u  /* of .plt.got, without endbr64 */
#define JUMP_SIZE 6u

const char *image_slot_name(const struct image_file *f, uint64_t slot)
{
	const Elf64_Sym *symbols = (const void *)f->symbols.at;
	const char *names = (const char *)f->names.at;
	for (int k = 0; k < 2; k++) {
		const Elf64_Rela *r = (const void *)f->fills[k].at;
		for (size_t i = 0; i < f->fills[k].size / sizeof(*r); i++) {
			uint64_t symbol = ELF64_R_SYM(r[i].r_info);
			if (r[i].r_offset != slot || symbol >= f->symbols.size / sizeof(*symbols))
				continue;
			uint64_t name = symbols[symbol].st_name;
			return name < f->names.size && memchr(names + name, 0, f->names.size - name)
				   ? names + name
				   : "";
		}
	}
	return "";
}

/* endbr64, bnd jmp *slot(%rip): each of them may be left out but the jump. */
bool image_stub(const struct image_file *f, uint64_t address, uint64_t *slot)
{
	static const unsigned char endbr[] = {0xf3, 0x0f, 0x1e, 0xfa};
	const unsigned char *begin = image_file_at(f, address, STUB_MIN), *at = begin;
	int32_t distance;
	if (!at)
		return false;
	at += memcmp(at, endbr, sizeof(endbr)) ? 0 : sizeof(endbr);
	at += *at == 0xf2;
	if (!image_file_at(f, address + (uint64_t)(at - begin), JUMP_SIZE) || at[0] != 0xff ||
	    at[1] != 0x25)
		return false;
	memcpy(&distance, at + 2, sizeof(distance));
	*slot = address + (uint64_t)(at + JUMP_SIZE - begin) + (uint64_t)(int64_t)distance;
	return true;
}

static bool holds_stubs(const struct image_file *f, uint64_t address)
{
	const unsigned char *at = image_file_at(f, address, 1);
	for (size_t i = 0; at && i < sizeof(f->stubs) / sizeof(*f->stubs); i++)
		if (f->stubs[i].size && at >= f->stubs[i].at &&
		    (uint64_t)(at - f->stubs[i].at) < f->stubs[i].size)
			return true;
	return false;
}

const char *image_stub_name(const struct image_file *f, uint64_t address)
{
	uint64_t slot;
	if (!holds_stubs(f, address))
		return "";
	return image_stub(f, address & ~(uint64_t)(STUB_MIN - 1), &slot) ||
		       image_stub(f, address & ~(uint64_t)(STUB_MAX - 1), &slot)
		   ? image_slot_name(f, slot)
		   : "";
}
