/* Functions without symbols: the unstripped program tells which there are. */
#include "collectors/kernel/image.h"
#include "collectors/kernel/image_file.h"
#include "collectors/preload/unwind.h"
#include "profiler/binary.h"
#include "tests/unit/known_binary.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DAMAGES 300

/* What the compiler's start files have of their own, without .eh_frame. */
static const char *const without_entry[] = {"_init",
					    "_fini",
					    "_dl_relocate_static_pie",
					    "deregister_tm_clones",
					    "register_tm_clones",
					    "__do_global_dtors_aux",
					    "frame_dummy",
					    NULL};

static bool is_among(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

/* The program as objcopy makes it, in the scratch folder as `p`. */
static struct binary *changed(const struct scratch *s, const char *program, const char *how)
{
	char *path = known_path(program);
	struct text command = {0}, to = {0};
	struct binary *b;
	text_format(&to, "%s/p", s->folder);
	text_format(&command, "objcopy --strip-all %s '%s' %s", how, path, text_string(&to));
	CU_ASSERT_EQUAL_FATAL(system(text_string(&command)), 0);
	b = binary_open(text_string(&to), NULL);
	text_free(&command);
	text_free(&to);
	free(path);
	return b;
}

static void keep(void *data, unsigned depth, const struct code_frame *f)
{
	CU_ASSERT_EQUAL(depth, 0);
	snprintf(data, 256, "%s", f->function);
}

static bool is_called(struct binary *b, uint64_t address, const char *expected)
{
	char name[256] = "";
	binary_frames(b, address, keep, name);
	if (strcmp(name, expected))
		fprintf(stderr, "0x%lx: got %s, expected %s\n", (unsigned long)address, name,
			expected);
	return !strcmp(name, expected);
}

/* All of the function's addresses are called by its begin; the program's begin as ever. */
static bool is_one(struct binary *b, const struct symbol *s)
{
	char expected[64];
	snprintf(expected, sizeof(expected), "p+0x%lx", (unsigned long)s->address);
	if (!strcmp(s->name, "_start"))
		snprintf(expected, sizeof(expected), "_start");
	for (uint64_t at = s->address; at < s->address + s->size; at++)
		if (!is_called(b, at, expected))
			return false;
	return true;
}

/* Of all the program's functions, and of so many at least. */
static void functions_are_one_each(const char *program, const char *how, unsigned least)
{
	struct scratch scratch;
	struct binary *b, *truth = known_open(program);
	unsigned count = 0;
	scratch_begin(&scratch);
	b = changed(&scratch, program, how);
	CU_ASSERT_PTR_NULL(known_symbol(&b->functions, "main"));
	for (size_t i = 0; i < truth->functions.count; i++) {
		const struct symbol *f = &truth->functions.symbol[i];
		if (!f->size || is_among(f->name, without_entry) ||
		    known_symbol(&b->functions, f->name)) /* exported */
			continue;
		CU_ASSERT(is_one(b, f));
		count++;
	}
	CU_ASSERT(count >= least);
	binary_close(b);
	binary_close(truth);
	scratch_end(&scratch);
}

TEST(stripped, functions_are_one_each)
{
	functions_are_one_each("samples", "", 10);
	functions_are_one_each("symbols_cc", "", 10);
}

TEST(stripped, functions_are_one_each_without_an_index)
{
	functions_are_one_each("samples", "-R .eh_frame_hdr", 10);
}

/* Of libc's own functions some have parts with entries of their own. */
TEST(stripped, functions_of_static_programs_are_one_each)
{
	static const char *const own[] = {"main", "hold_lock", NULL};
	struct scratch scratch;
	struct binary *b, *truth = known_open("awaits_static");
	size_t one = 0, sampled = 0;
	scratch_begin(&scratch);
	b = changed(&scratch, "awaits_static", "");
	CU_ASSERT_EQUAL(b->functions.count, 0);
	for (size_t i = 0; i < truth->functions.count; i += 10) {
		const struct symbol *s = &truth->functions.symbol[i];
		one += s->size && is_one(b, s);
		sampled += s->size != 0;
	}
	CU_ASSERT(sampled > 50 && one * 10 >= sampled * 9);
	for (const char *const *name = own; *name; name++) {
		const struct symbol *s = known_symbol(&truth->functions, *name);
		CU_ASSERT(s && is_one(b, s));
	}
	binary_close(b);
	binary_close(truth);
	scratch_end(&scratch);
}

TEST(stripped, without_entries_places_have_their_addresses)
{
	struct scratch scratch;
	struct binary *b, *truth = known_open("samples");
	const struct symbol *s = known_symbol(&truth->functions, "main");
	char expected[64];
	scratch_begin(&scratch);
	b = changed(&scratch, "samples", "-R .eh_frame_hdr -R .eh_frame");
	for (uint64_t at = s->address; at < s->address + 8; at++) {
		snprintf(expected, sizeof(expected), "p+0x%lx", (unsigned long)at);
		CU_ASSERT(is_called(b, at, expected));
	}
	binary_close(b);
	binary_close(truth);
	scratch_end(&scratch);
}

/* The stub that a call of main() goes to is called by what it leads to. */
TEST(stripped, calls_of_other_files_go_to_named_stubs)
{
	struct scratch scratch;
	struct binary *b, *truth = known_open("samples");
	scratch_begin(&scratch);
	b = changed(&scratch, "samples", "");
	const struct image_file *f = binary_loaded(b);
	unsigned named = 0, threads = 0;
	CU_ASSERT_FATAL(f && f->low == 0);
	for (int k = 0; k < 3; k++)
		for (uint64_t i = 0; i < f->stubs[k].size; i += 16) {
			char name[256] = "";
			binary_frames(b, (uint64_t)(f->stubs[k].at - f->base) + i, keep, name);
			named += strstr(name, "@plt") != NULL;
			threads += !strcmp(name, "pthread_create@plt");
		}
	CU_ASSERT(named > 5);
	CU_ASSERT_EQUAL(threads, 1);
	binary_close(b);
	binary_close(truth);
	scratch_end(&scratch);
}

/* What Fedora does: the symbols that .dynsym has not, packed. */
TEST(stripped, packed_symbols_are_read)
{
	struct scratch scratch;
	struct binary *b;
	char command[512], how[256];
	char *path = known_path("samples");
	scratch_begin(&scratch);
	snprintf(
	    command, sizeof(command),
	    "objcopy -S --keep-symbol=hot_three --keep-symbol=work_mu -R .comment '%s' %s/mini && "
	    "xz -f %s/mini",
	    path, scratch.folder, scratch.folder);
	if (system("command -v xz >/dev/null") == 0) {
		CU_ASSERT_EQUAL_FATAL(system(command), 0);
		snprintf(how, sizeof(how), "--add-section .gnu_debugdata=%s/mini.xz",
			 scratch.folder);
		b = changed(&scratch, "samples", how);
		const struct symbol *s = known_symbol(&b->functions, "hot_three");
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		CU_ASSERT(is_called(b, s->address + 4, "hot_three"));
		CU_ASSERT_NOT_EQUAL(known_object(b, "work_mu"), 0);
		binary_close(b);
	}
	free(path);
	scratch_end(&scratch);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* A copy of the table and its entries with nothing readable behind it. */
struct fenced {
	struct frame_table table;
	uint8_t *pages;
	size_t size, fence; /* fence: bytes before it */
};

static struct fenced fence(const struct frame_table *t)
{
	size_t page = 4096, bytes = (size_t)(t->high - t->low);
	struct fenced f = {.fence = (bytes + page - 1) / page * page};
	f.size = f.fence + page;
	f.pages = mmap(NULL, f.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(f.pages != MAP_FAILED && !mprotect(f.pages + f.fence, page, PROT_NONE));
	f.table.low = f.pages + f.fence - bytes;
	f.table.high = f.pages + f.fence;
	f.table.header = f.table.low + (t->header - t->low);
	f.table.header_end = f.table.header + (t->header_end - t->header);
	memcpy((uint8_t *)f.table.low, t->low, bytes);
	return f;
}

static size_t look_around(const struct frame_table *t, uint64_t text, uint64_t size)
{
	struct code_range range;
	size_t known = 0;
	for (uint64_t pc = text; pc < text + size; pc += 7) {
		unwind_parse(t, pc);
		unwind_function_begin(t, pc);
		if (unwind_function_range(t, pc, &range)) {
			CU_ASSERT(pc - range.begin < range.size);
			known++;
		}
	}
	return known;
}

/* Always the same; one to sixteen bytes, most of them in the table and the entries. */
static void damage(struct fenced *f, uint64_t *state)
{
	static const uint8_t nasty[] = {0x00, 0xff, 0x7f, 0x80};
	for (uint64_t n = 1 + next_random(state) % 16; n; n--) {
		size_t begin = (size_t)(f->table.header - f->table.low);
		size_t room = (size_t)(f->table.high - f->table.header);
		size_t at = begin + next_random(state) % (next_random(state) % 2 ? 64 : room);
		uint64_t how = next_random(state) % 8;
		((uint8_t *)f->table.low)[at] = how < 4 ? nasty[how] : (uint8_t)next_random(state);
	}
}

TEST(stripped, damaged_entries_are_not_read_beyond)
{
	struct binary *b = known_open("samples");
	const struct image_file *image = binary_loaded(b);
	const struct symbol *first = known_symbol(&b->functions, "main");
	uint64_t state = 1;
	CU_ASSERT_FATAL(image && image->frames.header && first);
	for (int i = 0; i < DAMAGES; i++) {
		struct fenced f = fence(&image->frames);
		uint64_t text = (uint64_t)f.table.low +
				(uint64_t)(image->base - image->frames.low) + first->address;
		if (i == 0)
			CU_ASSERT(look_around(&f.table, text, 256) > 0);
		damage(&f, &state);
		look_around(&f.table, text - 2048, 8192);
		munmap(f.pages, f.size);
	}
	binary_close(b);
}

/* Overwrites bytes of the scratch folder's `p`, from its .eh_frame_hdr on. */
static void damage_file(const struct scratch *s, uint64_t offset, size_t room, uint64_t *state)
{
	char path[96];
	snprintf(path, sizeof(path), "%s/p", s->folder);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	for (int n = 0; n < 200; n++) {
		uint8_t byte = (uint8_t)next_random(state);
		CU_ASSERT_EQUAL(pwrite(fd, &byte, 1, (off_t)(offset + next_random(state) % room)),
				1);
	}
	close(fd);
}

static void damaged_file_gives_names(const char *how, uint64_t seed)
{
	struct scratch scratch;
	struct binary *b, *truth = known_open("samples");
	const struct image_file *f = binary_loaded(truth);
	uint64_t state = seed, offset = (uint64_t)(f->frames.header - f->base);
	size_t room = (size_t)(f->frames.high - f->frames.header);
	const struct symbol *s = known_symbol(&truth->functions, "main");
	scratch_begin(&scratch);
	binary_close(changed(&scratch, "samples", how));
	damage_file(&scratch, offset, room, &state);
	snprintf(scratch.path, sizeof(scratch.path), "%s/p", scratch.folder);
	b = binary_open(scratch.path, NULL);
	for (uint64_t at = s->address - 1024; at < s->address + 4096; at += 5) {
		char name[256] = "";
		binary_frames(b, at, keep, name);
		CU_ASSERT(!strncmp(name, "p+0x", 4) || strstr(name, "@plt") ||
			  !strcmp(name, "_start"));
	}
	binary_close(b);
	binary_close(truth);
	scratch_end(&scratch);
}

TEST(stripped, files_with_damaged_entries_give_names)
{
	for (uint64_t seed = 1; seed < 10; seed++) {
		damaged_file_gives_names("", seed);
		damaged_file_gives_names("-R .eh_frame_hdr", seed);
	}
}
