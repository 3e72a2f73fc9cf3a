#include "collectors/preload/module.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/python.h"
#include "collectors/preload/words.h"
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#define KNOWN_SIZE 1024u
#define PATH_SIZE 3000u
#define BUILD_ID_MAX 32u
#define TEXT_SIZE (BUILD_ID_MAX * 2 + 2 + PATH_SIZE)

static uint64_t known[KNOWN_SIZE]; /* begin ^ hash of the path; a loser is written again */
static uint64_t vdso;

/* Lies in the log already: a handler of signals has no room for it on its stack. */
struct module_text {
	char *text;
	size_t length;
};

static void put(struct module_text *m, char c)
{
	if (m->length + 1 < TEXT_SIZE)
		m->text[m->length++] = c;
	m->text[m->length] = 0;
}

static void put_hex(struct module_text *m, const uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < count && i < BUILD_ID_MAX; i++) {
		put(m, "0123456789abcdef"[bytes[i] >> 4]);
		put(m, "0123456789abcdef"[bytes[i] & 15]);
	}
}

static bool put_build_id_of(struct module_text *m, const char *note, size_t size)
{
	const char *end = note + size;
	while (note + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *n = (const void *)note;
		const char *name = note + sizeof(*n);
		const char *data = name + ((n->n_namesz + 3) & ~3u);
		if (data + n->n_descsz > end)
			return false;
		if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 &&
		    words_equal(name, "GNU", 4)) {
			put_hex(m, (const uint8_t *)data, n->n_descsz);
			return true;
		}
		note = data + ((n->n_descsz + 3) & ~3u);
	}
	return false;
}

static void put_build_id(struct module_text *m, uint64_t bias, const ElfW(Phdr) * headers,
			 uint16_t count)
{
	for (uint16_t i = 0; i < count; i++)
		if (headers[i].p_type == PT_NOTE &&
		    put_build_id_of(m, (const char *)bias + headers[i].p_vaddr, headers[i].p_memsz))
			return;
	put(m, '-');
}

static void see(struct thread *t, uint64_t bias, const ElfW(Phdr) * headers, uint16_t count,
		const char *path)
{
	uint64_t begin = UINT64_MAX, end = 0, hash = 0;
	for (uint16_t i = 0; i < count; i++) {
		if (headers[i].p_type != PT_LOAD)
			continue;
		uint64_t low = bias + headers[i].p_vaddr, high = low + headers[i].p_memsz;
		begin = low < begin ? low : begin;
		end = high > end ? high : end;
	}
	for (const char *p = path; *p; p++)
		hash = hash * 31 + (uint8_t)*p;
	uint64_t *place = &known[(begin >> 12) % KNOWN_SIZE];
	if (begin >= end || *place == (begin ^ hash))
		return;
	struct log_module *at = emit_reserve(t, sizeof(*at) + TEXT_SIZE);
	if (!at)
		return;
	struct module_text m = {at->path, 0};
	put_build_id(&m, bias, headers, count);
	put(&m, ' ');
	while (*path)
		put(&m, *path++);
	*place = begin ^ hash;
	at->bias = bias;
	at->begin = begin;
	at->end = end;
	emit_commit(t, &at->head, sizeof(*at) + m.length + 1, EVENT_MODULE, HOOK_NONE, 1);
}

struct start {
	struct thread *thread;
	const char *program;
	bool first;
};

static int see_at_start(struct dl_phdr_info *info, size_t size, void *data)
{
	struct start *s = data;
	const char *path = info->dlpi_name;
	(void)size;
	if (s->first)
		path = s->program;
	else if (vdso && vdso - info->dlpi_addr == 0)
		path = "[vdso]";
	s->first = false;
	see(s->thread, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum, path);
	return 0;
}

void module_start(struct thread *t, const char *program)
{
	struct start s = {t, program, true};
	vdso = getauxval(AT_SYSINFO_EHDR);
	dl_iterate_phdr(see_at_start, &s);
}

__attribute__((noinline)) void module_see(struct thread *t, uint64_t pc)
{
	struct dl_find_object object;
	if (_dl_find_object((void *)pc, &object) != 0)
		return;
	uint64_t begin = (uint64_t)object.dlfo_map_start;
	if (known[(begin >> 12) % KNOWN_SIZE]) /* most likely this one */
		return;
	const ElfW(Ehdr) *file = object.dlfo_map_start;
	if (!words_equal((const char *)file->e_ident, ELFMAG, SELFMAG) || !object.dlfo_link_map)
		return;
	see(t, object.dlfo_link_map->l_addr, (const void *)((const char *)file + file->e_phoff),
	    file->e_phnum, object.dlfo_link_map->l_name);
	python_look(t, object.dlfo_link_map->l_name);
}
