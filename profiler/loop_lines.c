#include "profiler/loop_lines.h"
#include "profiler/lines.h"
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 64	/* functions inlined into each other */
#define NEARLY_ALL 0.9	/* of the loop's own instructions */
#define LOOKED_AT 20000 /* instructions of a loop; of a longer one the first */

/* A place in a file; strings are kept once each: the same text is the same pointer. */
struct place {
	const char *file; /* NULL: unknown */
	unsigned line;
};

/* A function as it was inlined at one place. */
struct inlined {
	int parent; /* -1: the one that has the code */
	const char *function;
	struct place call; /* in the parent */
	unsigned own;	   /* of the loop's own instructions, those of what is inlined in it too */
};

struct line_of {
	uint64_t address;
	int inlined;
	struct place place;
};

struct finder {
	struct binary *binary;
	const struct code_loops *loops;
	int loop, back; /* back: inlined function of the instruction that goes back */
	char **string;
	size_t strings, strings_room;
	struct inlined *inlined;
	size_t count, room;
	struct line_of *line; /* of each instruction */
	size_t lines, lines_room;
	unsigned own; /* instructions that are not of inner loops */
	struct {
		const char *function;
		struct place place;
	} frame[CHAIN_MAX];
	unsigned depth;
};

static const char *keep_string(struct finder *f, const char *string)
{
	if (!string)
		return NULL;
	for (size_t i = f->strings; i-- > 0;)
		if (!strcmp(f->string[i], string))
			return f->string[i];
	if (f->strings == f->strings_room) {
		f->strings_room = f->strings_room ? f->strings_room * 2 : 16;
		f->string = memory_grow(f->string, f->strings_room, sizeof(*f->string));
	}
	return f->string[f->strings++] = memory_copy(string);
}

static void keep_frame(void *data, unsigned depth, const struct code_frame *frame)
{
	struct finder *f = data;
	if (depth >= CHAIN_MAX)
		return;
	f->frame[depth].function = keep_string(f, frame->function);
	f->frame[depth].place = (struct place){keep_string(f, frame->file), frame->line};
	f->depth = depth + 1;
}

static int find_inlined(struct finder *f, int parent, const char *function, struct place call)
{
	for (size_t i = f->count; i-- > 0;) {
		const struct inlined *n = &f->inlined[i];
		if (n->parent == parent && n->function == function && n->call.file == call.file &&
		    n->call.line == call.line)
			return (int)i;
	}
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->inlined = memory_grow(f->inlined, f->room, sizeof(*f->inlined));
	}
	f->inlined[f->count] = (struct inlined){parent, function, call, 0};
	return (int)f->count++;
}

static void look_at(void *data, uint64_t address)
{
	struct finder *f = data;
	bool own = code_loops_at(f->loops, address) == f->loop;
	int at = -1;
	if (f->lines >= LOOKED_AT)
		return;
	f->depth = 0;
	binary_frames(f->binary, address, keep_frame, f);
	for (unsigned k = f->depth; k-- > 0;) {
		struct place call = {0};
		if (k + 1 < f->depth)
			call = f->frame[k + 1].place;
		at = find_inlined(f, at, f->frame[k].function, call);
		f->inlined[at].own += own;
	}
	f->own += own;
	if (address == f->loops->loop[f->loop].last)
		f->back = at;
	if (f->lines == f->lines_room) {
		f->lines_room = f->lines_room ? f->lines_room * 2 : 64;
		f->line = memory_grow(f->line, f->lines_room, sizeof(*f->line));
	}
	f->line[f->lines++] = (struct line_of){address, at, f->frame[0].place};
}

/* What of its loop was written in function `in`: its own line, or that of the call inlined there.
 */
static bool place_in(const struct finder *f, const struct line_of *line, int in,
		     struct place *place)
{
	*place = line->place;
	for (int at = line->inlined; at != in; at = f->inlined[at].parent) {
		if (at < 0)
			return false;
		*place = f->inlined[at].call;
	}
	return place->file && place->line;
}

static int function_of(const struct finder *f)
{
	int at = f->back;
	while (at >= 0 && f->inlined[at].parent >= 0 && f->inlined[at].own < NEARLY_ALL * f->own)
		at = f->inlined[at].parent;
	return at;
}

/* The file of most of them: text of macros and generated parts may lie elsewhere. */
static const char *file_of(const struct finder *f, int in)
{
	const char *best = NULL;
	unsigned most = 0;
	struct place p;
	for (size_t s = 0; s < f->strings; s++) {
		unsigned count = 0;
		for (size_t i = 0; i < f->lines; i++)
			count += place_in(f, &f->line[i], in, &p) && p.file == f->string[s];
		if (count > most) {
			most = count;
			best = f->string[s];
		}
	}
	return best;
}

/* The line of the first instruction of the function that has the code; 0: another one is meant. */
static unsigned first_line(struct finder *f, int in, const char *file)
{
	if (f->inlined[in].parent >= 0)
		return 0;
	f->depth = 0;
	binary_frames(f->binary, f->loops->address, keep_frame, f);
	return f->depth == 1 && f->frame[0].place.file == file ? f->frame[0].place.line : 0;
}

/* What a compiler made of its own for the loop has a line at the function's begin, or none. */
static void take_lines(struct finder *f, int in, const char *file, struct loop_lines *to)
{
	unsigned first = first_line(f, in, file);
	struct place p, back = {0};
	for (size_t i = 0; i < f->lines; i++)
		if (f->line[i].address == f->loops->loop[f->loop].last)
			place_in(f, &f->line[i], in, &back);
	for (size_t i = 0; i < f->lines; i++) {
		if (!place_in(f, &f->line[i], in, &p) || p.file != file ||
		    (p.line <= first && p.line != back.line))
			continue;
		to->line = !to->line || p.line < to->line ? p.line : to->line;
		to->last = p.line > to->last ? p.line : to->last;
	}
	if (!to->line)
		to->line = to->last = first;
}

static void take(struct finder *f, struct loop_lines *to)
{
	int in = function_of(f);
	const char *file = in >= 0 ? file_of(f, in) : NULL;
	struct text clean = {0};
	to->function = in >= 0 ? memory_copy(f->inlined[in].function) : NULL;
	if (!file)
		return;
	take_lines(f, in, file, to);
	path_clean(&clean, file);
	to->file = clean.data;
}

struct loop_lines loop_lines_find(struct binary *b, const struct code_loops *loops, int loop)
{
	struct finder f = {.binary = b, .loops = loops, .loop = loop, .back = -1};
	struct loop_lines lines = {0};
	code_loops_each(loops, loop, look_at, &f);
	take(&f, &lines);
	for (size_t i = 0; i < f.strings; i++)
		free(f.string[i]);
	free(f.string);
	free(f.inlined);
	free(f.line);
	return lines;
}

void loop_lines_free(struct loop_lines *l)
{
	free(l->function);
	free(l->file);
	*l = (struct loop_lines){0};
}
