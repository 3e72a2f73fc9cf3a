#include "reports/scale/identity.h"
#include "profiler/text.h"
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool runs(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static char *find_path(const char *program)
{
	const char *path = getenv("PATH");
	if (strchr(program, '/'))
		return runs(program) ? realpath(program, NULL) : NULL;
	for (const char *at = path ? path : "/bin:/usr/bin";; at++) {
		size_t length = strcspn(at, ":");
		struct text file = {0};
		text_add_bytes(&file, length ? at : ".", length ? length : 1);
		text_format(&file, "/%s", program);
		char *found = runs(text_string(&file)) ? realpath(text_string(&file), NULL) : NULL;
		text_free(&file);
		at += length;
		if (found || !*at)
			return found;
	}
}

struct image {
	const unsigned char *bytes;
	size_t size;
};

/* A note of an ELF file: name size, size, type, name, bytes, each padded to four. */
static bool find_note(const struct image *m, size_t begin, size_t end, struct text *id)
{
	while (begin <= end && end - begin >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr h;
		memcpy(&h, m->bytes + begin, sizeof(h));
		size_t name = begin + sizeof(h), bytes = name + ((h.n_namesz + 3ul) & ~3ul);
		size_t next = bytes + ((h.n_descsz + 3ul) & ~3ul);
		if (next > end || bytes > end)
			return false;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == 4 &&
		    !memcmp(m->bytes + name, "GNU", 4)) {
			for (size_t i = 0; i < h.n_descsz; i++)
				text_format(id, "%02x", m->bytes[bytes + i]);
			return id->length > 0;
		}
		begin = next;
	}
	return false;
}

static bool find_build_id(const struct image *m, struct text *id)
{
	Elf64_Ehdr e;
	if (m->size < sizeof(e))
		return false;
	memcpy(&e, m->bytes, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 || e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_phentsize != sizeof(Elf64_Phdr))
		return false;
	for (size_t i = 0; i < e.e_phnum; i++) {
		Elf64_Phdr p;
		size_t at = e.e_phoff + i * sizeof(p);
		if (e.e_phoff > m->size || at > m->size - sizeof(p))
			return false;
		memcpy(&p, m->bytes + at, sizeof(p));
		if (p.p_type == PT_NOTE && p.p_offset <= m->size &&
		    p.p_filesz <= m->size - p.p_offset &&
		    find_note(m, p.p_offset, p.p_offset + p.p_filesz, id))
			return true;
	}
	return false;
}

/* FNV-1a: tells builds apart, resists nobody. */
static void hash(const struct image *m, struct text *id)
{
	uint64_t h = 0xcbf29ce484222325ull;
	for (size_t i = 0; i < m->size; i++)
		h = (h ^ m->bytes[i]) * 0x100000001b3ull;
	text_format(id, "hash:%016llx", (unsigned long long)h);
}

static char *find_build(const char *path)
{
	struct text id = {0};
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
		void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		struct image m = {bytes, (size_t)st.st_size};
		if (bytes != MAP_FAILED) {
			if (!find_build_id(&m, &id))
				hash(&m, &id);
			munmap(bytes, m.size);
		}
	}
	if (fd >= 0)
		close(fd);
	if (!id.length)
		text_add(&id, "unreadable");
	return id.data;
}

void identity_find(struct identity *i, char **command)
{
	struct text t = {0};
	for (size_t k = 0; command[k]; k++)
		text_format(&t, "%s%s", k ? " " : "", command[k]);
	i->command = t.data;
	i->path = find_path(command[0]);
	i->build = i->path ? find_build(i->path) : memory_copy("unreadable");
}

void identity_free(struct identity *i)
{
	free(i->command);
	free(i->path);
	free(i->build);
}
