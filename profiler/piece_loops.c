#include "profiler/piece_loops.h"
#include "collectors/kernel/image_around.h"
#include "profiler/text.h"
#include <stdlib.h>

#define SAMPLES_LEAST 3		/* of a loop */
#define TIGHT 40		/* instructions */
#define FUNCTION_MAX (1u << 18) /* bytes that are decoded */

struct piece_process *piece_loops_process(const struct piece_loops *l, uint32_t pid)
{
	for (size_t i = 0; i < l->processes; i++)
		if (l->process[i]->pid == pid)
			return l->process[i];
	return NULL;
}

static struct piece_process *process_of(struct piece_loops *l, uint32_t pid)
{
	struct piece_process *p = piece_loops_process(l, pid);
	if (p)
		return p;
	if (l->processes == l->room) {
		l->room = l->room * 2 + 8;
		l->process = memory_grow(l->process, l->room, sizeof(struct piece_process *));
	}
	p = l->process[l->processes++] = memory_new(1, sizeof(*p));
	p->pid = pid;
	hash_init(&p->by_header, sizeof(uint32_t));
	hash_init(&p->by_function, sizeof(uint32_t));
	return p;
}

static void free_process(struct piece_process *p)
{
	for (size_t i = 0; i < p->loops; i++) {
		free(p->loop[i]->word);
		free(p->loop[i]->bare.interval);
		free(p->loop[i]->laden.interval);
		free(p->loop[i]);
	}
	for (size_t i = 0; i < p->functions; i++) {
		code_loops_free(&p->function[i]->loops);
		free(p->function[i]);
	}
	free(p->loop);
	free(p->function);
	hash_free(&p->by_header);
	hash_free(&p->by_function);
	free(p);
}

void piece_loops_forget(struct piece_loops *l, struct piece_process *p)
{
	l->ins = 0;
	for (size_t i = 0; i < l->processes; i++)
		if (l->process[i] == p) {
			l->process[i] = l->process[--l->processes];
			free_process(p);
			return;
		}
}

void piece_loops_init(struct piece_loops *l)
{
	*l = (struct piece_loops){.decoder = operand_decoder_open()};
}

void piece_loops_free(struct piece_loops *l)
{
	operand_decoder_close(l->decoder);
	for (size_t i = 0; i < l->processes; i++)
		free_process(l->process[i]);
	free(l->process);
	*l = (struct piece_loops){0};
}

static struct piece_loop *loop_of(struct piece_process *p, uint64_t header)
{
	bool fresh;
	uint32_t *number = hash_put(&p->by_header, header, 1, &fresh);
	if (!fresh)
		return p->loop[*number - 1];
	if (p->loops == p->loop_room) {
		p->loop_room = p->loop_room * 2 + 32;
		p->loop = memory_grow(p->loop, p->loop_room, sizeof(struct piece_loop *));
	}
	struct piece_loop *loop = memory_new(1, sizeof(*loop));
	loop->process = p;
	loop->header = header;
	p->loop[p->loops++] = loop;
	*number = (uint32_t)p->loops;
	return loop;
}

static struct piece_function *function_of(struct piece_process *p, const struct image *image,
					  uint64_t address)
{
	struct image_function found;
	bool fresh;
	if (!image_function(image, address, &found) || found.size > FUNCTION_MAX)
		return NULL;
	uint32_t *number = hash_put(&p->by_function, found.begin, 1, &fresh);
	if (!fresh)
		return p->function[*number - 1];
	if (p->functions == p->function_room) {
		p->function_room = p->function_room * 2 + 32;
		p->function =
		    memory_grow(p->function, p->function_room, sizeof(struct piece_function *));
	}
	struct piece_function *f = memory_new(1, sizeof(*f));
	f->begin = found.begin;
	f->size = found.size;
	f->code = found.code;
	p->function[p->functions++] = f;
	*number = (uint32_t)p->functions;
	return f;
}

/* As when the recording ends: the headers must be the same (finish_loops.c). */
static void decode(struct piece_function *f, const struct image *image)
{
	struct code_around around = image_around(image);
	if (!f->decoded)
		code_loops_find_in(&f->loops, f->code, f->size, f->begin, &around);
	f->decoded = true;
}

struct piece_function *piece_loops_function(struct piece_process *p, const struct image *image,
					    uint64_t address)
{
	struct piece_function *f = function_of(p, image, address);
	if (f)
		decode(f, image);
	return f;
}

static size_t read_code(void *data, uint64_t address, unsigned char *to, size_t bytes)
{
	const struct piece_function *f = data;
	if (address - f->begin >= f->size)
		return 0;
	if (bytes > f->begin + f->size - address)
		bytes = f->begin + f->size - address;
	memcpy(to, f->code + (address - f->begin), bytes);
	return bytes;
}

bool piece_loops_operand(const struct piece_loops *l, const struct piece_function *f, uint64_t pc,
			 struct operand *to)
{
	struct operands o;
	if (!l->decoder || !operands_decode(l->decoder, pc, read_code, (void *)f, &o) || !o.count ||
	    o.of[0].pc != pc)
		return false;
	*to = o.of[0];
	return true;
}

static void add_fixed(struct piece_loop *loop, const struct operand *o)
{
	bool known = o->base < 0 && o->index < 0;
	loop->use[loop->fixed++] = (struct piece_use){.address = known ? (uint64_t)o->offset : 0,
						      .pc = o->pc,
						      .bytes = o->size,
						      .reads = o->reads,
						      .writes = o->writes,
						      .fixed = true,
						      .operand = *o};
	loop->uses = loop->fixed;
}

