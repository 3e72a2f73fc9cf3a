-- title: Processes
-- question: Which processes did the run consist of?
-- columns: process id 0 ID, parent id 0 PARENT, level level 0 LEVEL, command tree 1 COMMAND, pid id 1 PID
-- columns: origin text 4 BEGAN BY, life_ns ns 2 LIFE, cpu_ns ns 1 CPU, threads count 3 THREADS
-- columns: status status 2 END, ended text 0 ENDED, path text 0 PATH
-- explain: A fork or an exec begins a new line: one pid may have several in a row.
WITH RECURSIVE tree AS (
	SELECT process, 0 AS level, printf('%08d', process) AS line FROM process_summary
	WHERE parent IS NULL OR parent NOT IN (SELECT process FROM process_summary)
	UNION ALL
	SELECT p.process, t.level + 1, t.line || printf('%08d', p.process)
	FROM tree t JOIN process_summary p ON p.parent = t.process)
SELECT p.process, p.parent, t.level, coalesce(p.command, p.path, 'pid ' || p.pid) AS command, p.pid, p.origin,
	coalesce(p.end_ns, (SELECT value FROM run_fact WHERE key = 'wall_ns')) - p.begin_ns AS life_ns,
	p.cpu_ns, p.threads, p.status, p.ended, p.path
FROM tree t JOIN process_summary p ON p.process = t.process ORDER BY t.line
