# From the TEST(suite, name) lines of u_*.c to the table unit_suites.
BEGIN { print "#include \"tests/unit/unit.h\"\n" }
/^TEST\(/ {
	split($0, part, /[(), ]+/)
	suite = part[2]; name = part[3]
	if (!(suite in rows))
		order[++suites] = suite
	print "void " suite "__" name "(void);"
	rows[suite] = rows[suite] "\t{\"" name "\", " suite "__" name "},\n"
}
END {
	for (i = 1; i <= suites; i++)
		print "\nstatic CU_TestInfo cases_" order[i] "[] = {\n" rows[order[i]] "\tCU_TEST_INFO_NULL};"
	print "\nCU_SuiteInfo unit_suites[] = {"
	for (i = 1; i <= suites; i++)
		print "\t{\"" order[i] "\", NULL, NULL, NULL, NULL, cases_" order[i] "},"
	print "\tCU_SUITE_INFO_NULL};"
}
