-- title: Teams of a parallel runtime
-- question: How even was the work of OpenMP's or TBB's threads, and how long were they blocked for work or for each other?
-- columns: name text 1 RUNTIME, pid id 1 PID, threads count 1 THREADS, least_ns ns 1 LEAST WORK, most_ns ns 1 MOST WORK, even share 1 EVEN, outside_ns ns 1 OUTSIDE, blocked_ns ns 1 BLOCKED, function function 1 MOST OFTEN IN, where place 1 WHERE
-- explain: WORK: CPU time inside of parallel regions, by samples, without what the runtime itself takes. EVEN: the average
-- explain: thread's against that of who had most, over the whole run. OUTSIDE: CPU time of them outside of regions, which the
-- explain: others wait for. BLOCKED: of all of them, where no hook sees it. Functions made of a region (main._omp_fn.0) go by what it is in.
WITH called AS (SELECT f.stack, f.position FROM sampled_frame f JOIN code c ON c.id = f.code
	JOIN runtime_module r ON r.module = c.module AND r.kind = 'team' WHERE EXISTS (SELECT 1 FROM reading_team)),
own AS (SELECT DISTINCT stack FROM team_sample),
inside AS (SELECT stack FROM called EXCEPT SELECT stack FROM own),
part AS (SELECT s.thread, 1.0 * count(i.stack) / count(*) AS inside,
		1.0 - 1.0 * (count(i.stack) + count(o.stack)) / count(*) AS outside
	FROM sample_all s LEFT JOIN inside i ON i.stack = s.stack LEFT JOIN own o ON o.stack = s.stack
	WHERE s.thread IN (SELECT thread FROM reading_team) GROUP BY s.thread),
run AS (SELECT thread, sum(ns) FILTER (WHERE state = 'run') AS ns, sum(ns) FILTER (WHERE state = 'hidden') AS blocked
	FROM reading_state GROUP BY thread),
work AS (SELECT m.process, m.module, coalesce(r.ns, 0) * coalesce(p.inside, 1) AS ns,
		coalesce(r.ns, 0) * coalesce(p.outside, 0) AS outside, coalesce(r.blocked, 0) AS blocked
	FROM reading_team m LEFT JOIN part p ON p.thread = m.thread LEFT JOIN run r ON r.thread = m.thread),
region AS (SELECT l.function, l.file, l.line, count(*) AS samples FROM called c0
	JOIN frame f ON f.stack = c0.stack AND f.position = c0.position - 1 JOIN code c ON c.id = f.code
	JOIN code_line l ON l.code = c.id AND l.depth = (SELECT max(depth) FROM code_line WHERE code = c.id AND NOT runtime)
	JOIN sample_all s ON s.stack = f.stack WHERE c0.stack IN (SELECT stack FROM inside) GROUP BY 1, 2),
most AS (SELECT replace(function, rtrim(function, replace(function, ':', '')), '') AS last, function, file, line, max(samples) FROM region)
SELECT replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '') AS name, p.pid, count(*) AS threads,
	CAST(min(w.ns) AS INTEGER) AS least_ns, CAST(max(w.ns) AS INTEGER) AS most_ns, avg(w.ns) / nullif(max(w.ns), 0) AS even,
	CAST(sum(w.outside) AS INTEGER) AS outside_ns, sum(w.blocked) AS blocked_ns,
	CASE WHEN instr(last, '._omp_fn.') > 0 THEN substr(last, 1, instr(last, '._omp_fn.') - 1) ELSE most.function END AS function,
	CASE WHEN most.file IS NOT NULL THEN most.file || ':' || most.line END AS "where"
FROM work w JOIN module m ON m.id = w.module JOIN process p ON p.id = w.process, most
GROUP BY w.process, w.module ORDER BY blocked_ns DESC, p.pid
