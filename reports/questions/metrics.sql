-- title: Metrics
-- question: What do the counters mean?
-- columns: metric id 0 ID, name text 1 METRIC, scope text 1 OF, process id 0 PROCESS, thread id 0 THREAD
-- columns: value quantity 1 VALUE, unit text 2 UNIT, formula text 6 FORMULA, about text 1 MEANING
-- explain: Formulas of counters. Without a value: a counter that it needs is refused, or nothing was counted.
SELECT f.metric, f.name, CASE WHEN r.thread IS NOT NULL THEN 'thread ' || coalesce(nullif(i.name, ''), i.tid)
	WHEN r.process IS NOT NULL THEN 'process ' || p.pid ELSE 'run' END AS scope, r.process, r.thread,
	r.value, f.unit, f.formula, f.about
FROM reading_metric r JOIN counter_formula f ON f.metric = r.metric LEFT JOIN thread_life i ON i.thread = r.thread
LEFT JOIN process_summary p ON p.process = r.process
ORDER BY r.thread IS NOT NULL, r.process IS NOT NULL, f.metric, r.process, r.thread
