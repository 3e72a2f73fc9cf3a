#include "profiler/jitmap.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <time.h>

static void write_map(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

TEST(jitmap, the_last_of_several_counts_and_nonsense_is_passed)
{
	struct scratch s;
	struct jitmap m;
	scratch_begin(&s);
	write_map(s.path, "2000 10 second one\n"
			  "1000 20 first\n"
			  "nonsense\n"
			  "3000 0 empty\n"
			  "3000 zz wrong\n"
			  "ffffffffffffffff 10 beyond the end\n"
			  "1000 8 first, made anew\n"
			  "4000 4 no line end");
	CU_ASSERT_EQUAL_FATAL(jitmap_read(&m, s.path, 0), 0);
	CU_ASSERT_EQUAL(m.count, 4);
	CU_ASSERT_PTR_NULL(jitmap_find(&m, 0xfff));
	CU_ASSERT_STRING_EQUAL(jitmap_find(&m, 0x1007), "first, made anew");
	CU_ASSERT_PTR_NULL(jitmap_find(&m, 0x1008));
	CU_ASSERT_STRING_EQUAL(jitmap_find(&m, 0x200f), "second one");
	CU_ASSERT_STRING_EQUAL(jitmap_find(&m, 0x4000), "no line end");
	CU_ASSERT_PTR_NULL(jitmap_find(&m, UINT64_MAX));
	jitmap_free(&m);
	CU_ASSERT_EQUAL(jitmap_read(&m, s.path, time(NULL) + 1000), -1);
	jitmap_free(&m);
	CU_ASSERT_EQUAL(jitmap_read(&m, "/no/such/file", 0), -1);
	scratch_end(&s);
}
