-- title: Processes
-- question: Which processes did the run consist of?
-- columns: process id 0 ID, parent id 0 PARENT, level level 0 LEVEL, command tree 1 COMMAND, pid id 1 PID
-- columns: origin text 4 BEGAN BY, begin_ns ns 0 BEGAN, life_ns ns 2 LIFE, cpu_ns ns 1 CPU, threads count 3 THREADS
-- columns: status status 2 END, ended text 0 ENDED, path text 0 PATH, role text 3 ROLE
-- columns: folded text 0 FOLDED
-- explain: ROLE: of a process of Python's multiprocessing, by its command; a forked child with an interpreter is a worker.
-- explain: A child of the forkserver stands below the process it works for.
-- explain: A fork or an exec begins a new line: one pid may have several in a row.
WITH RECURSIVE above AS MATERIALIZED (SELECT process, master FROM process_master),
tree AS (
	SELECT process, 0 AS level, printf('%08d', process) AS line FROM above
	WHERE master IS NULL OR master NOT IN (SELECT process FROM process_summary)
	UNION ALL
	SELECT p.process, t.level + 1, t.line || printf('%08d', p.process)
	FROM tree t JOIN above p ON p.master = t.process)
SELECT p.process, a.master AS parent, t.level, coalesce(p.command, p.path, 'pid ' || p.pid) AS command, p.pid, p.origin, p.begin_ns,
	coalesce(p.end_ns, (SELECT value FROM run_fact WHERE key = 'wall_ns')) - p.begin_ns AS life_ns,
	p.cpu_ns, p.threads, p.status, p.ended, p.path, r.role, f.fold AS folded
FROM tree t JOIN process_summary p ON p.process = t.process
JOIN above a ON a.process = p.process JOIN process_role r ON r.process = p.process LEFT JOIN process_fold f ON f.process = p.process ORDER BY t.line
