#include "profiler/address_samples.h"
#include "collectors/kernel/operand.h"
#include "profiler/store.h"
#include "profiler/store_rows.h"
#include <string.h>
#include <sys/uio.h>

#define INSTRUCTIONS_MAX 65536u /* then all are read anew: at most 20 MB */
#define PAGE 4096u
#define LINE_USUAL 64
#define ALL_IN_SECOND 2000u
enum { LINE_COLUMNS = 10, WORD_COLUMNS = 11, ALL_COLUMNS = 7 };

void address_samples_open(struct address_samples *a, struct store *store)
{
	int64_t line = store_run_int(store, "cache_line_bytes", LINE_USUAL);
	*a = (struct address_samples){.store = store, .decoder = operand_decoder_open()};
	if (line < 8 || line > 8 * TOUCH_WORDS || (line & (line - 1)))
		line = LINE_USUAL;
	touches_init(&a->touches, (uint64_t)line);
	hash_init(&a->instructions, sizeof(struct operands));
	a->lines = store_rows_open(store, "line_seen", LINE_COLUMNS, false);
	a->words = store_rows_open(store, "line_touch", WORD_COLUMNS, false);
}

void address_samples_keep_all(struct address_samples *a)
{
	if (a->store && !a->all)
		a->all = store_rows_open(a->store, "address_sample", ALL_COLUMNS, false);
}

/* It may lie at the end of what is mapped: then less than asked for is there. */
static size_t read_code(void *data, uint64_t address, unsigned char *to, size_t bytes)
{
	uint32_t pid = *(uint32_t *)data;
	size_t in_page = PAGE - (address & (PAGE - 1));
	size_t first = bytes < in_page ? bytes : in_page;
	struct iovec local = {to, bytes};
	struct iovec from[2] = {{(void *)(uintptr_t)address, first},
				{(void *)(uintptr_t)(address + first), bytes - first}};
	ssize_t got = process_vm_readv((pid_t)pid, &local, 1, from, first < bytes ? 2 : 1, 0);
	return got > 0 ? (size_t)got : 0;
}

static const struct operands *operands_at(struct address_samples *a, uint32_t pid, uint64_t pc)
{
	struct operands found, *known = hash_get(&a->instructions, pc, pid);
	bool fresh;
	if (known)
		return known;
	if (!operands_decode(a->decoder, pc, read_code, &pid, &found)) {
		a->unreadable++;
		return NULL;
	}
	if (a->instructions.count >= INSTRUCTIONS_MAX)
		hash_clear(&a->instructions);
	known = hash_put(&a->instructions, pc, pid, &fresh);
	*known = found;
	return known;
}

/* A word that is read and then written is one touch. */
static int merge(struct touch *touch, int count, const struct touch *one)
{
	for (int i = 0; i < count; i++)
		if (touch[i].address / 8 == one->address / 8) {
			touch[i].reads |= one->reads;
			touch[i].writes |= one->writes;
			if (one->writes)
				touch[i].pc = one->pc;
			return count;
		}
	touch[count] = *one;
	return count + 1;
}

static void write_use(struct address_samples *a, const struct address_use *u, int64_t ns,
		      int64_t task)
{
	if (ns / 1000000000 != a->second)
		a->in_second = 0;
	a->second = ns / 1000000000;
	if (a->in_second++ >= ALL_IN_SECOND)
		return;
	int64_t *row = store_rows_next(a->all);
	row[0] = task;
	row[1] = ns;
	row[2] = (int64_t)u->pc;
	row[3] = (int64_t)u->address;
	row[4] = u->bytes;
	row[5] = u->reads;
	row[6] = u->writes;
}

/* Those whose address is known. */
static int uses_of(const struct operands *o, const void *registers, struct address_use *use)
{
	uint64_t copy[RING_REGISTERS];
	int count = 0;
	memcpy(copy, registers, sizeof(copy));
	for (int i = 0; i < o->count; i++) {
		struct address_use one = {.address = operand_address(&o->of[i], copy),
					  .pc = o->of[i].pc,
					  .bytes = o->of[i].size,
					  .reads = o->of[i].reads,
					  .writes = o->of[i].writes};
		if (one.address)
			use[count++] = one;
	}
	return count;
}

