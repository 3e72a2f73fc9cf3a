#include "profiler/elf_kind.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scratch scratch;

static enum elf_kind kind_of(const void *bytes, size_t size, mode_t mode)
{
	char *decisive;
	int fd = open(scratch.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	CU_ASSERT_EQUAL(write(fd, bytes, size), (ssize_t)size);
	fchmod(fd, mode);
	close(fd);
	enum elf_kind kind = elf_kind_of(scratch.path, &decisive);
	free(decisive);
	return kind;
}

/* An ELF header and one program header of that type, then the loader's name. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr program;
	char loader[64];
};

static struct image image(uint32_t type, const char *loader)
{
	struct image i = {0};
	memcpy(i.header.e_ident, ELFMAG, SELFMAG);
	i.header.e_ident[EI_CLASS] = ELFCLASS64;
	i.header.e_ident[EI_DATA] = ELFDATA2LSB;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr ours = {0};
	CU_ASSERT_EQUAL(read(fd, &ours, sizeof(ours)), sizeof(ours));
	close(fd);
	i.header.e_machine = ours.e_machine;
	i.header.e_phoff = offsetof(struct image, program);
	i.header.e_phentsize = sizeof(Elf64_Phdr);
	i.header.e_phnum = 1;
	i.program.p_type = type;
	i.program.p_offset = offsetof(struct image, loader);
	i.program.p_filesz = strlen(loader) + 1;
	snprintf(i.loader, sizeof(i.loader), "%s", loader);
	return i;
}

static enum elf_kind kind_of_image(const struct image *i)
{
	return kind_of(i, sizeof(*i), 0755);
}

TEST(elf_kind, an_ordinary_program_can_be_watched)
{
	char *decisive;
	CU_ASSERT_EQUAL(elf_kind_of("/bin/sh", &decisive), ELF_KIND_WATCHABLE);
	CU_ASSERT_STRING_EQUAL(decisive, "/bin/sh");
	free(decisive);
}

TEST(elf_kind, told_by_the_loader)
{
	scratch_begin(&scratch);
	struct image glibc = image(PT_INTERP, "/lib64/ld-linux-x86-64.so.2");
	struct image musl = image(PT_INTERP, "/lib/ld-musl-x86_64.so.1");
	struct image none = image(PT_LOAD, "");
	CU_ASSERT_EQUAL(kind_of_image(&glibc), ELF_KIND_WATCHABLE);
	CU_ASSERT_EQUAL(kind_of_image(&musl), ELF_KIND_OTHER_LIBC);
	CU_ASSERT_EQUAL(kind_of_image(&none), ELF_KIND_STATIC);
	scratch_end(&scratch);
}

TEST(elf_kind, other_machines)
{
	scratch_begin(&scratch);
	struct image small = image(PT_INTERP, "/lib/ld-linux.so.2");
	small.header.e_ident[EI_CLASS] = ELFCLASS32;
	CU_ASSERT_EQUAL(kind_of_image(&small), ELF_KIND_OTHER_MACHINE);
	struct image other = image(PT_INTERP, "/lib/ld-linux.so.2");
	other.header.e_machine = EM_S390;
	CU_ASSERT_EQUAL(kind_of_image(&other), ELF_KIND_OTHER_MACHINE);
	scratch_end(&scratch);
}

TEST(elf_kind, rights_of_others)
{
	scratch_begin(&scratch);
	struct image i = image(PT_INTERP, "/lib64/ld-linux-x86-64.so.2");
	CU_ASSERT_EQUAL(kind_of(&i, sizeof(i), 04755), ELF_KIND_WATCHABLE); /* it is our own */
	if (getuid() == 0 && chown(scratch.path, 65534, 65534) == 0) {
		char *decisive;
		chmod(scratch.path, 04755);
		CU_ASSERT_EQUAL(elf_kind_of(scratch.path, &decisive), ELF_KIND_PRIVILEGED);
		free(decisive);
		chmod(scratch.path, 02755);
		CU_ASSERT_EQUAL(elf_kind_of(scratch.path, &decisive), ELF_KIND_PRIVILEGED);
		free(decisive);
	}
	scratch_end(&scratch);
}

TEST(elf_kind, scripts_are_followed)
{
	char *decisive;
	scratch_begin(&scratch);
	FILE *script = fopen(scratch.path, "w");
	fputs("#! \t/bin/sh -x\necho\n", script);
	fclose(script);
	CU_ASSERT_EQUAL(elf_kind_of(scratch.path, &decisive), ELF_KIND_WATCHABLE);
	CU_ASSERT_STRING_EQUAL(decisive, "/bin/sh");
	free(decisive);
	CU_ASSERT_EQUAL(kind_of("#!\n", 3, 0755), ELF_KIND_NOT_ELF);
	CU_ASSERT_EQUAL(kind_of("echo\n", 5, 0755), ELF_KIND_NOT_ELF);
	CU_ASSERT_EQUAL(kind_of("", 0, 0755), ELF_KIND_NOT_ELF);
	scratch_end(&scratch);
}

TEST(elf_kind, a_script_that_runs_itself_ends)
{
	char line[128], *decisive;
	scratch_begin(&scratch);
	int n = snprintf(line, sizeof(line), "#!%s\n", scratch.path);
	CU_ASSERT_EQUAL(kind_of(line, (size_t)n, 0755), ELF_KIND_NOT_ELF);
	CU_ASSERT_EQUAL(elf_kind_of("/nowhere/at/all", &decisive), ELF_KIND_UNREADABLE);
	free(decisive);
	CU_ASSERT_EQUAL(elf_kind_of("/", &decisive), ELF_KIND_UNREADABLE);
	free(decisive);
	scratch_end(&scratch);
}

TEST(elf_kind, damaged_headers_are_survived)
{
	scratch_begin(&scratch);
	struct image good = image(PT_INTERP, "/lib64/ld-linux-x86-64.so.2");
	srand(2);
	for (int round = 0; round < 300; round++) {
		struct image bad = good;
		for (int i = 0; i < 4; i++)
			((unsigned char *)&bad)[SELFMAG +
						(size_t)rand() % (sizeof(bad) - SELFMAG)] =
			    (unsigned char)rand();
		kind_of(&bad, (size_t)rand() % sizeof(bad) + 1, 0755);
	}
	scratch_end(&scratch);
}
