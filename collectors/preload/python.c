#include "collectors/preload/python.h"
#include "collectors/preload/emit.h"
#include "collectors/preload/sample.h"
#include "collectors/preload/unwind.h"
#include "collectors/preload/words.h"
#include <dlfcn.h>
#include <link.h>

#define NONE PYTHON_NONE
#define TRIAL_WALKS 4u

struct python python;
static uint32_t looked; /* 1: an interpreter was found, known or not */

#define OLD_FRAME .top = 24, .c_top = NONE, .c_back = NONE, .back = 24, .code = 32
#define OLD_CODE .file = 104, .name = 112, .first_line = 40, .lines = 120, .bytecode = NONE
#define NO_COPIES .bytecode_index = NONE, .bytecodes = NONE
#define OLD_REST                                                                                   \
	.entry = NONE, .owner = NONE, .traceable = NONE, NO_COPIES, .cached_keys = NONE, .values = 0
#define TEXT(ascii, other) .type = 8, .text_ascii = ascii, .text_other = other, .text_kind_shift = 2
#define CODE(first, code)                                                                          \
	.file = 112, .name = 128, .first_line = first, .lines = 136, .bytecode = code,             \
	.traceable = (code)-16
#define SHIM_FRAME .back = 8, .code = 0, .instruction = 56, .entry = NONE

static const struct python_layout layouts[] = {
    [8] = {OLD_FRAME, .instruction = 104, .locals = 360, OLD_CODE, OLD_REST, TEXT(48, 72)},
    [9] = {OLD_FRAME, .instruction = 104, .locals = 360, OLD_CODE, OLD_REST, TEXT(48, 72)},
    [10] = {OLD_FRAME, .instruction = 96, .locals = 352, OLD_CODE, OLD_REST, TEXT(48, 72)},
    [11] = {.top = 56,
	    .c_top = 8,
	    .c_back = 16,
	    .back = 48,
	    .code = 32,
	    .instruction = 56,
	    .entry = 68,
	    .owner = 69,
	    NO_COPIES,
	    .locals = 72,
	    CODE(72, 184),
	    TEXT(48, 72),
	    .cached_keys = 872,
	    .values = 0},
    [12] = {.top = 56,
	    .c_top = 0,
	    .c_back = 8,
	    SHIM_FRAME,
	    .owner = 70,
	    NO_COPIES,
	    .locals = 72,
	    CODE(68, 192),
	    TEXT(40, 56),
	    .cached_keys = 880,
	    .values = 0},
};
#define LAYOUT_LAST 12u
#define FREE_THREADED_TYPE 24 /* where objects have their type: their head is longer */

/*
 * struct _Py_DebugOffsets: words behind cookie, version and free_threaded, in groups. Each minor
 * version has a few members more at the end of groups.
 */
struct groups {
	uint16_t interpreter, thread, frame, code;
	uint16_t cached_keys; /* what they don't tell */
};
static const struct groups groups[] = {
    [13] = {13, 9, 6, 10, 880}, [14] = {16, 9, 8, 11, 880}, [15] = {16, 17, 8, 11, 888}};
enum { GROUP_FIRST = 3, GROUP_RUNTIME = 3 };
enum { THREAD_FRAME = 4 };
enum {
	FRAME_BACK = 1,
	FRAME_CODE,
	FRAME_INSTRUCTION,
	FRAME_LOCALS,
	FRAME_OWNER,
	FRAME_STACK,
	FRAME_BYTECODE_INDEX
};
enum {
	CODE_FILE = 1,
	CODE_NAME,
	CODE_QUALIFIED,
	CODE_LINES,
	CODE_FIRST_LINE,
	CODE_BYTECODE = 9,
	CODE_BYTECODES
};
enum { OBJECT_TYPE = 1 };

static void layout_told(struct python_layout *l, const uint64_t *word, const struct groups *g)
{
	const uint64_t *thread = word + GROUP_FIRST + GROUP_RUNTIME + g->interpreter;
	const uint64_t *frame = thread + g->thread, *code = frame + g->frame;
	const uint64_t *object = code + g->code;
	bool free_threaded = word[2], copies = free_threaded && g->code > CODE_BYTECODES;
	uint64_t head = free_threaded ? 32 : 16;
	*l = (struct python_layout){
	    .top = (uint16_t)thread[THREAD_FRAME],
	    .c_top = NONE,
	    .c_back = NONE,
	    .back = (uint16_t)frame[FRAME_BACK],
	    .code = (uint16_t)frame[FRAME_CODE],
	    .instruction = (uint16_t)frame[FRAME_INSTRUCTION],
	    .entry = NONE,
	    .owner = (uint16_t)frame[FRAME_OWNER],
	    .bytecode_index = copies ? (uint16_t)frame[FRAME_BYTECODE_INDEX] : NONE,
	    .bytecodes = copies ? (uint16_t)code[CODE_BYTECODES] : NONE,
	    .file = (uint16_t)code[CODE_FILE],
	    .name = (uint16_t)code[CODE_QUALIFIED],
	    .first_line = (uint16_t)code[CODE_FIRST_LINE],
	    .lines = (uint16_t)code[CODE_LINES],
	    .bytecode = (uint16_t)code[CODE_BYTECODE],
	    .traceable = (uint16_t)(code[CODE_BYTECODE] - (copies ? 24 : 16)),
	    .type = (uint16_t)object[OBJECT_TYPE],
	    .text_ascii = (uint16_t)(head + 24),
	    .text_other = (uint16_t)(head + 40),
	    .text_kind_shift = copies ? 8 : 2,
	    .locals = (uint16_t)frame[FRAME_LOCALS],
	    .cached_keys = (uint16_t)(head - 16 + g->cached_keys),
	    .values = 8,
	};
}