static void touch(struct address_samples *a, const struct happening *h, int64_t ns, int64_t task,
		  const struct address_use *use, int uses)
{
	struct touch touch[OPERANDS_MAX];
	int count = 0;
	for (int i = 0; i < uses; i++) {
		struct touch one = {.pid = h->pid,
				    .tid = h->tid,
				    .task = task,
				    .pc = use[i].pc,
				    .ns = ns,
				    .address = use[i].address,
				    .reads = use[i].reads,
				    .writes = use[i].writes};
		count = merge(touch, count, &one);
	}
	for (int i = 0; i < count; i++)
		touches_add(&a->touches, &touch[i]);
}

static void sample(struct address_samples *a, const struct happening *h, int64_t ns, int64_t task)
{
	struct address_use use[OPERANDS_MAX];
	if (h->flag || !h->registers || !h->pc || !a->decoder)
		return;
	a->taken++;
	const struct operands *o = operands_at(a, h->pid, h->pc);
	if (!o || !o->count)
		return;
	int uses = uses_of(o, h->registers, use);
	touch(a, h, ns, task, use, uses);
	for (int i = 0; a->all && i < uses; i++)
		write_use(a, &use[i], ns, task);
	if (a->listener)
		a->listener(a->listener_data, h, use, uses);
}

static void write_word(void *data, const struct touch_word *w)
{
	struct address_samples *a = data;
	int64_t *row = store_rows_next(a->words);
	row[0] = a->last_line;
	row[1] = w->task;
	row[2] = w->tid;
	row[3] = w->word * 8;
	row[4] = (int64_t)w->pc;
	row[5] = STORE_NULL; /* code: when the recording ends */
	row[6] = STORE_NULL; /* thread */
	row[7] = w->reads;
	row[8] = w->writes;
	row[9] = w->traps;
	row[10] = STORE_NULL; /* name */
}

static void write_line(struct address_samples *a, const struct touch_line *l, int64_t ns)
{
	if (!l->windows && (l->threads < 2 || l->apart + l->same == 0))
		return;
	int64_t *row = store_rows_next(a->lines);
	row[0] = ++a->last_line;
	row[1] = l->pid;
	row[2] = ns;
	row[3] = STORE_NULL; /* process: when the recording ends */
	row[4] = (int64_t)l->address;
	row[5] = l->apart;
	row[6] = l->same;
	row[7] = l->windows;
	row[8] = l->windows_apart;
	row[9] = l->windows_same;
	touches_words(&a->touches, l, write_word, a);
}

/* pid 0: of all processes. */
static void write_lines(struct address_samples *a, uint32_t pid, int64_t ns)
{
	for (size_t i = 0; i < a->touches.lines; i++)
		if (!pid || a->touches.line[i].pid == pid)
			write_line(a, &a->touches.line[i], ns);
}

static void ended(struct address_samples *a, uint32_t pid, int64_t ns)
{
	write_lines(a, pid, ns);
	touches_forget(&a->touches, pid);
	hash_clear(&a->instructions);
}

void address_samples_happen(struct address_samples *a, const struct happening *h, int64_t ns,
			    int64_t task)
{
	if (h->kind == HAPPENING_SAMPLE && task)
		sample(a, h, ns, task);
	else if (h->kind == HAPPENING_NAMED && h->flag)
		ended(a, h->pid, ns - 1);
	else if (h->kind == HAPPENING_ENDED && h->pid == h->tid)
		ended(a, h->pid, ns);
}

void address_samples_close(struct address_samples *a)
{
	if (!a->store)
		return;
	write_lines(a, 0, INT64_MAX);
	store_rows_close(a->lines);
	store_rows_close(a->words);
	if (a->all)
		store_rows_close(a->all);
	operand_decoder_close(a->decoder);
	hash_free(&a->instructions);
	touches_free(&a->touches);
	*a = (struct address_samples){0};
}
