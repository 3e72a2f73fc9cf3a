/* unit [--list] [SUITE[/CASE]]: runs all unit tests, one suite, or one case. */
#include "tests/unit/unit.h"
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

static int list(void)
{
	for (CU_SuiteInfo *s = unit_suites; s->pName; s++)
		puts(s->pName);
	return 0;
}

static int run(char *wanted)
{
	char *slash = wanted ? strchr(wanted, '/') : NULL;
	if (slash)
		*slash = '\0';
	CU_pSuite suite = wanted ? CU_get_suite(wanted) : NULL;
	CU_pTest test = suite && slash ? CU_get_test(suite, slash + 1) : NULL;
	if (!wanted)
		return CU_basic_run_tests();
	if (!suite || (slash && !test)) {
		fprintf(stderr, "unit: there is no %s %s\n", suite ? "case" : "suite",
			suite ? slash + 1 : wanted);
		return -1;
	}
	return test ? CU_basic_run_test(suite, test) : CU_basic_run_suite(suite);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--list"))
		return list();
	if (CU_initialize_registry() || CU_register_suites(unit_suites)) {
		fprintf(stderr, "unit: %s\n", CU_get_error_msg());
		return 2;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	int ran = run(argc > 1 ? argv[1] : NULL);
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return ran ? 2 : failed ? 1 : 0;
}
