#include "collectors/kernel/image.h"
#include "collectors/preload/walk.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH 64
#define COPY 16384

struct walked {
	struct image image;
	struct image_files files;
	uint64_t here[DEPTH], there[DEPTH]; /* by the unwinder in the target, of the copy */
	size_t here_depth, there_depth;
};

/* As the kernel tells of a process: every mapping of code. */
static void map_ourselves(struct walked *w)
{
	char line[512], path[400], mode[8];
	unsigned long begin, end, offset;
	FILE *maps = fopen("/proc/self/maps", "re");
	image_files_init(&w->files);
	while (maps && fgets(line, sizeof(line), maps)) {
		path[0] = 0;
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %399s", &begin, &end, mode, &offset,
			   path) < 4 ||
		    mode[2] != 'x')
			continue;
		struct happening h = {.kind = HAPPENING_MAPPED,
				      .address = begin,
				      .length = end - begin,
				      .offset = offset,
				      .text = path};
		image_add(&w->image, &w->files, &h);
	}
	if (maps)
		fclose(maps);
}

__attribute__((noinline)) static void walk_both_ways(struct walked *w)
{
	static unsigned char copy[COPY];
	struct registers r = REGISTERS_HERE();
	struct happening h = {
	    .pc = r.pc, .sp = r.sp, .fp = r.fp, .stack = copy, .length = sizeof(copy)};
	uint64_t top = (uint64_t)__builtin_frame_address(0) + (1u << 20);
	struct bounds b = {r.sp, top, (int)getpid()};
	memcpy(copy, (const void *)r.sp, 4096);
	h.length = 4096;
	w->there_depth = image_walk(&w->image, &w->files, &h, w->there, DEPTH);
	b.top = r.sp + 4096;
	w->here[w->here_depth++] = r.pc + 1;
	while (w->here_depth < DEPTH && r.sp < b.top && walk_step(&b, &r))
		w->here[w->here_depth++] = r.pc;
}

/* Deep enough, and with a callback through libc. */
static struct walked *walking;
static int compare(const void *a, const void *b)
{
	if (!walking->there_depth)
		walk_both_ways(walking);
	return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static int deep(int n)
{
	int numbers[] = {3, 1, 2};
	if (n)
		return deep(n - 1) + 1;
	qsort(numbers, 3, sizeof(*numbers), compare);
	return numbers[0];
}

TEST(image, a_copy_is_unwound_as_the_stack_is)
{
	struct walked w = {.here_depth = 0};
	walking = &w;
	map_ourselves(&w);
	CU_ASSERT_EQUAL(deep(9), 10);
	CU_ASSERT_TRUE_FATAL(w.there_depth > 12 && w.there_depth <= w.here_depth);
	CU_ASSERT_EQUAL(memcmp(w.here, w.there, w.there_depth * sizeof(*w.here)), 0);
	image_clear(&w.image);
	image_files_free(&w.files);
}

TEST(image, a_newer_mapping_takes_the_place)
{
	struct image_files files;
	struct image image = {.count = 0};
	struct happening h = {.address = 0x10000, .length = 0x4000, .text = "//anon"};
	image_files_init(&files);
	image_add(&image, &files, &h);
	h.address = 0x11000;
	h.length = 0x1000;
	h.offset = 0x500;
	image_add(&image, &files, &h);
	CU_ASSERT_PTR_NULL(image_find(&image, 0xffff));
	CU_ASSERT_PTR_NULL(image_find(&image, 0x14000));
	CU_ASSERT_EQUAL(image_find(&image, 0x10fff)->bias, 0x10000);
	CU_ASSERT_EQUAL(image_find(&image, 0x11000)->bias, 0x11000 - 0x500);
	struct image other;
	image_copy(&other, &image);
	image_clear(&image);
	CU_ASSERT_PTR_NOT_NULL(image_find(&other, 0x11fff));
	image_clear(&other);
	image_files_free(&files);
}

TEST(image, what_is_no_elf_file_has_no_rules)
{
	struct image_files files;
	struct image image = {.count = 0};
	struct happening h = {
	    .address = 0x10000, .length = 0x4000, .text = "/proc/self/cmdline", .pc = 0x10010};
	uint64_t frame[4];
	image_files_init(&files);
	image_add(&image, &files, &h);
	CU_ASSERT_EQUAL(image_walk(&image, &files, &h, frame, 4), 1);
	CU_ASSERT_EQUAL(frame[0], 0x10011);
	h.pc = 0;
	CU_ASSERT_EQUAL(image_walk(&image, &files, &h, frame, 4), 0);
	image_clear(&image);
	image_files_free(&files);
}
