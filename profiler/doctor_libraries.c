/* The doctor's checks of the libraries that the tool was built with. */
#include "profiler/doctor.h"
#include "profiler/launch.h"
#include "profiler/store.h"
#include <elfutils/libdwfl.h>
#include <gnu/libc-version.h>
#include <stdlib.h>

void check_glibc(struct finding *f)
{
	text_format(&f->fact, "glibc %s", gnu_get_libc_version());
}

void check_sqlite(struct finding *f)
{
	text_format(&f->fact, "%s", store_version());
}

void check_libdw(struct finding *f)
{
	text_format(&f->fact, "elfutils %s", dwfl_version(NULL));
}

void check_valgrind(struct finding *f)
{
	char *found = launch_search("valgrind");
	text_add(&f->fact, found ? found : "valgrind is not in PATH");
	if (!found)
		finding_limit(
		    f, VERDICT_LIMITED,
		    "record --cache=simulate needs it; on Debian: apt-get install valgrind");
	free(found);
}

void check_debuginfod(struct finding *f)
{
	const char *servers = getenv("DEBUGINFOD_URLS");
	text_add(&f->fact, servers && *servers ? servers : "none (DEBUGINFOD_URLS is not set)");
}
