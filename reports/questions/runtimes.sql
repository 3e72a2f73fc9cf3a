-- title: Parallel runtimes
-- question: How much CPU time was OpenMP's or TBB's own, of threads that wait for work or for each other?
-- columns: name text 1 RUNTIME, function function 1 CALLED IN, where place 1 WHERE, samples count 2 SAMPLES, share share 1 OF CPU
-- explain: From samples. CALLED IN: what the program has there, mostly the function with the parallel region; of the
-- explain: runtime's own threads it is not known. Uneven shares, or many small regions, make much of it.
SELECT replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '') AS name, c.function,
	CASE WHEN c.file IS NOT NULL THEN c.file || ':' || c.line END AS "where", sum(t.samples) AS samples,
	1.0 * sum(t.samples) / (SELECT sum(samples) FROM sample_count WHERE stack IS NOT NULL) AS share
FROM team_sample t JOIN module m ON m.id = t.module LEFT JOIN stack_site c ON c.stack = t.stack AND c.runtime = 0
GROUP BY 1, 2, 3 ORDER BY samples DESC, 1, 2, 3
