#include "collectors/kernel/image_around.h"
#include "collectors/kernel/image_file.h"
#include "collectors/kernel/image_stub.h"
#include <string.h>

#define CALLEE_MAX 4096u /* bytes: a longer one is taken to return */

/* Of other files, by their names. */
static const char *const never[] = {"abort",
				    "exit",
				    "_exit",
				    "_Exit",
				    "quick_exit",
				    "__stack_chk_fail",
				    "__assert_fail",
				    "__assert_perror_fail",
				    "__chk_fail",
				    "__fortify_fail",
				    "longjmp",
				    "_longjmp",
				    "siglongjmp",
				    "__longjmp_chk",
				    "pthread_exit",
				    "err",
				    "errx",
				    "verr",
				    "verrx",
				    "__cxa_throw",
				    "__cxa_rethrow",
				    "__cxa_bad_cast",
				    "__cxa_pure_virtual",
				    "__cxa_throw_bad_array_new_length",
				    "_Unwind_Resume",
				    "_ZSt9terminatev"};

/* Also std::__throw_length_error and the like: _ZSt20__throw_length_error… */
static bool is_known(const char *name)
{
	if (!strncmp(name, "_ZSt", 4) && strstr(name, "__throw_"))
		return true;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (!strcmp(name, never[i]))
			return true;
	return false;
}

static bool is_long(const struct image_function *f, uint64_t target)
{
	return f->begin != target || f->size > CALLEE_MAX;
}

/* A function that has no end but calls: its code is all there is of it. */
static bool can_return(const struct code_flow *f)
{
	for (uint32_t i = 0; i < f->steps; i++)
		switch (f->step[i].kind) {
		case CODE_RETURN:
		case CODE_INDIRECT:
		case CODE_UNKNOWN:
			return true;
		case CODE_JUMP:
		case CODE_BRANCH:
			if (f->step[i].target == FLOW_NONE)
				return true;
			break;
		default:
			break;
		}
	return false;
}

static bool returns(void *data, uint64_t target, bool slot)
{
	const struct image *image = data;
	const struct image_map *m = image_find(image, target);
	struct image_function f;
	struct code_flow flow;
	if (!m || !m->file)
		return true;
	uint64_t address = target - m->bias;
	if (slot || image_stub(m->file, address, &address))
		return !is_known(image_slot_name(m->file, address));
	if (!image_function(image, target, &f) || is_long(&f, target) ||
	    code_flow_read(&flow, f.code, f.size, f.begin, NULL) != 0)
		return true;
	bool can = can_return(&flow);
	code_flow_free(&flow);
	return can;
}

struct code_around image_around(const struct image *image)
{
	return (struct code_around){(void *)(uintptr_t)image, returns};
}
