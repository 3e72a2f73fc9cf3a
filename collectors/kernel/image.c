#include "collectors/kernel/image.h"
#include "collectors/kernel/image_file.h"
#include "collectors/preload/unwind.h"
#include <stdlib.h>
#include <string.h>

#define CACHE_SIZE 16384u

static void *sure(void *at)
{
	if (!at)
		abort();
	return at;
}

void image_files_init(struct image_files *f)
{
	*f = (struct image_files){.cache = sure(calloc(CACHE_SIZE, sizeof(*f->cache)))};
}

void image_files_free(struct image_files *f)
{
	for (struct image_file *file = f->first, *next; file; file = next) {
		next = file->next;
		image_file_free(file);
	}
	free(f->cache);
	*f = (struct image_files){0};
}

const char *image_file_path(const struct image_file *f)
{
	return f->path;
}

const struct image_map *image_add(struct image *image, struct image_files *files,
				  const struct happening *h)
{
	const struct image_file *f = image_file_get(&files->first, h->text);
	struct image_map new = {h->address, h->address + h->length,
				image_file_bias(f, h->address, h->offset), f};
	size_t kept = 0;
	for (size_t i = 0; i < image->count; i++) {
		struct image_map m = image->map[i];
		if (m.begin < new.begin && m.end > new.begin)
			m.end = new.begin;
		else if (m.begin >= new.begin && m.begin < new.end)
			m.begin = new.end < m.end ? new.end : m.end;
		if (m.begin < m.end)
			image->map[kept++] = m;
	}
	image->count = kept;
	if (image->count == image->room) {
		image->room = image->room * 2 + 16;
		image->map = sure(realloc(image->map, image->room * sizeof(*image->map)));
	}
	image->map[image->count] = new;
	return &image->map[image->count++];
}

void image_copy(struct image *to, const struct image *from)
{
	*to = (struct image){.count = from->count, .room = from->count};
	if (from->count) {
		to->map = sure(malloc(from->count * sizeof(*to->map)));
		memcpy(to->map, from->map, from->count * sizeof(*to->map));
	}
}

void image_clear(struct image *image)
{
	free(image->map);
	*image = (struct image){0};
}

const struct image_map *image_find(const struct image *image, uint64_t address)
{
	for (size_t i = image->count; i-- > 0;)
		if (address - image->map[i].begin < image->map[i].end - image->map[i].begin)
			return &image->map[i];
	return NULL;
}

/* Where an address of the file lies in it; false: in none of its segments of code. */
static bool offset_of(const struct image_file *f, uint64_t address, uint64_t size, uint64_t *offset)
{
	for (unsigned i = 0; i < f->programs; i++) {
		const Elf64_Phdr *p = &f->program[i];
		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X) || p->p_flags & PF_W ||
		    address < p->p_vaddr || size > p->p_filesz ||
		    address - p->p_vaddr > p->p_filesz - size)
			continue;
		*offset = address - p->p_vaddr + p->p_offset;
		return true;
	}
	return false;
}

bool image_function(const struct image *image, uint64_t address, struct image_function *to)
{
	const struct image_map *m = image_find(image, address);
	struct code_range range;
	if (!m || !m->file || !image_file_function(m->file, address - m->bias, &range) ||
	    !offset_of(m->file, range.begin, range.size, &to->offset))
		return false;
	to->begin = range.begin + m->bias;
	to->size = range.size;
	to->code = image_file_at(m->file, range.begin, range.size);
	to->path = m->file->path;
	return to->code != NULL;
}

struct copy {
	uint64_t begin, end;
	const unsigned char *bytes;
};

static bool read_copy(const void *data, uint64_t at, uint64_t *word)
{
	const struct copy *c = data;
	if (at < c->begin || at + 8 > c->end || at + 8 < at)
		return false;
	memcpy(word, c->bytes + (at - c->begin), 8);
	return true;
}

static struct rule rule_at(const struct image *image, struct image_files *files, uint64_t pc)
{
	const struct image_map *m = image_find(image, pc);
	struct rule rule = {.kind = RULE_NONE};
	if (!m || !m->file || !m->file->frames.header)
		return rule;
	uint64_t here = pc - m->bias - m->file->low + (uint64_t)m->file->base, word;
	size_t at = here * 0x9e3779b97f4a7c15ull >> 50;
	if (files->cache[at].key == here) {
		memcpy(&rule, &files->cache[at].rule, sizeof(rule));
		return rule;
	}
	rule = unwind_parse(&m->file->frames, here);
	memcpy(&word, &rule, sizeof(word));
	files->cache[at].key = here;
	files->cache[at].rule = word;
	return rule;
}

/* Code that was made at run time has no rules, but often a chain of frame pointers. */
static bool step_by_pointers(struct registers *r, const struct copy *c)
{
	uint64_t fp = r->fp;
	if (fp < r->sp || !read_copy(c, fp + 8, &r->pc) || !read_copy(c, fp, &r->fp))
		return false;
	r->sp = fp + 16;
	r->exact = false;
	return r->pc != 0;
}

static bool step(const struct image *image, struct image_files *files, struct registers *r,
		 const struct copy *c)
{
	struct rule rule = rule_at(image, files, r->exact ? r->pc : r->pc - 1);
	if (rule.kind == RULE_NONE)
		return step_by_pointers(r, c) && image_find(image, r->pc - 1);
	return unwind_step(r, rule, read_copy, c);
}

size_t image_walk(const struct image *image, struct image_files *files, const struct happening *h,
		  uint64_t *frame, size_t room)
{
	struct registers r = {h->pc, h->sp, h->fp, true};
	struct copy c = {h->sp, h->sp + (h->stack ? h->length : 0), h->stack};
	size_t depth = 0;
	if (!h->pc)
		return 0;
	do
		frame[depth++] = r.pc + r.exact;
	while (depth < room && step(image, files, &r, &c));
	return depth;
}
