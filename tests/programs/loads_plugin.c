/* loads_plugin LIBRARY: loads it twice, with a use of 100 pairs each time, once with
 * RTLD_DEEPBIND. */
#include "known.h"
#include <dlfcn.h>

static void load(const char *path, int flags)
{
	void *library = dlopen(path, flags);
	if (!library)
		fprintf(stderr, "%s\n", dlerror());
	IS(!library, 0);
	void (*use)(int) = (void (*)(int))dlsym(library, "plugin_use");
	use(100);
	IS(dlclose(library), 0);
}

int main(int argc, char **argv)
{
	IS(argc, 2);
	load(argv[1], RTLD_NOW);
	load(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	puts("loaded");
	return 0;
}
