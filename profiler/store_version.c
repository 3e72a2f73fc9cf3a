#include "profiler/store.h"
#include <sqlite3.h>

const char *store_version(void)
{
	return sqlite3_libversion();
}
