#include "collectors/preload/python_walk.h"

#define STEPS_MAX (4u * PYTHON_DEPTH_MAX)
#define AHEAD_MAX 64u
#define OWNER_GENERATOR 1
#define OWNER_C 3 /* and above: a frame that stands for a C call */
#define TAG_BITS 3ull
#define ADDRESS_LOW 4096u
#define ADDRESS_HIGH (1ull << 47)
/* Till then frames are objects that were made whole before they run, and that hold their callers
 * and code: those of a thread are there whenever it is interrupted. */
#define MINOR_WHOLE 10u

static bool is_address(uint64_t at)
{
	return at >= ADDRESS_LOW && at < ADDRESS_HIGH;
}

__attribute__((always_inline)) static inline bool
read_frame(const struct python_walk *w, uint64_t frame, uint64_t offset, void *to, size_t size)
{
	if (unlikely(w->careful))
		return python_read_frame(w->pieces, frame, offset, to, size);
	if (!is_address(frame))
		return false;
	__builtin_memcpy(to, (const void *)(frame + offset), size);
	return true;
}

static bool read_other(const struct python_walk *w, uint64_t at, void *to, size_t size)
{
	if (unlikely(w->careful))
		return python_read_near(w->pieces, at, to, size) ||
		       python_read_careful(at, to, size);
	if (!is_address(at))
		return false;
	__builtin_memcpy(to, (const void *)at, size);
	return true;
}

#define READ_FRAME(w, offset, to) read_frame(w, (w)->frame, offset, to, sizeof(*(to)))
#define READ(w, at, to) read_other(w, at, to, sizeof(*(to)))

static bool start_frames(struct python_walk *w, uint64_t state)
{
	const struct python_layout *l = &python.at;
	uint64_t *top = l->c_top == PYTHON_NONE ? &w->frame : &w->c_frame;
	if (state == (uint64_t)python.thread_state()) /* it is this thread's: it is there */
		*top = *(const uint64_t *)(state + l->top);
	else if (!READ(w, state + l->top, top))
		return false;
	return l->c_top == PYTHON_NONE || READ(w, w->c_frame + l->c_top, &w->frame);
}

/* The state that the interpreter's own table names may be that of the main interpreter while the
 * thread runs another one; the one seen at the last take of the lock may be gone: so with care. */
static uint64_t state_of(struct python_walk *w, struct thread *t)
{
	uint64_t own = (uint64_t)python.thread_state(), taken = (uint64_t)t->python_thread;
	if (!own || !taken || taken == own)
		return own;
	w->careful = true;
	return taken;
}

bool python_walk_start(struct python_walk *w, struct thread *t, struct python_pieces *pieces,
		       enum python_care care)
{
	if (!__atomic_load_n(&python.known, __ATOMIC_ACQUIRE) || care == PYTHON_NEVER)
		return false;
	*w = (struct python_walk){.careful = python.trial > 0 ||
					     (care == PYTHON_CAREFUL && python.minor > MINOR_WHOLE),
				  .pieces = pieces};
	uint64_t state = state_of(w, t);
	if (!state)
		return false;
	if (python.finalizing && python.finalizing())
		w->careful = true;
	if (w->careful && process.sandboxed)
		return false;
	if (w->careful)
		python_pieces_start(pieces, t);
	return start_frames(w, state) && w->frame;
}

/* Also asks for the code of those frames that were read along with this one. */
static bool ask_for_code(const struct python_walk *w, uint64_t code)
{
	const struct python_layout *l = &python.at;
	uint64_t codes[PYTHON_CODES_ASKED] = {code}, frame = w->frame;
	uint32_t n = 1;
	for (uint32_t i = 0; i < AHEAD_MAX && n < PYTHON_CODES_ASKED; i++) {
		if (!python_read_near(w->pieces, frame + l->back, &frame, sizeof(frame)) ||
		    !python_read_near(w->pieces, frame + l->code, &code, sizeof(code)))
			break;
		code &= ~TAG_BITS;
		bool known = !is_address(code) || code % 8 || python_code_seen(w->pieces, code);
		for (uint32_t k = 0; k < n && !known; k++)
			known = codes[k] == code;
		if (!known)
			codes[n++] = code;
	}
	return python_codes_ask(w->pieces, codes, n);
}