/* What the body of a loop uses, but for that of inner ones. */
static void find_fixed(const struct piece_loops *l, struct piece_loop *loop,
		       const struct piece_function *f, int index)
{
	const struct code_loops *c = &f->loops;
	const struct code_loop *own = &c->loop[index];
	loop->tight = !own->calls && !own->inner && own->instructions <= TIGHT;
	for (size_t i = 0; i < c->instructions && loop->fixed < PIECE_USES; i++) {
		struct operand o;
		uint64_t pc = f->begin + c->instruction[i];
		if (code_loops_at(c, pc) == index && piece_loops_operand(l, f, pc, &o))
			add_fixed(loop, &o);
	}
}

static struct piece_loop *count(struct piece_loops *l, struct piece_process *p, uint64_t header,
				const struct happening *h)
{
	struct piece_loop *loop = loop_of(p, header);
	if (loop->last == p->samples)
		return loop;
	loop->last = p->samples;
	loop->samples++;
	loop->tid = h->tid;
	loop->seen_ns = h->time;
	if (l->ins < PIECE_LOOPS_CHOSEN)
		l->in[l->ins++] = loop;
	return loop;
}

/* Those around an address of a function. */
static void count_around(struct piece_loops *l, struct piece_process *p,
			 const struct piece_function *f, uint64_t address,
			 const struct happening *h)
{
	for (int i = code_loops_at(&f->loops, address); i >= 0; i = f->loops.loop[i].parent) {
		struct piece_loop *loop = count(l, p, f->loops.loop[i].header, h);
		if (loop->samples == 1 && !loop->fixed)
			find_fixed(l, loop, f, i);
	}
}

void piece_loops_sample(struct piece_loops *l, const struct happening *h, const struct image *image,
			const uint64_t *frame, size_t depth)
{
	struct piece_process *p = process_of(l, h->pid);
	uint64_t seen[STACK_DEPTH_MAX];
	size_t functions = 0;
	l->ins = 0;
	if (!depth)
		return;
	p->samples++;
	for (size_t i = 0; i < depth && i < STACK_DEPTH_MAX; i++) {
		struct piece_function *f = function_of(p, image, frame[i] - 1);
		if (!f)
			continue;
		if (++f->samples >= 2)
			decode(f, image);
		if (f->decoded)
			count_around(l, p, f, frame[i] - 1, h);
		bool again = false;
		for (size_t k = 0; k < functions; k++)
			again |= seen[k] == f->begin;
		if (again)
			count(l, p, f->begin, h);
		else
			seen[functions++] = f->begin;
	}
}

/* The next one that was seen only once makes room, else the next one. */
static int make_room(struct piece_loop *loop)
{
	if (loop->uses < loop->fixed + PIECE_USES)
		return loop->uses++;
	int first = loop->turn;
	for (int i = 0; i < PIECE_USES; i++)
		if (loop->use[loop->fixed + (first + i) % PIECE_USES].seen < 2) {
			first = (first + i) % PIECE_USES;
			break;
		}
	loop->turn = (first + 1) % PIECE_USES;
	return loop->fixed + first;
}

static void add_use(struct piece_loop *loop, const struct address_use *u)
{
	for (int i = 0; i < loop->uses; i++)
		if (loop->use[i].address == u->address && loop->use[i].pc == u->pc) {
			loop->use[i].seen++;
			return;
		}
	loop->use[make_room(loop)] = (struct piece_use){.address = u->address,
							.pc = u->pc,
							.bytes = u->bytes,
							.reads = u->reads,
							.writes = u->writes,
							.seen = 1};
}

void piece_loops_uses(struct piece_loops *l, const struct address_use *use, int uses)
{
	for (int i = 0; i < l->ins; i++)
		for (int k = 0; k < uses; k++)
			add_use(l->in[i], &use[k]);
}

static int by_samples(const void *a, const void *b)
{
	const struct piece_loop *x = *(struct piece_loop *const *)a,
				*y = *(struct piece_loop *const *)b;
	return x->samples > y->samples ? -1 : x->samples < y->samples;
}

/* The busiest ones of a process. */
static size_t choose_busy(const struct piece_process *p, struct piece_loop **to)
{
	struct piece_loop **all = memory_new(p->loops + 1, sizeof(struct piece_loop *));
	size_t found = 0;
	for (size_t i = 0; i < p->loops; i++)
		if (p->loop[i]->samples >= SAMPLES_LEAST &&
		    p->loop[i]->samples >= p->samples / PIECE_LOOPS_SHARE)
			all[found++] = p->loop[i];
	qsort(all, found, sizeof(struct piece_loop *), by_samples);
	if (found > PIECE_LOOPS_CHOSEN)
		found = PIECE_LOOPS_CHOSEN;
	memcpy(to, all, found * sizeof(struct piece_loop *));
	free(all);
	return found;
}

static uint32_t turns(const struct piece_loop *l)
{
	return l->moments + l->refused + l->empty * 4;
}

/* Watched least until now, in vain least of all; then the busier one. */
struct piece_loop *piece_loops_choose(struct piece_loops *l, uint64_t now_ns, uint64_t age_ns,
				      bool quick)
{
	struct piece_loop *busy[PIECE_LOOPS_CHOSEN], *best = NULL;
	for (size_t i = 0; i < l->processes; i++) {
		size_t found = choose_busy(l->process[i], busy);
		for (size_t k = 0; k < found; k++) {
			struct piece_loop *one = busy[k];
			bool late = now_ns > one->seen_ns && now_ns - one->seen_ns > age_ns;
			if (one->watched || late || (quick && one->slow))
				continue;
			if (!best || turns(one) < turns(best) ||
			    (turns(one) == turns(best) && one->samples > best->samples))
				best = one;
		}
	}
	return best;
}
