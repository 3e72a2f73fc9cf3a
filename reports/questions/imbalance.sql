-- title: Uneven shares
-- question: Where did threads wait for the slowest, and how uneven was the work?
-- columns: leader id 0 ID, kind text 4 KIND, name function 1 AT, where place 3 WHERE, generations count 2 TIMES, threads count 2 THREADS
-- columns: wait_ns ns 1 WAITED, mean_ns ns 1 MEAN SHARE, max_ns ns 1 SLOWEST, late id 0 LATE ID, late_name text 2 LAST TO COME
-- columns: late_count count 4 SO OFTEN, late_where place 3 IN
-- explain: MEAN SHARE: work before the barrier, on average over the threads; SLOWEST: of the one that came last.
SELECT i.leader, l.kind, l.name, l.place AS "where", i.generations, i.threads, i.wait_ns, i.mean_ns, i.max_ns, i.late, t.name AS late_name,
	i.late_count, coalesce(CASE WHEN c.file IS NOT NULL THEN c.file || ':' || c.line END, c.function) AS late_where
FROM reading_imbalance i LEFT JOIN lock_name l ON l.lock = i.leader LEFT JOIN thread_life t ON t.thread = i.late
LEFT JOIN stack_site c ON c.stack = i.stack ORDER BY i.wait_ns DESC, i.leader
