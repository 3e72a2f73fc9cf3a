/*
 * Unit tests: each u_<suite>.c holds the cases of one suite, written
 *
 *	TEST(suite, says_what_is_true)
 *	{
 *		CU_ASSERT_EQUAL(…);
 *	}
 *
 * The table of all is made from those lines by table.awk; nothing is to be registered.
 */
#ifndef PARPROF_UNIT_H
#define PARPROF_UNIT_H

#include <CUnit/CUnit.h>

#define TEST(suite, name)                                                                          \
	void suite##__##name(void);                                                                \
	void suite##__##name(void)

extern CU_SuiteInfo unit_suites[];

#endif
