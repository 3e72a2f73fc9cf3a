/*
 * The two functions behind __attribute__((cleanup)), taken from libgcc_s when a cleanup really
 * runs: whoever unwinds has loaded it by then. Needing it at start would cost every process of a
 * recorded tree 0.1 ms.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <unwind.h>

static void *find(const char *name)
{
	void *library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_NOLOAD);
	return library ? dlsym(library, name) : NULL;
}

_Unwind_Reason_Code __gcc_personality_v0(int version, _Unwind_Action actions,
					 _Unwind_Exception_Class class,
					 struct _Unwind_Exception *exception,
					 struct _Unwind_Context *context);

__attribute__((visibility("hidden"))) _Unwind_Reason_Code
__gcc_personality_v0(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
		     struct _Unwind_Exception *exception, struct _Unwind_Context *context)
{
	static __typeof__(__gcc_personality_v0) *forward;
	if (!forward)
		forward = find("__gcc_personality_v0");
	if (!forward)
		return _URC_CONTINUE_UNWIND; /* the cleanup is passed over, the program goes on */
	return forward(version, actions, class, exception, context);
}

/* Ends every cleanup; kept local by preload.map. Only reached through the personality above, so the
 * library is there. */
__attribute__((noreturn)) void _Unwind_Resume(struct _Unwind_Exception *exception)
{
	static void (*forward)(struct _Unwind_Exception *);
	if (!forward)
		forward = find("_Unwind_Resume");
	forward(exception);
	__builtin_unreachable();
}
