-- Fills reading_python_thread. On cores: less what samples say is there for messages, threads and processes; in a worker,
-- too, what no frame of the program has called: it begins or ends.
-- Input of its own: not where it waits for a task, a message or a thread of this run. Serial phases count with the part
-- of them the thread had a core, and without what starting took of them. Of page faults the part that its work has of the time.
-- Samples come by CPU time. What they do not meet is spent as threads get and leave their cores: of who hands on
-- messages that is for them, of others it may be for the GIL that is taken from them (doubt_ns, of work_ns). So may be half of
-- what a worker does in moments between its messages, when its caches hold other things.
INSERT INTO reading_python_thread
WITH t AS (SELECT t.thread, t.process, t.process IN (SELECT process FROM worker) AS in_worker, t.tid = p.pid AS first
	FROM thread_summary t JOIN python_process USING (process) JOIN process_summary p USING (process)),
k AS (SELECT n.thread, n.samples, CASE WHEN t.in_worker AND p.stack IS NOT NULL AND p.class IS NULL AND p.function IS NULL
		THEN 'start' ELSE x.kind END AS kind
	FROM sample_count n JOIN t USING (thread) LEFT JOIN python_at p ON p.stack = n.stack
	LEFT JOIN python_kind x ON x.class = p.class),
c AS (SELECT thread, coalesce(1.0 * sum(samples) FILTER (WHERE kind IN ('cost', 'wait')) / sum(samples), 0) AS share,
		coalesce(1.0 * sum(samples) FILTER (WHERE kind = 'start') / sum(samples), 0) AS start,
		sum(samples) * (SELECT 1e9 / h.value FROM run_fact h JOIN run_fact b ON b.key = 'sample_by' AND b.value = 'kernel'
			WHERE h.key = 'sample_hertz' AND h.value > 0) AS met_ns
	FROM k GROUP BY thread),
r AS (SELECT thread, sum(ns) FILTER (WHERE state = 'run') AS ns,
		1.0 * sum(ns) FILTER (WHERE state = 'run') / sum(ns) AS on_share
	FROM reading_state WHERE state IN ('run', 'ready') GROUP BY thread),
i AS (SELECT w.thread, sum(w.wait_ns) AS ns FROM thread_wait w
	LEFT JOIN python_at p ON p.stack = w.stack
	LEFT JOIN python_kind x ON x.class = p.class
	WHERE w.family IN ('io', 'timer') AND coalesce(x.kind, 'work') = 'work' AND w.lock NOT IN (SELECT lock FROM channel_inside)
	GROUP BY w.thread),
s AS (SELECT thread, sum(ns) AS ns FROM reading_serial GROUP BY thread),
x AS (SELECT t.*, coalesce(r.ns, 0) AS ran, coalesce(r.on_share, 1) AS on_share, coalesce(c.share, 0) AS share, coalesce(c.start, 0) AS start,
		max(0, coalesce(r.ns - c.met_ns, 0)) AS unmet, coalesce(i.ns, 0) AS input, coalesce(s.ns, 0) AS alone, coalesce(f.faults, 0) AS faults
	FROM t LEFT JOIN r USING (thread) LEFT JOIN c USING (thread) LEFT JOIN i USING (thread) LEFT JOIN s USING (thread)
	LEFT JOIN thread_faults f USING (thread)),
y AS (SELECT *, CASE WHEN share >= 0.1 THEN unmet ELSE 0 END AS handing, CASE WHEN share >= 0.1 THEN ran - unmet ELSE ran END AS known FROM x),
z AS (SELECT *, known * (1 - share - start) AS work FROM y)
SELECT thread, process, cast(work AS INTEGER), cast(known * share + handing AS INTEGER), cast(known * start AS INTEGER), input,
	cast(max(0, min(alone * on_share - CASE WHEN in_worker THEN 0 ELSE known * start END, work + input)) AS INTEGER),
	cast(faults * (1 - share - start) AS INTEGER),
	cast((unmet - handing) * (1 - share - start) + CASE WHEN in_worker AND share >= 0.5 THEN work * share / 2 ELSE 0 END AS INTEGER), in_worker, first AND NOT in_worker, 0
FROM z
