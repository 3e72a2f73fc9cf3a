-- title: Counters by thread
-- question: Which threads were they counted of?
-- columns: counter id 0 ID, name text 1 COUNTER, thread id 0 THREAD ID, pid id 3 PID, tid id 3 TID, thread_name text 1 THREAD
-- columns: value quantity 1 COUNT, unit text 0 UNIT, share share 1 SHARE, running_share share 4 COUNTED OF TIME
-- explain: Counts of threads that ran when the recording ended, or whose end was not told, are one row without a name.
SELECT s.counter, s.name, a.thread, nullif(a.pid, 0) AS pid, nullif(a.tid, 0) AS tid,
	coalesce(i.name, CASE WHEN a.pid = 0 THEN '(still running, together)' ELSE '(unknown)' END) AS thread_name,
	a.value, s.unit, 1.0 * a.value / nullif(s.value, 0) AS share, CASE WHEN a.enabled_ns > 0 THEN min(1.0, 1.0 * a.running_ns / a.enabled_ns) END AS running_share
FROM counter_amount a JOIN counter_summary s ON s.counter = a.counter LEFT JOIN thread_life i ON i.thread = a.thread
WHERE a.value > 0 ORDER BY s.counter, a.value DESC, a.tid
