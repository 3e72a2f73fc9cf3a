-- title: Locks
-- question: Which locks cost time, and who held them meanwhile?
-- columns: leader id 0 LOCK, kind text 6 KIND, name function 1 LOCK, named_by text 0 NAMED BY, instances times 5 ×
-- columns: where place 4 WHERE, wait_ns ns 1 WAITED, share share 1 SHARE, contended count 2 WAITS
-- columns: acquisitions count 3 OF, contended_share share 7 WAITED%, failed count 0 FAILED
-- columns: wait_avg_ns ns 6 AVG WAIT, wait_p50_ns ns 9 P50 WAIT, wait_p99_ns ns 5 P99 WAIT
-- columns: wait_max_ns ns 7 MAX WAIT, hold_avg_ns held 4 AVG HELD, hold_p99_ns held 8 P99 HELD
-- columns: hold_max_ns held 9 MAX HELD, hold_ns ns 0 HELD, hold_sampled flag 0 SAMPLED
-- columns: threads count 7 THREADS, top_holder function 3 TOP HOLDER
-- columns: top_holder_where place 8 AT, top_holder_share share 3 BLAME
-- columns: hand_over_share share 5 WAKE-UP, unknown_share share 0 UNKNOWN, process_path text 0 PROGRAM
-- explain: WAITED is exact, SHARE is its part of the life of all threads. WAITS OF: calls that had to
-- explain: wait, of all that got the lock; of kind futex and condition (locks made of those) only waits are known. ×n: that many locks made in one place. Times marked ~ come
-- explain: from a sample of the holds. TOP HOLDER: the code that held it for the largest part of the
-- explain: waits (BLAME). WAKE-UP: part of the waits in which it was free, but the waiter not yet running.
WITH blame AS MATERIALIZED (SELECT leader, cause, thread, stack, blame_ns AS ns FROM group_holder),
total AS (
	SELECT leader, sum(ns) AS ns, sum(ns) FILTER (WHERE cause = 'hand-over') AS hand_over,
		sum(ns) FILTER (WHERE cause = 'unknown') AS unknown
	FROM blame GROUP BY leader),
holder AS (
	SELECT b.leader, coalesce(CASE WHEN s.runtime = 0 THEN s.function END, nullif(t.name, ''), s.function, 'thread ' || t.tid) AS function,
		CASE WHEN s.file IS NOT NULL THEN s.file || ':' || s.line END AS place, sum(b.ns) AS ns
	FROM blame b LEFT JOIN stack_site s ON s.stack = b.stack LEFT JOIN thread_life t ON t.thread = b.thread
	WHERE likely(b.cause = 'holder') GROUP BY 1, 2, 3),
top AS (
	SELECT leader, function, place, max(ns) AS ns FROM holder GROUP BY leader)
SELECT l.leader, l.kind, coalesce(l.name, printf('lock %d', l.leader)) AS name, l.named_by, l.instances, l.place AS "where", l.wait_ns,
	1.0 * l.wait_ns / (SELECT nullif(sum(end_ns - begin_ns), 0) FROM thread_life
		WHERE process NOT IN (SELECT process FROM process_fold)) AS share,
	l.contended, CASE WHEN l.kind NOT IN ('futex', 'condition') THEN l.acquisitions END AS acquisitions,
	CASE WHEN l.kind NOT IN ('futex', 'condition') THEN 1.0 * l.contended / nullif(l.acquisitions, 0) END AS contended_share, l.failed,
	l.wait_avg_ns, l.wait_p50_ns, l.wait_p99_ns, l.wait_max_ns, l.hold_avg_ns, l.hold_p99_ns, CASE WHEN l.kind NOT IN ('futex', 'condition') THEN l.hold_max_ns END AS hold_max_ns, l.hold_ns,
	l.hold_samples > 0 AND l.hold_samples < l.acquisitions AS hold_sampled, l.threads,
	h.function AS top_holder, h.place AS top_holder_where, 1.0 * h.ns / nullif(t.ns, 0) AS top_holder_share,
	1.0 * coalesce(t.hand_over, 0) / nullif(t.ns, 0) AS hand_over_share,
	1.0 * coalesce(t.unknown, 0) / nullif(t.ns, 0) AS unknown_share,
	l.path AS process_path
FROM group_summary l LEFT JOIN top h ON h.leader = l.leader LEFT JOIN total t ON t.leader = l.leader
WHERE l.use = 'lock'
ORDER BY l.wait_ns DESC, l.acquisitions DESC, l.leader