static bool is_code(const struct python_walk *w, uint64_t object)
{
	if (!is_address(object) || object % 8)
		return false;
	if (unlikely(w->careful))
		return python_code_seen(w->pieces, object) || ask_for_code(w, object);
	return *(const uint64_t *)(object + python.at.type) == python.code_type;
}

/* Where the bytecode that runs begins: free-threaded builds copy it for each thread. */
static uint64_t bytecode_of(const struct python_walk *w)
{
	const struct python_layout *l = &python.at;
	uint64_t copies = 0, copy = 0;
	int32_t index = 0;
	if (l->bytecodes != PYTHON_NONE && READ_FRAME(w, l->bytecode_index, &index) && index > 0 &&
	    READ(w, w->code + l->bytecodes, &copies) && copies &&
	    READ(w, copies + 8 + 8 * (uint64_t)index, &copy) && copy)
		return copy;
	return w->code + l->bytecode;
}

/* false: it has not begun to run what the program wrote, and Python itself does not show it. */
static bool place_new(struct python_walk *w, uint8_t owner)
{
	const struct python_layout *l = &python.at;
	uint64_t instruction = 0;
	if (!READ_FRAME(w, l->instruction, &instruction))
		return false;
	int32_t first = *(const int32_t *)(w->code + l->traceable);
	int64_t unit = (int64_t)(instruction - bytecode_of(w)) >> 1;
	if (unit < first && owner != OWNER_GENERATOR)
		return false;
	w->unit = unit < 0 || unit >= PYTHON_UNIT_NONE ? PYTHON_UNIT_NONE : (uint32_t)unit;
	return true;
}

static bool place_old(struct python_walk *w)
{
	int32_t last = -1;
	if (!READ_FRAME(w, python.at.instruction, &last))
		return false;
	if (python.minor < 10)
		last >>= 1; /* bytes till then */
	w->unit = last < 0 ? PYTHON_UNIT_NONE : (uint32_t)last & PYTHON_UNIT_NONE;
	return true;
}

static void step_out(struct python_walk *w)
{
	if (!READ_FRAME(w, python.at.back, &w->frame))
		w->frame = 0;
}

/* 3.11: the frame that was entered from C ends its run, and the _PyCFrame lies there. */
static void end_run(struct python_walk *w)
{
	const struct python_layout *l = &python.at;
	uint8_t entry = 1;
	w->place = 0;
	if (l->entry != PYTHON_NONE) {
		if (!READ_FRAME(w, l->entry, &entry) || !entry)
			return;
		w->place = w->c_frame;
		if (!READ(w, w->c_frame + l->c_back, &w->c_frame))
			w->c_frame = 0;
	} else if (l->owner != PYTHON_NONE) {
		return;
	}
	w->run_ends = true;
}

/* One frame: PYTHON_FRAME, PYTHON_RUN when it is one of C (3.12), PYTHON_STOP: not to be shown. */
static enum python_item look(struct python_walk *w)
{
	const struct python_layout *l = &python.at;
	uint8_t owner = 0;
	uint64_t frame = w->frame;
	if (l->owner != PYTHON_NONE && !READ_FRAME(w, l->owner, &owner)) {
		w->frame = 0;
		return PYTHON_STOP;
	}
	if (l->entry == PYTHON_NONE && owner >= OWNER_C) {
		w->place = frame;
		step_out(w);
		return PYTHON_RUN;
	}
	bool shown = READ_FRAME(w, l->code, &w->code);
	w->code &= ~TAG_BITS;
	shown = shown && is_code(w, w->code) &&
		(l->traceable == PYTHON_NONE ? place_old(w) : place_new(w, owner));
	if (shown) {
		w->outer = frame;
		w->outer_code = w->code;
	}
	end_run(w);
	step_out(w);
	return shown ? PYTHON_FRAME : PYTHON_STOP;
}

enum python_item python_walk_next(struct python_walk *w)
{
	if (w->run_ends) {
		w->run_ends = false;
		return PYTHON_RUN;
	}
	while (w->frame && w->steps++ < STEPS_MAX) {
		enum python_item item = look(w);
		if (item != PYTHON_STOP)
			return item;
		if (w->run_ends) {
			w->run_ends = false;
			return PYTHON_RUN;
		}
	}
	return PYTHON_STOP;
}
