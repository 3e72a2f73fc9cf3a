-- title: Other waits
-- question: What else did threads wait for, without anybody holding a lock?
-- columns: leader id 0 ID, use text 0 USE, kind text 0 KIND, name function 1 NAME, instances times 5 ×
-- columns: where place 4 WHERE, wait_ns ns 1 WAITED, share share 2 SHARE, waits count 3 WAITS, calls count 6 OF
-- columns: wait_avg_ns ns 3 AVG WAIT, wait_p50_ns ns 8 P50 WAIT, wait_p99_ns ns 7 P99 WAIT
-- columns: wait_max_ns ns 5 MAX WAIT, threads count 7 THREADS
-- explain: Use idle: waiting for work or for time. Use phase: waiting for others to arrive or to end.
-- explain: Use timer: sleeping. Use io: in calls for input and output that gave up the core.
-- explain: None is contention: nobody held what was waited for.
SELECT l.leader, l.use, l.kind, coalesce(l.name, printf('%s %d', l.kind, l.leader)) AS name, l.instances, l.place AS "where",
	l.wait_ns, 1.0 * l.wait_ns / (SELECT nullif(sum(end_ns - begin_ns), 0) FROM thread_life) AS share,
	l.contended AS waits, l.acquisitions AS calls, l.wait_avg_ns, l.wait_p50_ns, l.wait_p99_ns, l.wait_max_ns, l.threads
FROM group_summary l WHERE l.use <> 'lock'
ORDER BY l.wait_ns DESC, l.acquisitions DESC, l.leader
