-- title: Other waits
-- question: What else did threads wait for, without anybody holding a lock?
-- columns: leader id 0 ID, use text 0 USE, kind text 0 KIND, name function 1 NAME, instances times 5 ×
-- columns: where place 4 WHERE, wait_ns ns 1 WAITED, share share 2 SHARE, waits count 3 WAITS, calls count 6 OF
-- columns: wait_avg_ns ns 3 AVG WAIT, wait_p50_ns ns 8 P50 WAIT, wait_p99_ns ns 7 P99 WAIT
-- columns: wait_max_ns ns 5 MAX WAIT, threads count 7 THREADS, folded_ns ns 0 FOLDED WAITS, folded_waits count 0 FOLDED
-- explain: Use idle: waiting for work or for time, also for messages of other threads and processes of the run. Use phase: waiting for others to arrive or to end.
-- explain: Use timer: sleeping. Use io: in calls for input and output that gave up the core.
-- explain: None is contention: nobody held what was waited for.
WITH away AS (SELECT g.leader, sum(a.wait_ns) AS ns, sum(a.contended) AS waits
	FROM process_fold f JOIN thread_life t ON t.process = f.process JOIN lock_tally a ON a.thread = t.thread JOIN lock_group g ON g.lock = a.lock
	GROUP BY g.leader)
SELECT l.leader, l.use, l.kind, coalesce(l.name, printf('%s %d', l.kind, l.leader)) AS name, l.instances, l.place AS "where",
	l.wait_ns, 1.0 * l.wait_ns / (SELECT nullif(sum(end_ns - begin_ns), 0) FROM thread_life) AS share,
	l.contended AS waits, l.acquisitions AS calls, l.wait_avg_ns, l.wait_p50_ns, l.wait_p99_ns, l.wait_max_ns, l.threads,
	coalesce(f.ns, 0) AS folded_ns, coalesce(f.waits, 0) AS folded_waits
FROM group_summary l LEFT JOIN away f ON f.leader = l.leader WHERE l.use <> 'lock'
ORDER BY l.wait_ns DESC, l.acquisitions DESC, l.leader
