-- title: Workers
-- question: How even is the work of Python's worker processes, and what did starting them take?
-- columns: process id 0 PARENT ID, parent text 1 OF, function function 2 STARTED BY, where place 3 WHERE, workers count 1 WORKERS
-- columns: cpu_ns ns 0 CPU OF ALL, cpu_min_ns ns 1 LEAST CPU, cpu_median_ns ns 1 MEDIAN, cpu_max_ns ns 1 MOST CPU, busiest id 0 ID OF MOST, busiest_label text 4 MOST BY
-- columns: received_min count 2 LEAST MESSAGES, received_max count 2 MOST MESSAGES, received count 3 OF ALL
-- columns: start_ns ns 2 START-UP, serial_ns ns 2 PARENT ALONE, span_ns ns 0 SPAN
-- empty: No process of multiprocessing worked.
-- explain: A row for each place that started workers. START-UP: the median time from a worker's begin until it first used what it
-- explain: shares with others, a lock or messages: with spawn and forkserver the imports. MESSAGES: that one worker received,
-- explain: tasks and what ends it. PARENT ALONE: only the parent had work. SPAN: from the first one's begin to the last one's end.
WITH w AS MATERIALIZED (
	SELECT w.*, c.function, c.file || ':' || c.line AS place FROM worker w LEFT JOIN stack_site c ON c.stack = w.stack),
g AS (
	SELECT *, row_number() OVER (PARTITION BY master, function, place ORDER BY cpu_ns) AS n,
		row_number() OVER (PARTITION BY master, function, place ORDER BY ready_ns IS NULL, ready_ns - begin_ns) AS s,
		count(ready_ns) OVER (PARTITION BY master, function, place) AS ready,
		count(*) OVER (PARTITION BY master, function, place) AS workers FROM w)
SELECT g.master AS process, p.label AS parent, g.function, g.place AS "where", g.workers, sum(g.cpu_ns) AS cpu_ns, min(g.cpu_ns) AS cpu_min_ns,
	CAST(avg(g.cpu_ns) FILTER (WHERE g.n IN ((g.workers + 1) / 2, (g.workers + 2) / 2)) AS INTEGER) AS cpu_median_ns, max(g.cpu_ns) AS cpu_max_ns,
	max(g.process) FILTER (WHERE g.n = g.workers) AS busiest, max(l.label) FILTER (WHERE g.n = g.workers) AS busiest_label,
	min(g.received) AS received_min, max(g.received) AS received_max, sum(g.received) AS received,
	max(g.ready_ns - g.begin_ns) FILTER (WHERE g.s = (g.ready + 1) / 2) AS start_ns,
	(SELECT sum(r.ns) FROM reading_serial r JOIN thread_life t ON t.thread = r.thread WHERE t.process = g.master) AS serial_ns,
	max(coalesce(g.end_ns, (SELECT value FROM run_fact WHERE key = 'wall_ns'))) - min(g.begin_ns) AS span_ns
FROM g JOIN process_label p ON p.process = g.master JOIN process_label l ON l.process = g.process
GROUP BY g.master, g.function, g.place ORDER BY 6 DESC, g.master
