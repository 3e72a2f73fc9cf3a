#include "profiler/debugfile.h"
#include "profiler/text.h"
#include <dlfcn.h>
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUG_ROOT "/usr/lib/debug"

bool elf_file_open(struct elf_file *f, const char *path)
{
	elf_version(EV_CURRENT);
	*f = (struct elf_file){.fd = open(path, O_RDONLY | O_CLOEXEC)};
	if (f->fd < 0)
		return false;
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (f->elf && elf_kind(f->elf) == ELF_K_ELF)
		return true;
	elf_file_close(f);
	return false;
}

void elf_file_close(struct elf_file *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	*f = (struct elf_file){.fd = -1};
}

void build_id_text(Elf *elf, char text[BUILD_ID_TEXT])
{
	const void *bytes = NULL;
	ssize_t n = dwelf_elf_gnu_build_id(elf, &bytes);

	for (ssize_t i = 0; i < n && 2 * i + 2 < BUILD_ID_TEXT; i++, text += 2) {
		static const char digit[] = "0123456789abcdef";
		unsigned char byte = ((const unsigned char *)bytes)[i];
		text[0] = digit[byte >> 4];
		text[1] = digit[byte & 15];
	}
	*text = 0;
}

static Elf_Scn *find_section(Elf *elf, const char *name)
{
	size_t names;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *n;
		if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS)
			continue;
		n = elf_strptr(elf, names, header.sh_name);
		if (n && !strcmp(n, name))
			return section;
	}
	return NULL;
}

bool has_section(Elf *elf, const char *name)
{
	return find_section(elf, name) != NULL;
}

/* libdw unpacks what it opens. */
bool debugdata_open(struct elf_file *found, Elf *main)
{
	Elf_Scn *section = find_section(main, ".gnu_debugdata");
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;

	*found = (struct elf_file){.fd = -1};
	if (!data || !data->d_size)
		return false;
	found->fd = memfd_create("debugdata", MFD_CLOEXEC);
	if (found->fd >= 0 && write(found->fd, data->d_buf, data->d_size) == (ssize_t)data->d_size)
		found->elf = dwelf_elf_begin(found->fd);
	if (found->elf && elf_kind(found->elf) == ELF_K_ELF)
		return true;
	elf_file_close(found);
	return false;
}

/* The checksum of .gnu_debuglink: CRC-32 over the whole file. */
static uint32_t checksum(int fd)
{
	struct stat st;
	unsigned char *bytes;
	uint32_t crc = ~0u;

	if (fstat(fd, &st) || st.st_size == 0)
		return 0;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return 0;
	for (off_t i = 0; i < st.st_size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	munmap(bytes, st.st_size);
	return ~crc;
}

/* What a candidate has to agree with. crc counts when there is no build id. */
struct wanted_file {
	const char *build_id;
	uint32_t crc;
	dev_t device; /* of the file itself, which a debuglink may lead back to */
	ino_t inode;
};

static bool try_file(struct elf_file *found, const char *path, const struct wanted_file *want)
{
	char id[BUILD_ID_TEXT];
	struct stat st;

	if (stat(path, &st) || (st.st_dev == want->device && st.st_ino == want->inode) ||
	    !elf_file_open(found, path))
		return false;
	build_id_text(found->elf, id);
	if (want->build_id ? !strcmp(id, want->build_id) : checksum(found->fd) == want->crc)
		return true;
	elf_file_close(found);
	return false;
}

static bool by_build_id(struct elf_file *found, const struct wanted_file *want)
{
	struct text path = {0};
	bool ok;

	text_format(&path, DEBUG_ROOT "/.build-id/%.2s/%s.debug", want->build_id,
		    want->build_id + 2);
	ok = try_file(found, text_string(&path), want);
	text_free(&path);
	return ok;
}

/* LINK beside the file, in .debug beside it, below the global folder. */
static bool by_link(struct elf_file *found, const char *path, const char *link,
		    const struct wanted_file *want)
{
	static const char *const place[][2] = {{"", ""}, {"", "/.debug"}, {DEBUG_ROOT, ""}};
	char *folder = realpath(path, NULL), *slash = folder ? strrchr(folder, '/') : NULL;
	struct text candidate = {0};
	bool ok = false;

	if (slash)
		*slash = 0;
	for (size_t i = 0; folder && !ok && i < sizeof(place) / sizeof(*place); i++) {
		text_clear(&candidate);
		text_format(&candidate, "%s%s%s/%s", place[i][0], folder, place[i][1], link);
		ok = try_file(found, text_string(&candidate), want);
	}
	text_free(&candidate);
	free(folder);
	return ok;
}

/* libdebuginfod is optional and drags in an HTTP library: loaded only for who asked for it. */
static bool by_server(struct elf_file *found, const struct wanted_file *want)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	void *library = urls && *urls ? dlopen("libdebuginfod.so.1", RTLD_NOW) : NULL;
	void *(*begin)(void);
	void (*end)(void *);
	int (*find)(void *, const unsigned char *, int, char **);
	char *path = NULL;
	void *client;
	bool ok = false;

	if (!library)
		return false;
	begin = (void *(*)(void))dlsym(library, "debuginfod_begin");
	end = (void (*)(void *))dlsym(library, "debuginfod_end");
	find = (int (*)(void *, const unsigned char *, int, char **))dlsym(
	    library, "debuginfod_find_debuginfo");
	client = begin && end && find ? begin() : NULL;
	if (client) { /* length 0: the id is given in hex */
		int fd = find(client, (const unsigned char *)want->build_id, 0, &path);
		if (fd >= 0) {
			close(fd);
			ok = try_file(found, path, want);
		}
		free(path);
		end(client);
	}
	return ok;
}

bool debugfile_find(struct elf_file *found, const char *path, Elf *main, const char *build_id)
{
	struct wanted_file want = {.build_id = build_id && *build_id ? build_id : NULL};
	GElf_Word crc = 0;
	const char *link = main ? dwelf_elf_gnu_debuglink(main, &crc) : NULL;
	struct stat st;

	*found = (struct elf_file){.fd = -1};
	if (!stat(path, &st)) {
		want.device = st.st_dev;
		want.inode = st.st_ino;
	}
	want.crc = crc;
	if (want.build_id && strlen(want.build_id) > 2 && by_build_id(found, &want))
		return true;
	if (link && by_link(found, path, link, &want))
		return true;
	return want.build_id && by_server(found, &want);
}
