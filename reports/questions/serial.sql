-- title: Serial phases
-- question: What ran alone while nobody else had work?
-- columns: thread id 0 ID, name text 1 THREAD, stack id 0 STACK, until function 1 UNTIL, where place 2 WHERE
-- columns: time_ns ns 1 TIME, share share 1 OF RUN, count count 2 TIMES, longest_ns ns 3 LONGEST, begin_ns ns 5 AT
-- explain: UNTIL: where the phase ended, by waiting, starting others or ending. Time of these phases no
-- explain: number of cores shortens.
SELECT s.thread, t.name, s.stack, c.function AS until, CASE WHEN c.file IS NOT NULL THEN c.file || ':' || c.line END AS "where", s.ns AS time_ns,
	1.0 * s.ns / (SELECT nullif(value, 0) FROM run_fact WHERE key = 'wall_ns') AS share, s.count, s.longest_ns, s.begin_ns
FROM reading_serial s LEFT JOIN thread_life t ON t.thread = s.thread LEFT JOIN stack_site c ON c.stack = s.stack
ORDER BY s.ns DESC, s.thread, s.stack
