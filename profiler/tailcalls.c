#include "profiler/tailcalls.h"
#include "profiler/binary.h"
#include "profiler/modulemap.h"
#include "profiler/store.h"
#include <gelf.h>
#include <string.h>

#define CALL_DIRECT 0xe8 /* call rel32 */
#define CALL_SIZE 5u

/* The executable section around an address, NULL: none, or one of stubs to other files. */
static Elf_Scn *code_section(Elf *elf, uint64_t address, GElf_Shdr *header)
{
	size_t names = 0;
	elf_getshdrstrndx(elf, &names);
	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
		if (!gelf_getshdr(s, header) || !(header->sh_flags & SHF_EXECINSTR) ||
		    address < header->sh_addr || address - header->sh_addr >= header->sh_size)
			continue;
		const char *name = elf_strptr(elf, names, header->sh_name);
		return name && strncmp(name, ".plt", strlen(".plt")) ? s : NULL;
	}
	return NULL;
}

uint64_t tailcalls_target(const struct binary *b, uint64_t return_address)
{
	GElf_Shdr header;
	int32_t distance;
	uint64_t call = return_address - CALL_SIZE;
	Elf_Scn *section = b->main.elf ? code_section(b->main.elf, call, &header) : NULL;
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	if (!data || call - header.sh_addr + CALL_SIZE > data->d_size)
		return 0;
	const unsigned char *code = (const unsigned char *)data->d_buf + (call - header.sh_addr);
	if (*code != CALL_DIRECT)
		return 0;
	memcpy(&distance, code + 1, sizeof(distance));
	uint64_t target = return_address + (uint64_t)(int64_t)distance;
	return code_section(b->main.elf, target, &header) ? target : 0;
}

struct adding {
	struct query *code, *frames;
};

/* One byte behind the entry: codes are return addresses, looked up one byte before. */
static void add_frame(struct adding *a, const struct wanted *w, uint64_t target)
{
	int64_t address = (int64_t)(target + w->module->bias + 1);
	query_bind_int(a->code, 1, w->row);
	query_bind_int(a->code, 2, address);
	query_run(a->code);
	query_bind_int(a->frames, 1, w->row);
	query_bind_int(a->frames, 2, address);
	query_run(a->frames);
}

static void look_at_file(void *data, struct binary *b, struct wanted *w, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t target = tailcalls_target(b, w[i].address);
		if (target)
			add_frame(data, &w[i], target);
	}
}

static void collect(struct store *store, const struct modulemap *modules, struct wanted_list *list)
{
	struct query *q = store_query(store, "SELECT id, process, address FROM code WHERE id IN "
					     "(SELECT code FROM frame WHERE position = 0)");
	while (query_step(q)) {
		uint64_t address = (uint64_t)query_int(q, 2);
		const struct module *m = modulemap_find(modules, query_int(q, 1), address - 1);
		if (m)
			wanted_add(list, m, address, query_int(q, 0));
	}
	query_close(q);
}

int tailcalls_find(struct store *store)
{
	struct modulemap modules;
	struct wanted_list list = {0};
	struct adding a;
	if (store_exec(store, "DELETE FROM frame WHERE position < 0"))
		return -1;
	a.code = store_query(store, "INSERT OR IGNORE INTO code (process, address) "
				    "SELECT process, ?2 FROM code WHERE id = ?1");
	a.frames = store_query(
	    store, "INSERT INTO frame SELECT f.stack, -1, n.id FROM frame f "
		   "JOIN code c ON c.id = f.code JOIN code n ON n.process = c.process AND "
		   "n.address = ?2 WHERE f.code = ?1 AND f.position = 0");
	modulemap_read(&modules, store);
	collect(store, &modules, &list);
	wanted_each_file(&list, look_at_file, &a);
	modulemap_free(&modules);
	query_close(a.code);
	query_close(a.frames);
	return store_failed(store) ? -1 : 0;
}
