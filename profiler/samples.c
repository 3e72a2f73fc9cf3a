#include "profiler/samples.h"
#include "profiler/text.h"
#include <stdlib.h>
#include <string.h>

#define LOG_LATE_NS 1000000000 /* a program that loads the library has told of itself by then */

void samples_open(struct samples *s, struct ingest *ingest, struct store *store, uint32_t depth)
{
	*s = (struct samples){.ingest = ingest,
			      .rows = store_rows_open(store, "sample", 5, false),
			      .depth = depth < STACK_DEPTH_MAX ? depth : STACK_DEPTH_MAX};
	image_files_init(&s->files);
}

static struct sample_process *find(struct samples *s, uint32_t pid)
{
	for (size_t i = 0; i < s->processes; i++)
		if (s->process[i].pid == pid)
			return &s->process[i];
	return NULL;
}

static struct sample_process *add(struct samples *s, uint32_t pid, int64_t ns)
{
	struct sample_process *p = find(s, 0);
	if (!p) {
		if (s->processes == s->room) {
			s->room = s->room * 2 + 16;
			s->process = memory_grow(s->process, s->room, sizeof(*s->process));
		}
		p = &s->process[s->processes++];
	}
	*p = (struct sample_process){.pid = pid, .begin = ns, .threads = 1};
	return p;
}

static struct sample_process *get(struct samples *s, uint32_t pid, int64_t ns)
{
	struct sample_process *p = find(s, pid);
	return p ? p : add(s, pid, ns);
}

static void write_row(struct samples *s, const struct sample_process *p,
		      const struct sample_waiting *w)
{
	int64_t *row = store_rows_next(s->rows);
	row[0] = w->task;
	row[1] = w->time;
	row[2] = ingest_stack(s->ingest, p->code, w->frame, w->depth);
	row[3] = w->kernel;
	row[4] = STORE_NULL;
}

static void write_waiting(struct samples *s, struct sample_process *p)
{
	for (size_t i = 0; i < p->count; i++)
		write_row(s, p, &p->waiting[i]);
	free(p->waiting);
	p->waiting = NULL;
	p->count = p->room = 0;
}

static void tell_mapping(struct samples *s, const struct sample_process *p,
			 const struct image_map *m)
{
	struct mapping told = {m->bias, m->begin, m->end, NULL};
	if (!m->file)
		return;
	told.path = image_file_path(m->file);
	ingest_process_mapped(s->ingest, p->code, &told);
}

static void is_unwatched(struct samples *s, struct sample_process *p)
{
	const char *path =
	    p->image.count && p->image.map[0].file ? image_file_path(p->image.map[0].file) : NULL;
	p->unwatched = true;
	p->number = p->code = ingest_process_unwatched(s->ingest, p->pid, p->begin, path);
	for (size_t i = 0; i < p->image.count; i++)
		tell_mapping(s, p, &p->image.map[i]);
}

/* last: no log will come any more. */
static void settle(struct samples *s, struct sample_process *p, int64_t ns, bool last)
{
	if (!p->number) {
		uint32_t code = 0, number = ingest_process_at(s->ingest, p->pid, INT64_MAX, &code);
		/* One that was there before this program began is what became this by exec. */
		if (number && ingest_process_began(s->ingest, number) >= p->begin) {
			p->number = number;
			p->code = code;
		} else if (p->count && (last || ns - p->waiting[0].time > LOG_LATE_NS)) {
			is_unwatched(s, p);
		}
	}
	if (p->number)
		write_waiting(s, p);
}

static void keep(struct samples *s, struct sample_process *p, const struct sample_waiting *one)
{
	if (p->number) {
		write_row(s, p, one);
		return;
	}
	if (p->count == p->room) {
		p->room = p->room * 2 + 16;
		p->waiting = memory_grow(p->waiting, p->room, sizeof(*p->waiting));
	}
	p->waiting[p->count++] = *one;
}

static void sample(struct samples *s, const struct happening *h, int64_t ns, int64_t task)
{
	struct sample_process *p = get(s, h->pid, ns);
	struct sample_waiting one = {.time = ns, .task = task, .kernel = h->flag};
	one.depth = (uint32_t)image_walk(&p->image, &s->files, h, one.frame, s->depth);
	if (s->listener)
		s->listener(s->listener_data, h, &p->image, one.frame, one.depth);
	keep(s, p, &one);
}

static void mapped(struct samples *s, const struct happening *h, int64_t ns)
{
	struct sample_process *p = get(s, h->pid, ns);
	const struct image_map *m = image_add(&p->image, &s->files, h);
	if (p->unwatched)
		tell_mapping(s, p, m);
}

/* exec: what ran between a fork and that is nobody's program. */
static void ended(struct samples *s, struct sample_process *p, int64_t ns, bool exec)
{
	settle(s, p, ns, !exec);
	image_clear(&p->image);
	free(p->waiting);
	*p = (struct sample_process){.pid = 0};
}

static void forked(struct samples *s, const struct happening *h, int64_t ns)
{
	struct sample_process *old = find(s, h->pid);
	if (old)
		ended(s, old, ns, false);
	struct sample_process *p = add(s, h->pid, ns), *maker = find(s, h->other_pid);
	if (maker)
		image_copy(&p->image, &maker->image);
}

void samples_happen(struct samples *s, const struct happening *h, int64_t ns, int64_t task)
{
	struct sample_process *p;
	switch (h->kind) {
	case HAPPENING_SAMPLE:
		if (task)
			sample(s, h, ns, task);
		return;
	case HAPPENING_MAPPED:
		mapped(s, h, ns);
		return;
	case HAPPENING_BORN:
		if (h->pid == h->tid)
			forked(s, h, ns);
		else if ((p = find(s, h->pid)))
			p->threads++;
		return;
	case HAPPENING_NAMED:
		if (h->flag) {
			if ((p = find(s, h->pid)))
				ended(s, p, ns, true);
			add(s, h->pid, ns);
		}
		return;
	case HAPPENING_ENDED:
		if ((p = find(s, h->pid)) &&
		    --p->threads <= 0) /* the first may leave before others */
			ended(s, p, ns, false);
		return;
	default:
		return;
	}
}

void samples_settle(struct samples *s, int64_t ns)
{
	for (size_t i = 0; i < s->processes; i++)
		if (s->process[i].pid && s->process[i].count)
			settle(s, &s->process[i], ns, false);
}

const struct image *samples_image(struct samples *s, uint32_t pid)
{
	const struct sample_process *p = find(s, pid);
	return p ? &p->image : NULL;
}

void samples_close(struct samples *s)
{
	for (size_t i = 0; i < s->processes; i++)
		if (s->process[i].pid)
			ended(s, &s->process[i], INT64_MAX, false);
	store_rows_close(s->rows);
	image_files_free(&s->files);
	free(s->process);
	*s = (struct samples){0};
}
