-- title: Python time
-- question: What are the threads of Python at, outside of the program's own code?
-- columns: class text 0 CLASS, words text 1 AT, what text 1 BY, time_ns ns 1 TIME, threads count 2 THREADS, function function 1 IN, file text 2 FILE, line count 2 LINE
-- empty: Nothing that has a name in Python's terms.
-- explain: BY: waiting (measured), or on cores (from samples). IN: the program's own function that called.
WITH w AS (SELECT p.class, 'wait' AS what, sum(w.wait_ns) AS ns, count(DISTINCT w.thread) AS threads, p.function, p.file, p.line
	FROM thread_wait w JOIN python_at p ON p.stack = w.stack WHERE w.family <> 'gil' AND p.class IS NOT NULL GROUP BY p.class, p.function, p.file, p.line),
h AS (SELECT 1e9 / nullif((SELECT value FROM run_fact WHERE key = 'sample_hertz'), 0) AS ns),
c AS (SELECT p.class, 'cpu' AS what, cast(sum(n.samples) * h.ns AS INTEGER) AS ns, count(DISTINCT n.thread) AS threads, p.function, p.file, p.line
	FROM sample_count n JOIN python_at p ON p.stack = n.stack, h WHERE p.class IS NOT NULL GROUP BY p.class, p.function, p.file, p.line)
SELECT x.class, k.words, x.what, x.ns AS time_ns, x.threads, x.function, x.file, x.line
FROM (SELECT * FROM w UNION ALL SELECT * FROM c) x JOIN python_kind k ON k.class = x.class
WHERE x.ns > 0 ORDER BY x.ns DESC LIMIT 100
