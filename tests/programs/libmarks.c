/* A plugin with marks of its own. */
#include "collectors/parprof.h"

void plugin_marks(void);
void plugin_marks(void)
{
	for (int i = 0; i < 70; i++)
		parprof_progress("plugin");
	for (int i = 0; i < 5; i++)
		parprof_progress("item");
	parprof_site_begin("plugged");
	parprof_task_begin();
	parprof_site_end();
}
