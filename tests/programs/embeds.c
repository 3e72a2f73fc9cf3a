/* embeds LIBPYTHON CODE: an interpreter in a library that is loaded late, and for itself alone. */
#include "known.h"
#include <dlfcn.h>

static void *function(void *library, const char *name)
{
	void *found = dlsym(library, name);
	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return found;
}

int main(int argc, char **argv)
{
	void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	if (!library)
		return 2;
	((void (*)(void))function(library, "Py_Initialize"))();
	int failed = ((int (*)(const char *))function(library, "PyRun_SimpleString"))(argv[2]);
	((void (*)(void))function(library, "Py_Finalize"))();
	return failed != 0;
}
