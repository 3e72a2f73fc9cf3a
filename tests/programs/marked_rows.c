/* marked_rows [ROWS]: rows that go on with the row before for the instructions, but are marked as
 * tasks of their own. */
#include "collectors/parprof.h"
#include "known.h"

enum { STEPS = 100000 };

static double state = 1;

static void __attribute__((noinline)) row(void)
{
	double x = state;
	for (int i = 0; i < STEPS; i++)
		x = x * 0.999 + 1;
	state = x;
}

int main(int argc, char **argv)
{
	int rows = argc > 1 ? atoi(argv[1]) : 5000;
	parprof_site_begin("rows");
	for (int i = 0; i < rows; i++) {
		parprof_task_begin();
		row();
		parprof_task_end();
	}
	parprof_site_end();
	printf("%g\n", state);
	return 0;
}
