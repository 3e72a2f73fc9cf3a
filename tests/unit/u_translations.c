/* Translations: after a flush of our own, what is touched again is seen to be, at once. */
#include "collectors/kernel/touched_memory.h"
#include "collectors/kernel/translations.h"
#include "tests/unit/unit.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES 512u
#define OFFSET (64u * 4096u)
#define SIZE (80u * 4096u)
#define TABLE (512u * 4096u) /* what a page table spans */

static struct translations open_file(void)
{
	struct translations t;
	int fd = memfd_create("translations", MFD_CLOEXEC);
	CU_ASSERT_FATAL(fd >= 0 && ftruncate(fd, 1 << 20) == 0);
	CU_ASSERT_EQUAL_FATAL(translations_open(&t, fd, OFFSET, SIZE), 0);
	return t;
}

static void *map_shared(const struct translations *t, off_t from)
{
	void *at = mmap(NULL, 1 << 19, PROT_READ | PROT_WRITE, MAP_SHARED, t->fd, from);
	CU_ASSERT_FATAL(at != MAP_FAILED);
	return at;
}

static volatile char *map_private(void)
{
	volatile char *m =
	    mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(m != MAP_FAILED);
	madvise((void *)m, PAGES * 4096, MADV_NOHUGEPAGE);
	return m;
}

static void walk(volatile char *memory)
{
	for (size_t i = 0; i < PAGES; i++)
		memory[i * 4096]++;
}

static uint64_t blocks_of(const struct translations *t)
{
	struct stat st = {0};
	fstat(t->fd, &st);
	return (uint64_t)st.st_blocks;
}

/* The file at an address so that a page table ends so many pages behind the part that is taken. */
static void *map_at(const struct translations *t, void *room, size_t pages)
{
	uintptr_t table = ((uintptr_t)room + 2 * TABLE) / TABLE * TABLE;
	void *at = (void *)(table - OFFSET - pages * 4096); /* NOLINT */
	CU_ASSERT_EQUAL_FATAL(
	    mmap(at, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, t->fd, 0), at);
	return at;
}

static void touch_again(const struct translations *t, volatile char *memory)
{
	struct touched_memory m = {0};
	walk(memory);
	CU_ASSERT_EQUAL_FATAL(translations_reach(t, getpid()), 0);
	CU_ASSERT(blocks_of(t) > 0);
	CU_ASSERT_EQUAL_FATAL(touched_memory_clear(getpid()), 0);
	CU_ASSERT_EQUAL(translations_flush(t), 0);
	CU_ASSERT_EQUAL(blocks_of(t), 0);
	walk(memory);
	CU_ASSERT_EQUAL_FATAL(touched_memory_read(getpid(), t->inode, &m), 0);
	CU_ASSERT(m.touched >= PAGES * 4096);
	CU_ASSERT(m.referenced >= m.touched && m.rss >= m.referenced);
}

TEST(translations, flushed_let_what_is_touched_again_be_seen)
{
	struct translations t = open_file();
	volatile char *memory = map_private();
	void *room = mmap(NULL, 4 * TABLE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(room != MAP_FAILED);
	for (size_t pages = 0; pages <= 80; pages += 8) {
		void *file = map_at(&t, room, pages);
		touch_again(&t, memory);
		mmap(file, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
	munmap(room, 4 * TABLE);
	munmap((void *)memory, PAGES * 4096);
	close(t.fd);
}

TEST(translations, alone_are_flushed_or_said_not_to_be)
{
	volatile char *memory = map_private();
	struct touched_memory m = {0};
	walk(memory);
	CU_ASSERT_EQUAL_FATAL(touched_memory_clear(getpid()), 0);
	int error = translations_flush_alone(getpid());
	CU_ASSERT(error == 0 || error == ENOTSUP || error == EINVAL);
	walk(memory);
	CU_ASSERT_EQUAL_FATAL(touched_memory_read(getpid(), 0, &m), 0);
	CU_ASSERT(error || m.touched >= PAGES * 4096);
	munmap((void *)memory, PAGES * 4096);
}

TEST(translations, of_a_process_without_the_file_are_not_reached)
{
	struct translations t = open_file();
	CU_ASSERT_EQUAL(translations_reach(&t, getpid()), ENXIO);
	void *file = map_shared(&t, 4096); /* not from its beginning */
	CU_ASSERT_EQUAL(translations_reach(&t, getpid()), ENXIO);
	CU_ASSERT_EQUAL(blocks_of(&t), 0);
	munmap(file, 1 << 19);
	close(t.fd);
}

TEST(translations, of_our_own_file_do_not_count_as_touched)
{
	struct translations t = open_file();
	volatile char *file = map_shared(&t, 0);
	struct touched_memory with = {0}, without = {0};
	for (size_t i = 0; i < 64; i++)
		file[i * 4096]++;
	CU_ASSERT_EQUAL_FATAL(touched_memory_read(getpid(), 0, &with), 0);
	CU_ASSERT_EQUAL_FATAL(touched_memory_read(getpid(), t.inode, &without), 0);
	CU_ASSERT(with.touched >= without.touched + 60 * 4096);
	munmap((void *)file, 1 << 19);
	close(t.fd);
}

TEST(translations, have_a_price)
{
	uint64_t ns = touched_memory_price_ns();
	CU_ASSERT(ns > 0 && ns < 1000000);
}
