#include "profiler/embedded.h"
#include "profiler/message.h"
#include <string.h>

const char *embedded_text(const char *path)
{
	for (const struct embedded *e = embedded; e->path; e++)
		if (strcmp(e->path, path) == 0)
			return e->text;
	BUG("%s is not embedded", path);
}