static bool layout_find(uint32_t minor, const void *runtime)
{
	if (minor < PYTHON_MINOR_FIRST || minor > PYTHON_MINOR_LAST)
		return false;
	if (minor <= LAYOUT_LAST) {
		python.at = layouts[minor];
		return true;
	}
	if (!words_equal(runtime, "xdebugpy", 8))
		return false;
	layout_told(&python.at, runtime, &groups[minor]);
	return true;
}

/* "3.11.2 (main, …": up to 3.10 a function tells, then a number. */
static uint32_t minor_of(void *library)
{
	const unsigned long *number = dlsym(library, "Py_Version");
	const char *(*text)(void) = dlsym(library, "Py_GetVersion");
	if (number)
		return *number >> 24 == 3 ? (uint32_t)(*number >> 16 & 0xff) : 0;
	const char *digits = text ? words_after(text(), "3.") : NULL;
	uint32_t minor = 0;
	while (digits && *digits >= '0' && *digits <= '9')
		minor = minor * 10 + (uint32_t)(*digits++ - '0');
	return minor;
}

/* The function that runs Python code, to tell its C frames; its frame's size is for the parts of it
 * that the compiler put elsewhere. */
static void eval_find(void *library)
{
	const ElfW(Sym) *symbol = NULL;
	Dl_info info;
	void *eval = dlsym(library, "_PyEval_EvalFrameDefault");
	if (!eval || !dladdr1(eval, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol)
		return;
	python.eval_begin = (uint64_t)eval;
	python.eval_end = python.eval_begin + symbol->st_size;
	struct rule rule = unwind_rule(python.eval_begin + symbol->st_size / 2);
	python.eval_frame = rule.kind == RULE_SP ? rule.cfa : 0;
}

static bool types_find(void *library)
{
	python.code_type = (uint64_t)dlsym(library, "PyCode_Type");
	python.text_type = (uint64_t)dlsym(library, "PyUnicode_Type");
	python.bytes_type = (uint64_t)dlsym(library, "PyBytes_Type");
	python.thread_state = dlsym(library, "PyGILState_GetThisThreadState");
	python.finalizing = dlsym(library, "Py_IsFinalizing");
	if (!python.finalizing)
		python.finalizing = dlsym(library, "_Py_IsFinalizing");
	return python.code_type && python.text_type && python.bytes_type && python.thread_state;
}

static void unknown(struct thread *t, const void *runtime, uint32_t minor)
{
	char text[] = "Python 3.xx is not known: its stacks are those of the interpreter";
	text[9] = minor > 99 ? '?' : (char)('0' + minor / 10);
	text[10] = minor > 99 ? '?' : (char)('0' + minor % 10);
	emit_note(t, NOTE_PYTHON_UNKNOWN, (uint64_t)runtime, text);
}

uint64_t python_parked(const struct thread *t, const void *semaphore, uint64_t caller)
{
	uint64_t at = (uint64_t)semaphore, here = (uint64_t)__builtin_frame_address(0);
	if (python.minor < PYTHON_MINOR_PARKS || caller < python.begin || caller >= python.end ||
	    here < t->stack_low || at <= here || at >= t->stack_top)
		return 0;
	return ((const uint64_t *)semaphore)[-1];
}

static void learn(struct thread *t, void *library, const void *runtime)
{
	struct dl_find_object object;
	if (_dl_find_object((void *)runtime, &object) == 0) {
		python.begin = (uint64_t)object.dlfo_map_start;
		python.end = (uint64_t)object.dlfo_map_end;
	}
	python.minor = minor_of(library);
	if (!layout_find(python.minor, runtime) || !types_find(library)) {
		unknown(t, runtime, python.minor);
		return;
	}
	eval_find(library);
	python.trial = TRIAL_WALKS;
	bool free_threaded = python.at.type == FREE_THREADED_TYPE;
	emit_note(t, NOTE_PYTHON, (uint64_t)runtime, free_threaded ? "free-threaded" : "");
	__atomic_store_n(&python.known, true, __ATOMIC_RELEASE);
}

void python_found(struct thread *t, const void *runtime)
{
	struct link_map *map = NULL;
	Dl_info info;
	if (__atomic_exchange_n(&looked, 1, __ATOMIC_RELAXED))
		return;
	if (!dladdr1(runtime, &info, (void **)&map, RTLD_DL_LINKMAP) || !map)
		return;
	/* It is loaded: this only gets a handle, for a library that was loaded locally, too. */
	void *library = dlopen(map->l_name[0] ? map->l_name : NULL, RTLD_LAZY | RTLD_NOLOAD);
	if (!library)
		return;
	learn(t, library, runtime);
	dlclose(library);
	sample_python(t);
}

void python_look(struct thread *t, const char *path)
{
	if (__atomic_load_n(&looked, __ATOMIC_RELAXED) ||
	    (path && !words_after(words_base_name(path), "libpython")))
		return;
	void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
	const void *runtime = library ? dlsym(library, "_PyRuntime") : NULL;
	if (runtime)
		python_found(t, runtime);
	if (library)
		dlclose(library);
}

void python_give_up(struct thread *t)
{
	if (__atomic_exchange_n(&python.known, false, __ATOMIC_RELAXED))
		emit_note(
		    t, NOTE_PYTHON_UNKNOWN, 0,
		    "this build of Python is not known: its stacks are those of the interpreter");
}
